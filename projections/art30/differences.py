"""What differs between two states of the register, activity by activity and field by field.

Pure. The two states may be of two dates, or of one date as it was known at two: then the difference
is what was learned. Words that are withheld in both cannot be compared; where another record gives
them, that is said.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.personal import WITHHELD
from projections.art30.content import Register

What = Literal["came", "went", "changed", "unclear"]
Subject = Literal["activity", "organisation", "officer", "agreement", "sub-processor"]

_BESIDE: Final = frozenset(
    ("index", "indexes", "version", "in_force_until", "entered_at", "effective_from", "since")
)
"""Where and when it was said, which is no part of what it says."""
UNCOMPARED: Final = "withheld in both: the words may differ"


class Difference(Struct, frozen=True, kw_only=True):
    """One field that differs, or a whole subject that came or went."""

    subject: Subject
    name: str
    what: What
    field: str | None = None
    before: Any = None
    after: Any = None
    added: tuple[Any, ...] = ()
    """Of a list: what is new in it; beside `removed`."""
    removed: tuple[Any, ...] = ()
    note: str | None = None
    before_index: int | None = None
    after_index: int | None = None


def differences(before: Register, after: Register) -> list[Difference]:
    """Everything that differs, activities first, each by name."""
    pairs: tuple[tuple[Subject, Mapping[str, Struct], Mapping[str, Struct]], ...] = (
        ("activity", _activities(before), _activities(after)),
        ("organisation", _organisations(before), _organisations(after)),
        ("officer", _officers(before), _officers(after)),
        ("agreement", _agreements(before), _agreements(after)),
        ("sub-processor", _sub_processors(before), _sub_processors(after)),
    )
    return [
        each
        for subject, old, new in pairs
        for name in sorted(old.keys() | new.keys())
        for each in _compared(subject, name, old.get(name), new.get(name))
    ]


def _activities(register: Register) -> Mapping[str, Struct]:
    return {each.activity: each for each in register.activities}


def _organisations(register: Register) -> Mapping[str, Struct]:
    return {each.organisation: each for each in register.organisations}


def _officers(register: Register) -> Mapping[str, Struct]:
    # Of an officer nothing changes: another designation is another officer.
    return {f"{each.organisation} (record {each.index})": each for each in register.officers}


def _agreements(register: Register) -> Mapping[str, Struct]:
    return {each.agreement: each for each in register.agreements}


def _sub_processors(register: Register) -> Mapping[str, Struct]:
    return {f"{each.sub_processor} ({each.agreement})": each for each in register.sub_processors}


def _compared(
    subject: Subject, name: str, before: Struct | None, after: Struct | None
) -> Iterator[Difference]:
    whole = Difference(
        subject=subject,
        name=name,
        what="came" if before is None else "went" if after is None else "changed",
        before_index=_index(before),
        after_index=_index(after),
    )
    if before is None or after is None:
        yield whole
        return
    old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    is_said_anew = whole.before_index != whole.after_index
    for field in old:
        value, other = _plain(old[field]), _plain(new[field])
        if field in _BESIDE:
            continue
        if value != other:
            yield _of_field(whole, field, value, other)
        elif is_said_anew and _is_withheld(value):
            found = _of_field(whole, field, value, other)
            yield replace(found, what="unclear", note=UNCOMPARED)


def _of_field(whole: Difference, field: str, before: object, after: object) -> Difference:
    """One field that differs; of a list also what is new in it, and what is gone from it."""
    found = replace(whole, field=field, before=before, after=after)
    if not isinstance(before, list) or not isinstance(after, list):
        return found
    return replace(
        found,
        added=tuple(each for each in after if each not in before),
        removed=tuple(each for each in before if each not in after),
    )


def _index(known: Struct | None) -> int | None:
    """The record that says it last."""
    if known is None:
        return None
    indexes: tuple[int, ...] = getattr(known, "indexes", ())
    return indexes[-1] if indexes else getattr(known, "index", None)


def _plain(value: object) -> object:
    """The value in JSON's own types, tuples as lists."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _is_withheld(value: object) -> bool:
    if isinstance(value, list):
        return any(_is_withheld(each) for each in value)
    if isinstance(value, dict):
        return any(_is_withheld(each) for each in value.values())
    return bool(value == WITHHELD)
