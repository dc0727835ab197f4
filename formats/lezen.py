"""The reading extension of LDV: its question, and a line as it answers.

Follows work version 0.9 of the extension "lezen" (not adopted), OpenAPI document 1.1.0. Where the
draft is silent the choice is ours: `docs/decisions/0027-ldv-and-vng-interfaces.md`.

Source: Logboek Dataverwerkingen, extension lezen, work version 0.9: request, response, `_batch`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from formats.json_places import decode_at
from formats.ldv_profile import is_uri
from formats.ldv_subject import SubjectId, subject_of
from ledger.errors import FormatError
from ledger.events.processing import ProcessingPerformed
from ledger.identifiers import BSN, is_bsn, masked
from ledger.personal import WITHHELD
from ledger.store.requests import instant_of
from projections.processing.asking import LineRow

API_VERSION: Final = "1.1.0"

_HEX: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_DASHED: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_SELECTORS: Final = (
    "one of traceId, dpl.core.processingActivityId or dpl.core.dataSubjectId, which times only "
    "narrow"
)
_STATUS: Final = {"unset": "Unset", "ok": "Ok", "error": "Error"}
_Time = Annotated[datetime, Meta(tz=True)]
Body = TypeVar("Body", bound=Struct)


class _Core(Struct, rename="camel"):
    processing_activity_id: str | UnsetType = UNSET
    data_subject_id: str | UnsetType = UNSET
    data_subject_id_type: str | UnsetType = UNSET
    foreign_operation: dict[str, Any] | UnsetType = UNSET


class _Dpl(Struct, rename="camel"):
    core: _Core | UnsetType = UNSET
    read: dict[str, Any] | UnsetType = UNSET


class _Filter(Struct, rename="camel"):
    trace_id: str | UnsetType = UNSET
    start_time: _Time | UnsetType = UNSET
    end_time: _Time | UnsetType = UNSET
    dpl: _Dpl | UnsetType = UNSET


class _Context(Struct, rename="camel", forbid_unknown_fields=True):
    start_time: _Time | UnsetType = UNSET
    end_time: _Time | UnsetType = UNSET


class _Request(Struct):
    filter: _Filter


class _Batch(Struct):
    requests: tuple[_Request, ...]
    context: _Context | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which lines are asked for; everything given must hold."""

    trace_id: str | None = None
    """32 lower-case hexadecimal digits."""
    activity: str | None = None
    subject: SubjectId | None = None
    start_time: datetime | None = None
    """Started at or after it."""
    end_time: datetime | None = None
    """Ended at or before it."""

    def text(self, token: str | None) -> str:
        """The question without the identity in it.

        Args:
            token: What stands for the subject; `None`: the log knows nobody by that id.
        """
        parts = {
            "trace": self.trace_id,
            "activity": None if self.activity is None else masked(self.activity),
            "subject": None if self.subject is None else token or "somebody unknown",
            "since": _time(self.start_time),
            "until": _time(self.end_time),
        }
        return " ".join(f"{name}={value}" for name, value in parts.items() if value is not None)


def read_question(body: bytes) -> Question:
    """What a request asks.

    Raises:
        FormatError: it is no such request, or selects nothing.
    """
    return _question(decode_at(body, _Filter), "#")


def read_batch(body: bytes, most: int) -> list[Question]:
    """What each request of a batch asks, in order.

    Raises:
        FormatError: it is no batch, has more than `most` requests, one that selects nothing, or a
            field both in the context and in a filter.
    """
    batch = decode_at(body, _Batch)
    if len(batch.requests) > most:
        raise FormatError("#/requests", f"at most {most} requests", f"{len(batch.requests)}")
    shared = {} if batch.context is UNSET else _times(batch.context)
    found = []
    for number, request in enumerate(batch.requests):
        place = f"#/requests/{number}/filter"
        for name in sorted(shared.keys() & _times(request.filter).keys()):
            field = msgspec.structs.fields(_Filter)
            spelt = next(each.encode_name for each in field if each.name == name)
            raise FormatError(f"{place}/{spelt}", "a field that the context does not give", spelt)
        question = _question(request.filter, place)
        found.append(
            Question(
                trace_id=question.trace_id,
                activity=question.activity,
                subject=question.subject,
                start_time=shared.get("start_time", question.start_time),
                end_time=shared.get("end_time", question.end_time),
            )
        )
    return found


def operation(
    row: LineRow,
    event: ProcessingPerformed | None,
    *,
    asked: SubjectId | None,
    hex_traces: bool,
) -> dict[str, Any]:
    """One line as the answer has it.

    Args:
        row: As the view keeps it.
        event: As its record shows it: with values, where a recorded reading opened them; `None`
            where the record was pruned.
        asked: Whom the question named, if this line is about them: said again, not stored.
        hex_traces: The trace as 32 digits; otherwise dashed.
    """
    found: dict[str, Any] = {
        "traceId": row.trace_id if hex_traces else str(UUID(hex=row.trace_id)),
        "spanId": row.span_id,
        "status": _STATUS[row.status],
        "name": WITHHELD if event is None else event.name,
        "startTime": _precise(row.started, row.started_ns),
        "endTime": _precise(row.ended, row.ended_ns),
    }
    if row.parent_span_id is not None:
        found["parentSpanId"] = row.parent_span_id
    if event is not None and event.resource is not None:
        found["resource"] = {"attributes": event.resource}
    attributes = _attributes(row, event, asked)
    if attributes:
        found["attributes"] = attributes
    return found


