"""What one write to an OpenLDAP directory did to its attributes, and to the members of a group.

The overlay `accesslog` writes a change as `ATTRIBUTE:OP VALUE`: `:+` adds, `:-` takes away, `:=`
replaces, `:#` counts up; a value `:` alone parts two changes of the same attribute and sort. A
`:-` or `:=` without value takes all values away, and the log then names them only under
`reqOld`, which `logold` asks for. Who they were can also be known because the group was made in
this log. Else it is undeterminable, and `Effect.undeterminable` says so.

Source: OpenLDAP 2.5, servers/slapd/overlays/accesslog.c `accesslog_response`, ITS#6545.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from formats.distinguished_names import normalised_name
from formats.ldif import utf8_text
from ledger.errors import FormatError

MEMBERS: Final = frozenset({"member", "uniquemember", "memberuid", "roleoccupant"})
"""Attributes whose values are those who belong to a group. Source: RFC 4519 §2.17, §2.20 and §2.40;
RFC 2307 §4 (`memberUid`)."""

BOOKKEEPING: Final = frozenset(
    {"structuralobjectclass", "entryuuid", "creatorsname", "createtimestamp", "entrycsn",
     "modifiersname", "modifytimestamp", "subschemasubentry", "entrydn", "contextcsn",
     "pwdchangedtime", "authtimestamp"}
)  # fmt: skip
"""What the server itself writes beside a change."""

_GROUPS_KEPT: Final = 2_000
_MEMBERS_KEPT: Final = 200_000
"""Over all groups: memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Change:
    """One `reqMod`: the attribute, what was done, and the value, if there is one."""

    attribute: str
    sort: str
    """`+`, `-`, `=` or `#`."""
    value: bytes | None
    is_apart: bool = False
    """It is another change than the one before it, though of the same attribute and sort."""


@dataclass(slots=True)
class Effect:
    """What became of the members of one group, in the order of the log."""

    joined: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    undeterminable: bool = False
    """Others may have been members before: nobody says who."""


def changes_of(values: Iterable[bytes], place: str) -> list[Change]:
    """The changes of one write, in order.

    Raises:
        FormatError: a value is none that the overlay writes.
    """
    changes = []
    is_apart = False
    for value in values:
        if value == b":":
            is_apart = True
            continue
        name, colon, rest = value.partition(b":")
        sort = rest[:1].decode("ascii", "replace")
        if not colon or sort not in {"+", "-", "=", "#"}:
            raise FormatError(place, "a change such as member:+ VALUE", "another text")
        attribute = utf8_text(name, place).partition(";")[0].lower()
        changes.append(Change(attribute, sort, rest[2:] if len(rest) > 1 else None, is_apart))
        is_apart = False
    return changes


def members_before(values: Iterable[bytes], place: str) -> list[str]:
    """Who belonged to a group before a write, by its `reqOld`."""
    members = []
    for value in values:
        name, _, rest = value.partition(b":")
        if name.partition(b";")[0].lower().decode("ascii", "replace") in MEMBERS:
            members.append(member_name(rest.lstrip(b" "), place))
    return members


def member_name(value: bytes, place: str) -> str:
    """Who a value of a member attribute names: a distinguished name, or an account.

    Raises:
        FormatError: it is empty or no UTF-8.
    """
    text = utf8_text(value, place).strip()
    if not text:
        raise FormatError(place, "a member", "nothing")
    return normalised_name(text) if "=" in text else text


class KnownMembers:
    """Who belongs to each group, as far as the log that is read told it.

    A group is known whole from when the log tells that it was made. The groups that changed last
    are kept; of one that was forgotten nobody is known.
    """

    def __init__(self) -> None:
        """Knows nobody."""
        self._groups: OrderedDict[str, dict[str, None]] = OrderedDict()
        self._whole: set[str] = set()
        self._count = 0

    def made(self, group: str, changes: Sequence[Change], place: str) -> Effect:
        """The members with which a group was made."""
        members = [member_name(each.value, place) for each in changes if each.value is not None]
        self._forget(group)
        self._keep(group, dict.fromkeys(members), whole=True)
        return Effect(joined=list(dict.fromkeys(members)))

    def changed(
        self, group: str, changes: Sequence[Change], before: Sequence[str], place: str
    ) -> Effect:
        """The effect of changes of the members of one group.

        Args:
            group: its key.
            changes: of member attributes, in order.
            before: its members before, where the log names them; else empty.
            place: where the changes stand.
        """
        whole = bool(before) or group in self._whole
        members = dict.fromkeys(before) if before else self._groups.get(group, {})
        runs = _runs(changes, place)
        self._forget(group)
        was_member: dict[str, bool] = {}
        effect = Effect()
        for sort, values in runs:
            if sort == "-" and values:
                for value in values:
                    was_member.setdefault(value, True)  # only a member can be taken away
                    members.pop(value, None)
                continue
            if sort != "+":
                effect.undeterminable |= not whole
                whole = True
                for value in members:
                    was_member.setdefault(value, True)
                members.clear()
            for value in values:
                was_member.setdefault(value, value in members)
                members[value] = None
        effect.joined = [each for each, was in was_member.items() if each in members and not was]
        effect.left = [each for each, was in was_member.items() if was and each not in members]
        self._keep(group, members, whole=whole)
        return effect

    def removed(self, group: str, before: Sequence[str]) -> Effect:
        """The effect of deleting a group."""
        whole = bool(before) or group in self._whole
        left = list(before) or list(self._groups.get(group, {}))
        self._forget(group)
        return Effect(left=left, undeterminable=not whole)

    def knows(self, group: str) -> bool:
        """Whether the log told of members of this group."""
        return group in self._groups

    def _keep(self, group: str, members: dict[str, None], *, whole: bool) -> None:
        self._groups[group] = members
        self._count += len(members)
        if whole:
            self._whole.add(group)
        while len(self._groups) > _GROUPS_KEPT or (
            self._count > _MEMBERS_KEPT and len(self._groups) > 1
        ):
            self._forget(next(iter(self._groups)))

    def _forget(self, group: str) -> None:
        self._count -= len(self._groups.pop(group, {}))
        self._whole.discard(group)


def _runs(changes: Sequence[Change], place: str) -> list[tuple[str, list[str]]]:
    """The changes with those put together that the overlay wrote value by value."""
    runs: list[tuple[str, list[str]]] = []
    for each in changes:
        value = None if each.value is None else member_name(each.value, place)
        goes_on = bool(runs) and runs[-1][0] == each.sort and bool(runs[-1][1])
        if goes_on and value is not None and not each.is_apart:
            runs[-1][1].append(value)
        else:
            runs.append((each.sort, [] if value is None else [value]))
    return runs
