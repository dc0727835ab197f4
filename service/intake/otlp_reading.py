"""What the spans or log records of one request become, before anything is stored.

A request is taken whole or not at all: the first fault of any of its items keeps all of it out, and
every fault is told. What is odd but allowed is a warning. What is no fact of ours, a span without
`dpl.*` attributes or a log record that names no kind, is a fault or is left out and counted, as the
settings say.

Source: Logboek Dataverwerkingen 1.0.0 §3.2.2 and §3.3 (what a line is); OTLP specification,
"Partial Success" (what the answer can say).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from formats.ldv import place_of, translate_span
from formats.otlp import spans_of
from formats.otlp_document import log_request, trace_request
from formats.otlp_logs import log_records_of, translate_record
from formats.reading import Outcome, ReadContext, Skipped, Translated, Unreadable
from ledger.errors import FormatError
from ledger.events import Event
from ledger.identifiers import names_bsn
from ledger.serve_settings import ServeSettings
from ledger.units import SystemId
from service.access.caller import Caller
from service.context import Context
from service.intake.rights import own_system

Readings = Callable[["Context", Caller, bytes, bool], Iterator[Outcome]]
SERVICE_NAME: Final = "service.name"

_MOST_WARNINGS: Final = 20
_MOST_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True)
class Signal:
    """One of the two sorts of requests that are taken."""

    name: Literal["traces", "logs"]
    noun: str
    group: str
    """Under which items that are left out are counted."""
    may_skip: Callable[[ServeSettings], bool]
    """Whether an item that is no fact of ours is left out, instead of keeping its request out."""
    outcomes: Readings
    """The outcome of each item of a body; it raises `FormatError` about the body as a whole."""
    answer: type[Message]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why one item keeps its request out; tells no value."""

    place: str
    reason: str


@dataclass(slots=True)
class Understood:
    """What one request says."""

    events: list[Event] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    """How many items each is about."""
    left_out: Counter[str] = field(default_factory=Counter)
    """How many items were no fact of ours, by reason."""


def understood(
    context: Context, caller: Caller, signal: Signal, body: bytes, *, is_json: bool
) -> Understood:
    """What a body says; blocking. With a fault, none of its events may be stored."""
    found = Understood()
    may_skip = signal.may_skip(context.settings)
    try:
        for outcome in signal.outcomes(context, caller, body, is_json):
            match outcome:
                case Translated():
                    found.events.append(outcome.event)
                    found.warnings.update(outcome.warnings)
                case Skipped() if not may_skip:
                    found.faults.append(Fault(outcome.place, outcome.reason))
                case Skipped():
                    found.left_out[outcome.reason] += outcome.count
                case Unreadable():
                    found.faults.append(Fault(outcome.place, outcome.reason))
    except FormatError as error:
        reason = f"expected {error.expected}, found {error.found}"
        found.faults.append(Fault(error.place, reason))
    return found


def system_for(name: object, caller: Caller) -> str | None:
    """The system in whose name a caller records, by the `service.name` that it sends.

    A caller that may record for one system only always does so. For others the name counts if it
    is a system id; a name such as `Customer Desk` is kept with the fact, but names no system.
    """
    only = own_system(caller)
    if only is not None:
        return only
    if not isinstance(name, str) or names_bsn(name):
        return None
    try:
        return msgspec.convert(name, SystemId)
    except msgspec.ValidationError:
        return None


def _spans(context: Context, caller: Caller, body: bytes, is_json: bool) -> Iterator[Outcome]:  # noqa: FBT001 - as every `Readings`
    document = trace_request(body, is_json=is_json, most_depth=context.settings.most_depth)
    read_context = _read_context(context)
    for number, span in enumerate(spans_of(document, "request"), start=1):
        system = system_for(span.resource.get(SERVICE_NAME), caller)
        yield translate_span(span, place_of(span, number), 0, replace(read_context, system=system))


def _records(context: Context, caller: Caller, body: bytes, is_json: bool) -> Iterator[Outcome]:  # noqa: FBT001 - likewise
    document = log_request(body, is_json=is_json, most_depth=context.settings.most_depth)
    read_context = _read_context(context)
    for number, record in enumerate(log_records_of(document), start=1):
        system = system_for(record.service, caller)
        place = f"log record {number}"
        yield translate_record(record, place, replace(read_context, system=system))


def _read_context(context: Context) -> ReadContext:
    """A request says all that a file leaves to its owner."""
    return ReadContext(
        derive_id=context.ledger.derive_id,
        system=None,
        zone=None,
        year=None,
        source_identity=b"",
        now=context.ledger.clock(),
    )


TRACES: Final = Signal(
    name="traces",
    noun="span",
    group="processing",
    may_skip=attrgetter("skip_spans_without_ldv"),
    outcomes=_spans,
    answer=ExportTraceServiceResponse,
)
LOGS: Final = Signal(
    name="logs",
    noun="log record",
    group="(none)",
    may_skip=attrgetter("skip_logs_without_kind"),
    outcomes=_records,
    answer=ExportLogsServiceResponse,
)


def answer_of(signal: Signal, found: Understood) -> Message:
    """What a request that is durable is answered: an empty message, or warnings.

    Items that were left out count as rejected; what was stored with a warning does not.
    """
    counted = (*found.left_out.items(), *found.warnings.items())
    said = [
        f"{text[:_MOST_CHARACTERS]} ({count} {signal.noun}{'s' if count > 1 else ''})"
        for text, count in counted[:_MOST_WARNINGS]
    ]
    if len(counted) > len(said):
        said.append(f"and {len(counted) - len(said)} more")
    if not said:
        return signal.answer()
    partial: dict[str, Any] = {"error_message": "; ".join(said)}
    if found.left_out:
        rejected = "rejected_spans" if signal.name == "traces" else "rejected_log_records"
        partial[rejected] = found.left_out.total()
    return signal.answer(partial_success=partial)
