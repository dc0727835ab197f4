"""A small statement file for tests, and what it is with a part of it changed."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

from formats.statement_file import StatementFile, read_statement_file

EXAMPLES: Final = Path(__file__).resolve().parents[1] / "examples" / "statements"
TEXT: Final = "Wij verkopen niets.\nOp een vraag reageren wij binnen een week.\n"

_DUMPER: Final[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""In C where this build of PyYAML has it: ten times as fast."""
_ANSWERED: Final = {
    "rule_kind": "deadline",
    "name": "answered",
    "for_each": [{"kinds": ["dsr.received"], "at": "received_at"}],
    "needs": [
        {
            "role": "answer",
            "opens": [{"kinds": ["dsr.fulfilled", "dsr.refused"]}],
            "pairs": [{"field": "request_id"}],
        }
    ],
    "within": {"parameter": "within"},
    "needs_coverage": ["voorbeeld-web"],
}
_PLAIN: Final[dict[str, Any]] = {
    "statement": {
        "policy_id": "voorbeeld-privacy",
        "organisation": "voorbeeld",
        "systems": ["voorbeeld-web"],
        "title": "Voorbeeld",
        "language": "nl",
        "text_sha256": sha256(TEXT.encode()).hexdigest(),
    },
    "promises": [
        {
            "id": "VBD-01",
            "class": "hard",
            "subject_matter": "sharing",
            "nl": "Er wordt niets verkocht.",
            "en": "Nothing is sold.",
            "place": {"heading": "Voorbeeld", "line": 1, "phrase": "verkopen niets"},
            "anchors": ["exchange.performed"],
            "rules": [
                {
                    "rule_kind": "never",
                    "name": "no-sale",
                    "for_each": [{"kinds": ["exchange.performed"]}],
                    "where": [{"field": "purpose", "test": "equals", "values": ["sale"]}],
                    "needs_coverage": ["voorbeeld-web"],
                }
            ],
        },
        {
            "id": "VBD-02",
            "class": "parameter",
            "subject_matter": "requests",
            "nl": "Een vraag wordt op tijd beantwoord.",
            "en": "A question is answered in time.",
            "place": {"heading": "Voorbeeld", "line": 2, "phrase": "binnen een week"},
            "anchors": ["dsr.received"],
            "parameters": [
                {
                    "name": "within",
                    "default": 7,
                    "unit": "days",
                    "meaning_nl": "na hoeveel dagen",
                    "meaning_en": "after how many days",
                }
            ],
            "readings": [
                {"name": "answer", "leads": True, "rules": [_ANSWERED]},
                {"name": "none", "rules": [{**_ANSWERED, "name": "same"}]},
            ],
        },
    ],
}


def plain_file(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """The file as plain values, with others at some places.

    Args:
        changes: By path, such as `promises/1/parameters/0/default`; `...` leaves it out.
    """
    found: dict[str, Any] = json.loads(json.dumps(_PLAIN))  # nothing in it twice
    for path, value in (changes or {}).items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("/"))
        held: Any = found
        for step in steps:
            held = held[step]
        if value is ...:
            del held[last]
        elif isinstance(held, list) and last == len(held):
            held.append(value)
        else:
            held[last] = value
    return found


def as_yaml(plain: object) -> bytes:
    """Plain values as YAML, in their order and without aliases."""

    class Written(_DUMPER):  # type: ignore[misc]  # C or Python, as installed
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - PyYAML's signature
            return True

    written: bytes = yaml.dump(plain, Dumper=Written, sort_keys=False, encoding="utf-8")
    return written


def statement_file(changes: dict[str, Any] | None = None) -> StatementFile:
    """The file as it is read, with other values at some places."""
    return read_statement_file(as_yaml(plain_file(changes)), "voorbeeld.yaml")