def _question(filter_: _Filter, place: str) -> Question:
    core = _core(filter_.dpl, place)
    trace_id = _given(filter_.trace_id)
    if trace_id is not None and not (_HEX.fullmatch(trace_id) or _DASHED.fullmatch(trace_id)):
        raise FormatError(f"{place}/traceId", "a UUID or 32 hexadecimal digits", "another text")
    activity = _given(core.processing_activity_id)
    if activity is not None and not is_uri(activity):
        raise FormatError(
            f"{place}/dpl/core/processingActivityId", "an absolute URI", "another text"
        )
    question = Question(
        trace_id=None if trace_id is None else trace_id.replace("-", "").lower(),
        activity=activity,
        subject=_subject(core, f"{place}/dpl/core"),
        **_times(filter_),
    )
    if not (question.trace_id or question.activity or question.subject):
        raise FormatError(place, _SELECTORS, "none of them")
    return question


def _core(dpl: _Dpl | UnsetType, place: str) -> _Core:
    """What selects; what the draft knows as an attribute but not as a selector is refused."""
    if dpl is UNSET:
        return _Core()
    core = _Core() if dpl.core is UNSET else dpl.core
    for name, value in (("core/foreignOperation", core.foreign_operation), ("read", dpl.read)):
        if value is not UNSET:
            raise FormatError(f"{place}/dpl/{name}", _SELECTORS, "what selects nothing")
    return core


def _subject(core: _Core, place: str) -> SubjectId | None:
    subject, id_type = _given(core.data_subject_id), _given(core.data_subject_id_type)
    if subject is None:
        if id_type is not None:
            raise FormatError(
                f"{place}/dataSubjectIdType", "dataSubjectId beside it", "the type alone"
            )
        return None
    if not subject:
        raise FormatError(f"{place}/dataSubjectId", "the id of a data subject", "an empty text")
    if id_type is None and is_bsn(subject):
        id_type = BSN
    if not id_type:
        raise FormatError(f"{place}/dataSubjectIdType", "the type of dataSubjectId", "nothing")
    return SubjectId(id_type, subject)


def _times(found: _Filter | _Context) -> dict[str, datetime]:
    times = {"start_time": found.start_time, "end_time": found.end_time}
    return {name: value for name, value in times.items() if value is not UNSET}


def _given(value: str | UnsetType) -> str | None:
    return None if value is UNSET else value


def _attributes(
    row: LineRow, event: ProcessingPerformed | None, asked: SubjectId | None
) -> dict[str, Any]:
    """The attributes, those of `dpl` nested in camelCase, others under the name they came with."""
    found: dict[str, Any] = {}
    sent = None if event is None else event.attributes
    for name, value in (sent or {}).items():
        if name.startswith("dpl."):
            _nest(found, name.split("."), value)
        else:
            found[name] = value
    core: dict[str, Any] = {}
    if row.activity is not None:
        core["processingActivityId"] = row.activity
    subject = asked or _opened_subject(event)
    if subject is not None:
        core |= {"dataSubjectId": subject.id, "dataSubjectIdType": subject.type}
    if event is not None and event.foreign_processor not in {None, WITHHELD}:
        core["foreignOperation"] = {"processor": event.foreign_processor}
    if core:
        _merge(found, core)
    return found


def _opened_subject(event: ProcessingPerformed | None) -> SubjectId | None:
    if event is None or event.subject is None or not event.subject.startswith("data-subject:"):
        return None  # nobody, withheld, or a token
    known = None if event.subject_id_type == WITHHELD else event.subject_id_type
    return subject_of(event.subject, known)


def _nest(found: dict[str, Any], path: Sequence[str], value: object) -> None:
    inner: Any = found
    for part in path[:-1]:
        inner = inner.setdefault(_camel(part), {})
        if not isinstance(inner, dict):
            return  # a name that is both a value and a group: the value stays
    inner.setdefault(_camel(path[-1]), value)


def _merge(found: dict[str, Any], core: Mapping[str, Any]) -> None:
    dpl = found.setdefault("dpl", {})
    if not isinstance(dpl.get("core"), dict):
        dpl["core"] = {}
    for name, value in core.items():
        kept = dpl["core"].get(name)
        both = isinstance(kept, dict) and isinstance(value, dict)
        dpl["core"][name] = {**kept, **value} if both else value


def _camel(word: str) -> str:
    first, *others = word.split("_")
    return first + "".join(other[:1].upper() + other[1:] for other in others)


def _precise(microseconds: int, nanoseconds: int) -> str:
    """An instant in RFC 3339, with nanoseconds where the source gave them."""
    text = instant_of(microseconds).isoformat(timespec="microseconds").removesuffix("+00:00")
    return f"{text}{nanoseconds:03d}Z" if nanoseconds else f"{text}Z"


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.astimezone(UTC).isoformat()
