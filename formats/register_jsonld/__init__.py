"""The register of GDPR art. 30 as JSON-LD in the words of the W3C Data Privacy Vocabulary 2.3.

The context stands in the document: nothing is fetched to read it. What the vocabulary has no word
for (record indexes, versions, the standing of a log) has terms of our own, `urn:zegel:register#…`.
"""
