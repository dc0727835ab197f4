"""Commands that record one step of a case: options made from the kind, state told before and after.

A step that contradicts the state of its case is warned about and recorded; a malformed one is
refused by the vocabulary, like every fact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

import click

from cli.fields import fields_of, mapping_of, option_of
from cli.options import ZegelCommand
from cli.output import note
from cli.receipt import write_receipt
from cli.session import Session
from ledger.errors import BadRequest
from ledger.events import KINDS, event_from_mapping, resolve_kind
from ledger.units import utc_now

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.ledger import Ledger

Warn = Callable[["Ledger", str, UUID | None, "Event"], Sequence[str]]
"""What a step contradicts, in sentences: by the log, the zone on whose dates terms run, the stream
of its case (`None`: a new one) and the step."""

OF_EVERY_STEP: Final = ("occurred_at", "system", "actor", "subjects", "note")
"""Fields of every event that a step takes as options; the others by `zegel record`."""


@dataclass(frozen=True, slots=True)
class StepPlan:
    """What one command records."""

    kind: str
    """Without version: `breach.closed`."""
    help: str
    examples: tuple[str, ...]
    preset: Mapping[str, Any] = field(default_factory=dict)
    """Fields that the command itself says."""
    left_out: frozenset[str] = frozenset()
    """Fields that are no option of it."""
    flags: Mapping[str, "Flag"] = field(default_factory=dict)
    """Switches by name."""


class Flag(NamedTuple):
    """A switch of a step."""

    help: str
    fields: Mapping[str, Any]
    """What it gives."""


class StepCommand(ZegelCommand):
    """Records one kind of step of the case that its argument names."""

    def __init__(self, name: str, plan: StepPlan, warn: Warn) -> None:
        """Makes the options of the kind."""
        kind = resolve_kind(plan.kind)
        self.plan = plan
        self.warn = warn
        self.case_field = str(KINDS[kind].STREAM_FIELD)
        hidden = {self.case_field, *plan.preset, *plan.left_out}
        self.fields = [
            each
            for each in fields_of(KINDS[kind])
            if each.path not in hidden and (each.own or each.path in OF_EVERY_STEP)
        ]
        super().__init__(
            name,
            params=[
                click.Argument(["case"], metavar=self.case_field.removesuffix("_id").upper()),
                *(option_of(each) for each in self.fields),
                *(
                    click.Option([f"--{name}"], is_flag=True, help=flag.help)
                    for name, flag in plan.flags.items()
                ),
                *_evidence_options(),
            ],
            help=plan.help,
            short_help=plan.help.partition("\n")[0],
            callback=self._run,
            examples=plan.examples,
        )

    def _run(
        self,
        /,
        case: str,
        evidence: tuple[Path, ...],
        corrects: str | None,
        **values: Any,  # noqa: ANN401 - one per field of the kind
    ) -> int:
        session = click.get_current_context().ensure_object(Session)
        kind, more = self.kind_of(values)
        given = {**self.plan.preset, **mapping_of(self.fields, values), **more}
        for name, flag in self.plan.flags.items():
            given |= flag.fields if values.get(name.replace("-", "_")) else {}
        if evidence:
            given["evidence"] = [evidence_of(path) for path in evidence]
        with session.open_ledger() as ledger:
            if corrects is not None:
                stream = ledger.case_stream(self.case_field.removesuffix("_id"), case)
                given["supersedes"] = str(corrected_event(ledger, corrects, stream))
            record_step(session, ledger, {**given, "kind": kind, self.case_field: case}, self.warn)
        return 0

    def kind_of(self, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: ARG002 - for commands that choose by their options
        """The kind that is recorded, and fields that are no option of every kind."""
        return self.plan.kind, {}


def record_step(
    session: Session, ledger: "Ledger", values: Mapping[str, Any], warn: Warn
) -> "Event":
    """Records a step given as builtins; says what it contradicts, then writes its receipt."""
    event = event_from_mapping({"occurred_at": utc_now().isoformat(), **values})
    if "occurred_at" not in values:
        event = _at_its_moment(event)
    case_field = str(type(event).STREAM_FIELD)
    namespace = case_field.removesuffix("_id")
    stream = ledger.case_stream(namespace, str(values[case_field]))
    said = warn(ledger, session.calendar_zone, stream, event)
    receipt = ledger.record(event)
    for text in said:
        note(f"warning: {text}; it is recorded nevertheless")
    write_receipt(receipt, event, session.zone)
    return event


def _at_its_moment(event: "Event") -> "Event":
    """A notice or a receipt occurs when it is given, also where it is recorded later.

    Otherwise a question about the days between would not find it.
    """
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    from ledger.events.subject_requests import DsrReceived  # noqa: PLC0415 - likewise

    given = getattr(event, "notified_at", None)
    if isinstance(event, DsrReceived):
        given = event.received_at
    if given is None or given >= event.occurred_at:
        return event
    return msgspec.structs.replace(event, occurred_at=given)


def evidence_of(path: Path) -> dict[str, str]:
    """What an event keeps of a document: its SHA-256; the document itself stays where it is.

    Raises:
        BadRequest: it cannot be read.
    """
    import mimetypes  # noqa: PLC0415 - only where documents are named

    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadRequest(f"--evidence {path}: expected a file to read: {error.strerror}") from error
    found = {"sha256": sha256(content).hexdigest()}
    media_type, _ = mimetypes.guess_type(path.name)
    if media_type is not None:
        found["media_type"] = media_type
    return found


def corrected_event(ledger: "Ledger", place: str, stream: UUID | None) -> UUID:
    """The id of the event that a correction takes back, named by its index or by the id itself.

    Raises:
        BadRequest: the log has no such record, or it is no step of the case of that stream.
    """
    from ledger.named_record import find_record  # noqa: PLC0415 - only corrections look it up

    record = find_record(ledger, place)
    if record.event_id is None or record.stream != stream:
        raise BadRequest(
            f"--corrects {place}: expected a step of this case, found {record.kind} of another"
        )
    return record.event_id


def _evidence_options() -> list[click.Option]:
    return [
        click.Option(
            ["--evidence"],
            type=click.Path(path_type=Path, dir_okay=False),
            multiple=True,
            metavar="FILE",
            help="A document that supports it; its SHA-256 is recorded.  [repeatable]",
        ),
        click.Option(
            ["--corrects"],
            metavar="INDEX|EVENT-ID",
            help="The earlier step that this one replaces; it stays visible as corrected.",
        ),
    ]
