"""Which class and activity of OCSF tells of each kind of event.

A kind that the table does not name, such as one of a later version, goes where its group goes; a
group without a place becomes a base event. Where OCSF has no activity for an act, the activity is
Other with our own word for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from formats.answers.record import short_kind
from formats.ocsf import catalogue as ocsf
from formats.ocsf.values import EMAIL_ADDRESS, GROUP_HOLDER, sort_of

SUCCESS: Final = 1
FAILURE: Final = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where OCSF tells of an event."""

    class_uid: int
    activity_id: int
    fails: bool = False
    """The kind itself says that what was tried did not happen."""

    @property
    def type_uid(self) -> int:
        """Class and activity in one number. Source: OCSF 1.9.0, dictionary.json, type_uid."""
        return self.class_uid * 100 + self.activity_id

    def activity_name(self, kind: str) -> str:
        """What the schema calls the activity; our own words where it has none."""
        named = ocsf.CLASSES[self.class_uid].activities.get(self.activity_id)
        return named or short_kind(kind).replace(".", " ").replace("_", " ").capitalize()


_PLACES: Final[Mapping[tuple[int, int], str]] = {
    (ocsf.USER, 2): "access.modified",
    (ocsf.USER, ocsf.OTHER): "access.requested identity.status_changed",
    (ocsf.ENTITY, 1): (
        "access.review_started organisation.registered dpo.designated system.registered "
        "processing_activity.registered measure.declared policy.published promise.declared "
        "acknowledgement.recorded certification.granted contract.started dpa.concluded "
        "sub_processor.engaged specification.agreed consent.given dsr.received complaint.lodged "
        "legal_hold.placed retention.rule_set"
    ),
    (ocsf.ENTITY, 3): (
        "access.review_item_decided access.review_completed organisation.amended "
        "processing_activity.amended measure.changed promise.parameter_set promise.waived "
        "promise.interpretation_decided contract.termination_notified dpa.amended "
        "sub_processor.approved sub_processor.objected consent.renewed"
    ),
    (ocsf.ENTITY, 4): (
        "dpo.designation_ended policy.withdrawn certification.expired certification.revoked "
        "contract.ended dpa.ended sub_processor.removed consent.withdrawn consent.expired "
        "legal_hold.released"
    ),
    (ocsf.ENTITY, 11): "processing_activity.retired system.retired",
    (ocsf.DATASTORE, 5): "data.stored",
    (ocsf.DATASTORE, 2): "data.corrected",
    (ocsf.DATASTORE, 7): "data.deleted backup.expired",
    (ocsf.FILE_HOSTING, 1): "file.received",
    (ocsf.FILE_HOSTING, 2): "file.delivered",
    (ocsf.FILE_HOSTING, 3): "file.processed",
    (ocsf.DETECTION, 1): "intrusion.attempt_detected",
    (ocsf.DETECTION, 2): "ip.recorded",
    (ocsf.DETECTION, 3): "ip.record_deleted",
    (ocsf.NETWORK_REMEDIATION, 1): "ip.blocked",
    (ocsf.NETWORK_REMEDIATION, 3): "ip.unblocked",
    (ocsf.INCIDENT, 1): "incident.signalled breach.awareness_determined",
    (ocsf.INCIDENT, 3): "incident.closed breach.closed",
    (ocsf.DATA_SECURITY, 1): "breach.suspected",
    (ocsf.DATA_SECURITY, 3): "breach.ruled_out",
    (ocsf.EVENT_LOG, 2): "log.subject_key_destroyed log.erasure_confirmed",
    (ocsf.EVENT_LOG, 3): "log.export_issued",
}
_BY_KIND: Final = {kind: Place(*at) for at, kinds in _PLACES.items() for kind in kinds.split()}
_BY_GROUP: Final[Mapping[str, Place]] = {
    "log": Place(ocsf.EVENT_LOG, ocsf.OTHER),
    "access": Place(ocsf.USER, ocsf.OTHER),
    "data": Place(ocsf.DATASTORE, ocsf.OTHER),
    "deletion": Place(ocsf.DATASTORE, ocsf.OTHER),
    "processing": Place(ocsf.DATASTORE, ocsf.OTHER),
    "file": Place(ocsf.FILE_HOSTING, ocsf.OTHER),
    "exchange": Place(ocsf.WEB, 7),
    "incident": Place(ocsf.INCIDENT, 2),
    "breach": Place(ocsf.INCIDENT, 2),
    **dict.fromkeys(
        (
            *("organisation", "dpo", "system", "identity", "processing_activity", "measure"),
            *("policy", "promise", "acknowledgement", "certification", "contract", "dpa"),
            *("sub_processor", "specification", "consent", "dsr", "complaint", "retention"),
            *("legal_hold", "backup"),
        ),
        Place(ocsf.ENTITY, ocsf.OTHER),
    ),
}
_FAILS: Final = frozenset(
    {"access.denied", "access.attempt_denied", "exchange.blocked", "exchange.failed"}
)
_RIGHTS: Final[Mapping[str | None, tuple[int, int, int]]] = {
    None: (ocsf.USER, 14, 15),
    "role": (ocsf.USER, 16, 17),
    "policy": (ocsf.USER, 10, 11),
    "group": (ocsf.GROUP, 3, 4),
}
"""Class, and the activities that give and take, by what a right is."""
FILE_CHANNELS: Final = frozenset({"sftp", "scp", "ftp", "ftps", "smb", "webdav", "s3", "share"})
EMAIL_CHANNELS: Final = frozenset({"e-mail", "email", "mail"})
USES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("read", "open", "view", "select", "download"), 1),
    **dict.fromkeys(("update", "change", "edit"), 2),
    **dict.fromkeys(("query", "search"), 4),
    **dict.fromkeys(("write", "insert", "upload"), 5),
    "create": 6,
    "delete": 7,
    "list": 8,
}
"""Activities of a datastore by what was done."""
LOGINS: Final[Mapping[str, int]] = {"log-in": 1, "log-out": 2}


