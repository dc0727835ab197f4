"""Events of OCSF, ours or those of others, as facts.

Every version 1 is read. Events that Zegel wrote come back as they were; one that is not the event
its fingerprint was made of is refused. Of others, the classes in the tables of the modules
`foreign_…` are read, the rest is skipped and counted by class; a fingerprint that does not fit, or
a predecessor in a chain that was not read, is told by a warning.

Source: OCSF 1.9.0.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, Final

from formats.json_facts import Fact, JsonLanguage, Told, read_facts
from formats.json_members import Object, text_in
from formats.ocsf import catalogue as ocsf
from formats.ocsf.foreign import Fields, Foreign
from formats.ocsf.foreign_access import (
    ACCOUNT_CHANGE,
    USER_ACCESS,
    authentication,
    authorize_session,
    group_management,
    role_management,
    user_management,
)
from formats.ocsf.foreign_data import api, datastore, email, file_hosting, web_resources
from formats.ocsf.foreign_findings import connection, event_log, finding, remediation
from formats.ocsf.integrity import OTHER_EVENT, UNCHECKED, ChainCheck
from formats.ocsf.own import NAME, own_fact, own_part
from formats.reading import Outcome, ReadContext
from ledger.errors import FormatError

PARSER: Final = "zegel-ocsf/1"

_TELLERS: Final[Mapping[int, Callable[[Foreign], Sequence[Fields] | str]]] = {
    ocsf.EVENT_LOG: event_log,
    ocsf.DETECTION: finding,
    ocsf.INCIDENT: finding,
    ocsf.DATA_SECURITY: finding,
    ACCOUNT_CHANGE: user_management,
    ocsf.AUTHENTICATION: authentication,
    3003: authorize_session,
    USER_ACCESS: user_management,
    ocsf.GROUP: group_management,
    ocsf.USER: user_management,
    3008: role_management,
    4001: connection,
    ocsf.SSH: connection,
    ocsf.EMAIL: email,
    ocsf.WEB: web_resources,
    6003: api,
    ocsf.DATASTORE: datastore,
    ocsf.FILE_HOSTING: file_hosting,
    ocsf.NETWORK_REMEDIATION: remediation,
}


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are events of OCSF."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"{", b"[")) or b'"class_uid"' not in head:
        return 0
    marks = (b'"metadata"', b'"activity_id"', b'"type_uid"', b'"category_uid"')
    return 60 + 8 * sum(mark in head for mark in marks) + 3 * ("ocsf" in file_name)


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every event as facts, skipped or unreadable, in the order of the file.

    Raises:
        FormatError: an array that spans lines is too large to hold.
    """
    chains = ChainCheck()

    def tell(event: Object, context: ReadContext) -> Sequence[Told]:
        return _told(event, context, chains)

    yield from read_facts(stream, context, JsonLanguage(PARSER, "event", tell))


def _told(event: Object, context: ReadContext, chains: ChainCheck) -> Sequence[Told]:
    _require_version(event)
    odd = chains.check(event)
    own = own_part(event)
    told: Sequence[Told]
    if own is not None:
        if OTHER_EVENT in odd:
            raise FormatError("event", "the one that its fingerprint was made of", "a changed one")
        told = (own_fact(event, own, context),)
    else:
        told = _foreign(Foreign(event, context))
        odd = tuple(each for each in odd if each != UNCHECKED)
    if not odd:
        return told
    return [
        replace(each, warnings=(*each.warnings, *odd)) if isinstance(each, Fact) else each
        for each in told
    ]


def _require_version(event: Object) -> None:
    version = text_in(event, "metadata", "version")
    if version is None or not version.startswith("1."):
        raise FormatError("metadata.version", "a version 1 of OCSF", "another, or none")


def _foreign(found: Foreign) -> Sequence[Told]:
    teller = _TELLERS.get(found.class_uid)
    if teller is None:
        return (f"an event of class {found.class_uid}, which has no form here",)
    told = teller(found)
    if isinstance(told, str):
        return (told,)
    common = found.common()
    return [
        Fact(_known(common | fields | {"event_id": found.event_id(place)}))
        for place, fields in enumerate(told)
    ]


def _known(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [])}


__all__ = ["NAME", "PARSER", "looks_like", "read"]
