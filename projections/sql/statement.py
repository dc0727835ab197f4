"""What somebody may type: one statement that only reads; and how the log tells of it."""

import re
from typing import Final

import duckdb

from ledger.errors import BadRequest
from ledger.identifiers import masked

_EXPECTED: Final = "one SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE or EXPLAIN"
_READS: Final = duckdb.StatementType.SELECT
_EXPLAIN: Final = re.compile(
    r"(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*explain(?:\s+analyze\b|\s*\([^)]*\))?",
    re.IGNORECASE | re.DOTALL,
)
_QUIET: Final = frozenset({duckdb.token_type.string_const, duckdb.token_type.comment})


def require_reading(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Returns only if the text is one statement that reads.

    Args:
        connection: Whose parser reads it; nothing is run.
        statement: As typed.

    Raises:
        BadRequest: it is none, several, or one that would do anything else.
        duckdb.Error: it is no SQL.
    """
    found = connection.extract_statements(statement)
    if len(found) != 1:
        raise BadRequest(f"sql: expected {_EXPECTED}, found {len(found)} statements")
    kind = found[0].type
    if kind == duckdb.StatementType.EXPLAIN:
        start = _EXPLAIN.match(statement)
        explained = "" if start is None else statement[start.end() :]
        inner = connection.extract_statements(explained)
        kind = inner[0].type if len(inner) == 1 else kind
    if kind != _READS:
        raise BadRequest(f"sql: expected {_EXPECTED}, found {kind.name}; nothing was run")


def told(statement: str) -> str:
    """The statement in one line without what may name somebody: texts, quoted names, comments."""
    tokens = duckdb.tokenize(statement)
    raw = statement.encode()
    ends = [*(place for place, _ in tokens[1:]), len(raw)]
    parts = []
    for (place, kind), end in zip(tokens, ends, strict=True):
        text = raw[place:end].decode(errors="replace").strip()
        if kind in _QUIET or text.startswith(("'", '"', "$", "--", "/*")):
            text = "…"
        parts.append(text)
    return f"sql: {masked(' '.join(parts))}"