def place_of(kind: str, event: Mapping[str, Any]) -> Place:
    """Where OCSF tells of an event of this kind with these fields.

    Args:
        kind: With its version.
        event: Its fields as JSON values; empty for one that nobody can read.
    """
    name = short_kind(kind)
    group = name.partition(".")[0]
    match name:
        case "access.used" | "access.attempt_denied":
            found = _use(event)
        case "access.granted" | "access.denied" | "access.revoked":
            found = _right(event, is_given=name != "access.revoked")
        case "identity.status_changed":
            found = Place(ocsf.USER, 4 if event.get("status") == "active" else 5)
        case "exchange.performed" | "exchange.blocked" | "exchange.failed":
            found = _exchange(event)
        case "intrusion.attempt_detected" if _concerns_ssh(event):
            found = Place(ocsf.SSH, 5)
        case _:
            base = Place(ocsf.BASE, ocsf.OTHER)
            found = _BY_KIND.get(name) or _BY_GROUP.get(group) or base
    return Place(found.class_uid, found.activity_id, fails=name in _FAILS)


def _use(event: Mapping[str, Any]) -> Place:
    act = event.get("act") or event.get("action") or ""
    if act in LOGINS:
        return Place(ocsf.AUTHENTICATION, LOGINS[act])
    return Place(ocsf.DATASTORE, USES.get(act, ocsf.OTHER))


def _exchange(event: Mapping[str, Any]) -> Place:
    goes_out = event.get("direction") == "out"
    channel = event.get("channel")
    if channel in FILE_CHANNELS:
        return Place(ocsf.FILE_HOSTING, 2 if goes_out else 1)
    people = (event.get("sender_person"), event.get("recipient_person"))
    if channel in EMAIL_CHANNELS and any(EMAIL_ADDRESS.out(each) for each in people):
        return Place(ocsf.EMAIL, 1 if goes_out else 2)
    if event.get("exchange_kind") == "publication":
        return Place(ocsf.WEB, 8)
    return Place(ocsf.WEB, 7 if goes_out else 6)


def _right(event: Mapping[str, Any], *, is_given: bool) -> Place:
    """Where a right is told, by who holds it and what it is."""
    if str(event.get("grantee", "")).startswith(GROUP_HOLDER):
        return Place(ocsf.GROUP, 1 if is_given else 2)
    class_uid, given, taken = _RIGHTS[sort_of(event.get("resource"))]
    return Place(class_uid, given if is_given else taken)


def _concerns_ssh(event: Mapping[str, Any]) -> bool:
    return event.get("detector") == "sshd" or str(event.get("target", "")).startswith("ssh")
