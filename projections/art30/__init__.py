"""The register of GDPR art. 30 as a whole: assembled, checked for completeness, compared, resolved.

The views hold what is public; names, contacts and purposes in words are opened from the records
themselves, against a recorded reading.
"""
