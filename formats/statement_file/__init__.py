"""Statement files: a privacy statement with its promises as rules, read, checked and published.

Start at `reading.read_statement_file`; `document` has the shape of a file.
"""

from formats.statement_file.document import StatementFile
from formats.statement_file.findings import StatementRefused
from formats.statement_file.reading import read_statement_file

__all__ = ["StatementFile", "StatementRefused", "read_statement_file"]
