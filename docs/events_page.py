"""The page ``docs/reference/events.md``: every kind of event with its fields, from the classes."""

import inspect as source
import sys
from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct, inspect

from ledger.events import KINDS, PLANS
from ledger.events.envelope import Envelope
from ledger.events.wording import alternatives, fields_of, title
from ledger.personal import plan_of

_INTRODUCTION = """\
# Events

Every fact in the log is one event of one of these kinds. A kind is frozen once shipped: a new
field means a new version. Written from the code by `make docs`.

An event is a JSON object. `kind` names the kind, every other name is a field of the envelope or of
the kind; an unknown field is refused. Where a kind is typed by people or imported, its version may
be left out: `access.granted` means the newest.

**Personal fields** never stand in sealed bytes; those hold a salted digest in their place. A
*subject* names somebody and is kept under the key of that person or address; a *case* is the
source's own id of a grant, contract or request, replaced by a random stream id; a *text* was typed
by people or sent by a source that nobody declared safe. **Public fields** are sealed as they are:
never put into them what names a person.

**Stream**: kinds that name a field here belong to the case that this field names, in the order in
which they were recorded; the others are facts of their own. Kinds that follow each other without a
table share the stream and the fields of the next table.

An *instant* carries an offset (`2026-11-22T09:30:00Z`) and is sealed in UTC; a *duration* is
elapsed time (`PT72H`), 365,250 days at most; a *period* is calendar time (`P3M`); a *word* consists
of lower-case letters and digits with single separators (`application-access`).
"""


def events_page() -> str:
    """The whole page in Markdown, the same for the same code."""
    parts = [_INTRODUCTION, _envelope(), *_groups(), _objects()]
    return "\n".join(parts)


def _envelope() -> str:
    lines = ["## Envelope", "", _sentence(Envelope), "", *_table(Envelope, inherited=False)]
    return "\n".join([*lines, ""])


def _groups() -> Iterator[str]:
    for module, classes in groupby(KINDS.values(), key=lambda event_class: event_class.__module__):
        heading = (source.getdoc(sys.modules[module]) or "").splitlines()[0].rstrip(".")
        yield f"## {heading}\n"
        for details, alike in groupby(classes, key=_details):
            yield "\n".join([*map(_kind, alike), details, ""])


def _kind(event_class: type[Struct]) -> str:
    return f"### `{event_class.__struct_config__.tag}`\n\n{_sentence(event_class)}\n"


def _details(event_class: type[Struct]) -> str:
    """What kinds of one family often share: the stream and the fields."""
    stream = PLANS[str(event_class.__struct_config__.tag)].stream_field
    belongs = f"Stream: the case that `{stream}` names." if stream else "Stream: its own."
    table = _table(event_class, inherited=True)
    return "\n".join([belongs, "", *(table or ["No fields beyond the envelope."])])


def _objects() -> str:
    found: dict[str, type[Struct]] = {}
    for event_class in KINDS.values():
        for nested in _nested(event_class):
            found[nested.__name__] = nested
    lines = ["## Objects inside fields", ""]
    for name, nested in sorted(found.items()):
        lines += [f"### {name}", "", _sentence(nested), "", *_table(nested, inherited=False), ""]
    return "\n".join(lines)


def _nested(struct: type[Struct]) -> Iterator[type[Struct]]:
    for field in fields_of(struct).values():
        for part in alternatives(field.type):
            inner = part.item_type if isinstance(part, inspect.VarTupleType) else part
            if isinstance(inner, inspect.StructType):
                yield inner.cls
                yield from _nested(inner.cls)


def _table(struct: type[Struct], *, inherited: bool) -> list[str]:
    """The fields of a class as a table; those of the envelope only where a kind demands one."""
    common = fields_of(Envelope) if inherited else {}
    plan = plan_of(struct)
    rows = []
    for name, field in fields_of(struct).items():
        if name in common and common[name].required == field.required:
            continue
        personal = plan.field(name)
        share = f"personal: {personal.personal}" if personal else "public"
        need = "required" if field.required else ""
        rows.append(f"| `{name}` | {title(field.type)} | {need} | {share} |")
    return ["| field | type | | |", "|---|---|---|---|", *rows] if rows else []


def _sentence(struct: type[Struct]) -> str:
    return (source.getdoc(struct) or "").splitlines()[0]
