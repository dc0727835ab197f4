"""Which role somebody needs to report a fact that decides what is kept, erased, judged or shown.

A legal hold and a rule of retention bind this log as soon as their record is stored, and what a
promise is judged by decides whether it was broken. So whoever may not do that must not do it by
recording such a fact, or by taking one back.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.events import Event, kind_of
from ledger.events.log_keeping import LogCorrectionRecorded

if TYPE_CHECKING:
    from ledger.role_names import Role
    from ledger.store import SealedLog

_ROLES: Final[Mapping[str, "Role"]] = {
    "legal_hold.placed.v1": "hold",
    "legal_hold.released.v1": "hold",
    "retention.rule_set.v1": "erase",
    "policy.published.v1": "decide",
    "policy.withdrawn.v1": "decide",
    "promise.declared.v1": "decide",
    "promise.parameter_set.v1": "decide",
    "promise.interpretation_decided.v1": "decide",
    "promise.waived.v1": "decide",
}
_ROLES_TO_TAKE_BACK: Final[Mapping[str, "Role"]] = {
    **_ROLES,
    "processing.registered.v1": "decide",
    "processing.terms_changed.v1": "decide",
    "processing.withdrawn.v1": "decide",
}
"""Whoever takes back the terms of an act makes a confidential one normal again."""


def taken_back_by(event: Event) -> frozenset[UUID]:
    """The ids of the events that this one says were wrong, whatever its kind."""
    corrected = event.corrected_event_id if isinstance(event, LogCorrectionRecorded) else None
    if corrected is None and event.supersedes is None:
        return frozenset()
    return frozenset(each for each in (event.supersedes, corrected) if each is not None)


def needs_role(event: Event) -> bool:
    """Whether recording this event needs a role by its kind alone, whatever it takes back."""
    return kind_of(event) in _ROLES


def roles_to_record(log: "SealedLog", event: Event) -> "frozenset[Role]":
    """The roles that recording this event needs, all of them; empty where anybody may.

    An event that takes another back needs the role of that one as well.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    own = _ROLES.get(kind_of(event))
    needed = set() if own is None else {own}
    for event_id in taken_back_by(event):
        corrected = log.find_event(event_id)
        role = None if corrected is None else _ROLES_TO_TAKE_BACK.get(corrected.kind)
        if role is not None:
            needed.add(role)
    return frozenset(needed)
