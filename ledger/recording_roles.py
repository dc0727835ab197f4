"""Which role somebody needs to report a fact that decides what is kept, erased or judged.

A legal hold and a rule of retention bind this log as soon as their record is stored, and what a
promise is judged by decides whether it was broken. So whoever may not do that must not do it by
recording such a fact, or by taking one back.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

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


def role_to_record(log: "SealedLog", event: Event) -> "Role | None":
    """The role that recording this event needs; `None` where anybody may.

    A correction needs the role of what it takes back.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    if isinstance(event, LogCorrectionRecorded):
        corrected = log.find_event(event.corrected_event_id)
        return None if corrected is None else _ROLES.get(corrected.kind)
    return _ROLES.get(kind_of(event))
