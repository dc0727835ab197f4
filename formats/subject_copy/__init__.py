"""The copy of somebody's personal data: pages for people, a document for machines, no I/O.

What is in it is gathered elsewhere; nothing here decides what a person may see.

Source: GDPR art. 15.
"""
