"""Which personal fields somebody is given: by name in every kind, or in one kind only.

Invariant: what is not named stays closed; a name that no kind has is refused, never ignored, so
that a typing error cannot look like a field without values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Final, Protocol, Self

from ledger.errors import BadRequest, MalformedEvent
from ledger.events import PLANS, resolve_kind

_CLOSE: Final = 3


class Choice(Protocol):
    """Decides about one personal field."""

    def grants(self, kind: str, path: str) -> bool:
        """Whether the field at a path, such as `actor` or `subjects/0`, is opened."""


@dataclass(frozen=True, slots=True)
class WithoutText:
    """Everything but words that people typed, in which others may be named."""

    def grants(self, kind: str, path: str) -> bool:
        """Whether the field is no text; of a kind that is not known nothing is granted."""
        plan = PLANS.get(kind)
        field = plan.field(path.partition("/")[0]) if plan else None
        return field is not None and field.personal != "text"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A choice among personal fields."""

    everywhere: frozenset[str] = frozenset()
    """Names of fields, whatever the kind; with a place after a slash one element: `subjects/0`."""
    of_kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Names of fields by kind, version included."""
    everything: bool = False

    @classmethod
    def read(cls, fields: Iterable[str] = (), kind_fields: Iterable[str] = ()) -> Self:
        """The choice that was typed.

        Args:
            fields: `actor`, or several parted by commas.
            kind_fields: `access.granted:grantee`, several fields parted by commas.

        Raises:
            BadRequest: a kind is unknown, or a field is no personal field of it.
        """
        everywhere = {name for typed in fields for name in _names(typed)}
        for name in everywhere:
            _require_known(name, _all_fields(), "--field")
        of_kinds: dict[str, frozenset[str]] = {}
        for typed in kind_fields:
            kind, names = _of_one_kind(typed)
            of_kinds[kind] = of_kinds.get(kind, frozenset()) | names
        return cls(frozenset(everywhere), of_kinds)

    def grants(self, kind: str, path: str) -> bool:
        """Whether the field at a path, such as `actor` or `subjects/0`, is opened."""
        if self.everything:
            return True
        chosen = self.everywhere | self.of_kinds.get(kind, frozenset())
        return path in chosen or path.partition("/")[0] in chosen

    def __bool__(self) -> bool:
        """Whether anything is chosen."""
        return self.everything or bool(self.everywhere) or bool(self.of_kinds)

    def __str__(self) -> str:
        """The choice in one line: `actor, access.granted:grantee`."""
        if self.everything:
            return "every field"
        of_kinds = (
            f"{kind.removesuffix('.v1')}:{name}"
            for kind, names in sorted(self.of_kinds.items())
            for name in sorted(names)
        )
        return ", ".join((*sorted(self.everywhere), *of_kinds))


EVERY_FIELD: Final = FieldChoice(everything=True)
NO_FIELD: Final = FieldChoice()


def _of_one_kind(typed: str) -> tuple[str, frozenset[str]]:
    name, colon, fields = typed.partition(":")
    if not colon or not _names(fields):
        raise BadRequest(
            f"--kind-field: expected KIND:FIELD such as access.granted:grantee, found {typed!r}"
        )
    try:
        kind = resolve_kind(name)
    except MalformedEvent as error:
        raise BadRequest(f"--kind-field: {error}") from error
    known = {each.name for each in PLANS[kind].fields}
    names = frozenset(_names(fields))
    for each in names:
        _require_known(each, known, f"--kind-field {name}")
    return kind, names


def _names(typed: str) -> list[str]:
    return [name.strip() for name in typed.split(",") if name.strip()]


@cache
def _all_fields() -> frozenset[str]:
    return frozenset(field.name for plan in PLANS.values() for field in plan.fields)


def _require_known(path: str, known: Iterable[str], option: str) -> None:
    name, slash, place = path.partition("/")
    if name in known and (not slash or place.isdigit()):
        return
    near = get_close_matches(name, list(known), _CLOSE)
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    raise BadRequest(f"{option}: expected the name of a personal field{hint}, found {path!r}")
