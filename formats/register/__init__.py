"""The register of GDPR art. 30 as files: CSV, workbook, page, Markdown; pure, no I/O.

Each file says of when it is and up to which record of which log; none says that anybody complies.
"""
