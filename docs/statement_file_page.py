"""The page ``docs/reference/statement-file.md`` and the JSON Schema beside it, from the classes."""

import ast
import inspect as source
import textwrap
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct, inspect

from formats.statement_file.document import StatementFile
from formats.statement_file.rule_checks import ROLES
from formats.statement_file.schema import statement_schema
from ledger.events.wording import alternatives, fields_of, title

_INTRODUCTION = """\
# Statement files

A statement file says one privacy statement as promises that a machine checks: YAML, read by `zegel
policy publish`. Written from the code by `make docs`; the same as a JSON Schema (draft 2020-12):
[statement-file.schema.json](statement-file.schema.json), which `zegel policy schema` prints.
[How to publish a statement](../how-to/publish-a-statement.md) shows one.

Of YAML it takes what JSON can say: a date stays a text, and `no` is a language. Tags, anchors,
aliases, a name that comes twice and a second document are refused. Every error names file, line,
promise and key, what was expected and what was found; of a wrong file nothing is recorded.
"""

_CHECKS: Final = """\
## What is checked beside the types

- Ids of promises, systems, parameters and readings come once; at most one reading leads, and a
  promise with readings has two or more.
- Kinds are those of [the vocabulary](events.md). Every kind of a selector has the fields that its
  conditions and `at` name; `at` holds an instant. Of the judged kinds, some may lack what `unless`,
  `told_by` or a `never` rule looks at. A value that a field can never have is refused.
- A field that may name people, and words that people typed, can be asked for with `present` and
  `absent` only.
- What `measure` takes of a field and the `weight` of a need are numbers, as are the fields that
  `at-most` and `at-least` compare.
- A parameter that a rule asks for is one of the promise, and the other way round; a rule of the
  deadline book may ask for it too, with `_` for `-`. Where a number is wanted the default is one,
  and time has a unit.
- Promises that contradict each other are of the same file and both name the other under
  `contradicts`; what is unclear in a sentence (`flaws`) is named once.
- A limit has one of `amount`, `parameter` and `rule`; `rule` is one of [the deadline
  rules](deadline-rules.md).
- `anchors` are kinds that a rule judges, or that open a state.
- Rules that say something about all events name in `needs_coverage` the systems that must be
  connected, unless the class is `evidence`; interval-state rules and metrics without a limit may
  leave it out.
"""


def statement_file_page() -> str:
    """The whole page in Markdown, the same for the same code."""
    classes: dict[type[Struct], None] = dict.fromkeys([StatementFile, *_nested(StatementFile)])
    parts = [_INTRODUCTION, *(_section(each) for each in classes), _roles(), _CHECKS]
    return "\n".join(parts)


def schema_file() -> str:
    """The JSON Schema as a file."""
    return msgspec.json.format(msgspec.json.encode(statement_schema()), indent=2).decode() + "\n"


def _nested(struct: type[Struct]) -> Iterator[type[Struct]]:
    for field in fields_of(struct).values():
        for part in alternatives(field.type):
            inner = part.item_type if isinstance(part, inspect.VarTupleType) else part
            if isinstance(inner, inspect.StructType):
                yield inner.cls
                yield from _nested(inner.cls)


def _section(struct: type[Struct]) -> str:
    meanings = _meanings(struct)
    lines = [f"## {struct.__name__}", "", source.getdoc(struct) or "", ""]
    lines += ["| key | type | | |", "|---|---|---|---|"]
    names = {field.encode_name: field.name for field in fields_of(struct).values()}
    for key, field in fields_of(struct).items():
        need = "required" if field.required else ""
        meaning = meanings.get(names[key], "")
        lines.append(f"| `{key}` | {title(field.type)} | {need} | {meaning} |")
    return "\n".join([*lines, ""])


def _roles() -> str:
    lines = ["## Which roles a need can have", "", "| rule | roles |", "|---|---|"]
    for kind, roles in ROLES.items():
        lines.append(f"| `{kind}` | {', '.join(f'`{role}`' for role in roles) or 'none'} |")
    return "\n".join([*lines, ""])


def _meanings(struct: type[Struct]) -> Mapping[str, str]:
    """What the text below each field of a class says about it."""
    (defined,) = ast.parse(textwrap.dedent(source.getsource(struct))).body
    found: dict[str, str] = {}
    named = None
    for each in defined.body if isinstance(defined, ast.ClassDef) else ():
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            named = each.target.id
        elif isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
            if named is not None:
                found[named] = " ".join(str(each.value.value).split())
        else:
            named = None
    return found
