"""Statement files: a privacy statement with its promises as rules, read, checked and published.

Start at `reading.read_statement_file` and `publishing.publication_events`; `document` has the shape
of a file.
"""

from formats.statement_file.document import StatementFile
from formats.statement_file.findings import StatementRefused
from formats.statement_file.publishing import publication_events
from formats.statement_file.reading import read_statement_file, statement_file_at

__all__ = [
    "StatementFile",
    "StatementRefused",
    "publication_events",
    "read_statement_file",
    "statement_file_at",
]
