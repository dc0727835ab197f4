"""Commands that record one step of a case: options made from the kind, state told before and after.

A step that contradicts the state of its case is warned about and recorded; a malformed one is
refused by the vocabulary, like every fact.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from cli.fields import mapping_of, option_of
from cli.options import ZegelCommand
from cli.output import note
from cli.receipt import write_receipt
from cli.session import Session
from formats.steps.making import step_event
from formats.steps.plan import StepPlan
from ledger.errors import BadRequest
from ledger.units import utc_now

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.ledger import Ledger
    from projections.cases.warned import Warned

Warn = Callable[["Ledger", str, UUID | None, "Event"], "Sequence[Warned]"]
"""What a step contradicts: by the log, the zone on whose dates terms run, the stream of its case
(`None`: a new one) and the step."""


@dataclass(frozen=True, slots=True)
class StepHelp:
    """What the command of a step says about itself."""

    text: str
    examples: tuple[str, ...]
    switches: Mapping[str, str] = field(default_factory=dict)
    """By their names."""


class StepCommand(ZegelCommand):
    """Records one kind of step of the case that its argument names."""

    def __init__(self, name: str, plan: StepPlan, told: StepHelp, warn: Warn) -> None:
        """Makes the options of the kind."""
        self.plan = plan
        self.warn = warn
        self.fields = plan.fields()
        super().__init__(
            name,
            params=[
                click.Argument(["case"], metavar=plan.case_kind.upper()),
                *(option_of(each) for each in self.fields),
                *(
                    click.Option([f"--{switch}"], is_flag=True, help=told.switches[switch])
                    for switch in plan.switches
                ),
                *_evidence_options(),
            ],
            help=told.text,
            short_help=told.text.partition("\n")[0],
            callback=self._run,
            examples=told.examples,
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
        for name, said in self.plan.switches.items():
            given |= said if values.get(name.replace("-", "_")) else {}
        if evidence:
            given["evidence"] = [evidence_of(path) for path in evidence]
        with session.open_ledger() as ledger:
            if corrects is not None:
                given["supersedes"] = corrected_event(ledger, self.plan, case, corrects)
            named = {"kind": kind, self.plan.case_field: case}
            record_step(session, ledger, {**given, **named}, self.warn)
        return 0

    def kind_of(self, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:  # noqa: ARG002 - for commands that choose by their options
        """The kind that is recorded, and fields that are no option of every kind."""
        return self.plan.kind, {}


def record_step(
    session: Session, ledger: "Ledger", values: Mapping[str, Any], warn: Warn
) -> "Event":
    """Records a step given as builtins; says what it contradicts, then writes its receipt."""
    event = step_event(values, utc_now())
    case_field = str(type(event).STREAM_FIELD)
    namespace = case_field.removesuffix("_id")
    stream = ledger.case_stream(namespace, str(values[case_field]))
    found = warn(ledger, session.calendar_zone, stream, event)
    receipt = ledger.record(event)
    for each in found:
        note(f"warning: {each}; it is recorded nevertheless")
    write_receipt(receipt, event, session.zone)
    return event


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


def corrected_event(ledger: "Ledger", plan: StepPlan, case: str, place: str) -> str:
    """The id of the event that a correction takes back, named by its index or by the id itself.

    Raises:
        BadRequest: the log has no such record, or it is no step of the case.
    """
    from projections.cases.contradictions import corrected_step  # noqa: PLC0415 - start time: see cli/app.py

    stream = ledger.case_stream(plan.case_kind, case)
    try:
        return str(corrected_step(ledger, place, stream).event_id)
    except BadRequest as error:
        raise BadRequest(f"--corrects {error}") from error


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
