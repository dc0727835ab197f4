"""The JSON Schema of statement files, from the same classes that read them."""

from inspect import cleandoc
from typing import Any, Final

import msgspec

from formats.statement_file.document import StatementFile

SCHEMA_ID: Final = "urn:zegel:statement-file:1"
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def statement_schema() -> dict[str, Any]:
    """The schema as plain values; shared parts stand under `$defs`.

    Source: JSON Schema draft 2020-12.
    """
    written = _plain(msgspec.json.schema(StatementFile))
    defs = dict(sorted(written.pop("$defs").items()))
    return {
        "$schema": _DRAFT,
        "$id": SCHEMA_ID,
        "title": "Zegel statement file",
        **{key: value for key, value in written.items() if key != "title"},
        "$defs": defs,
    }


def _plain(node: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """The schema with patterns and descriptions as readers of JSON Schema expect them.

    Python ends a text by backslash Z, ECMA-262 by a dollar sign, which there means nothing else.
    """
    if isinstance(node, dict):
        return {key: _told(key, value) for key, value in node.items()}
    return [_plain(each) for each in node] if isinstance(node, list) else node


def _told(key: str, value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if key == "pattern" and isinstance(value, str):
        return value.replace(r"\Z", "$")
    if key == "description" and isinstance(value, str):
        return cleandoc(value)
    return _plain(value)
