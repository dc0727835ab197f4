"""The published JSON Schema says what the reader takes, as somebody else's validator reads it."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from formats.statement_file.schema import statement_schema
from formats.statement_file.yaml_values import read_yaml
from tests.statement_files import EXAMPLES, plain_file


def test_the_schema_is_one() -> None:
    """An editor would refuse to load it."""
    schema = statement_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"].endswith("2020-12/schema")
    assert r"\Z" not in str(schema)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_is_valid(path: Path) -> None:
    """An editor would underline what Zegel takes."""
    Draft202012Validator(statement_schema()).validate(read_yaml(path.read_bytes(), path.name).value)


@pytest.mark.parametrize(
    "changes",
    [
        {"statement/title": ...},
        {"statement/colour": "red"},
        {"statement/systems": []},
        {"statement/text_sha256": "ab"},
        {"statement/text_sha256": "a" * 64 + "Z"},
        {"statement/effective_from": "2020"},
        {"promises": []},
        {"promises/0/class": "soft"},
        {"promises/0/place/line": 0},
        {"promises/0/rules/0/rule_kind": "always"},
        {"promises/0/rules/0/where/0/values/0": 1.5},
        {"promises/1/parameters/0/unit": "fortnights"},
        {"promises/1/parameters/0/default": [1]},
    ],
)
def test_what_the_reader_refuses_by_type_the_schema_refuses(changes: dict[str, Any]) -> None:
    """Somebody who follows the schema would write files that Zegel refuses."""
    with pytest.raises(ValidationError):
        Draft202012Validator(statement_schema()).validate(plain_file(changes))
