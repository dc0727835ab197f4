"""`zegel breach signal`: a report of something odd, tied to the case that it belongs to."""

from typing import Any, Final

import click

from cli.fields import mapping_of, option_of
from cli.options import ZegelCommand
from cli.receipt import write_receipt
from cli.session import Session
from formats.steps.breach import BREACH_STEPS
from formats.steps.making import signal_events
from ledger.draft import Receipt
from ledger.units import utc_now

EXAMPLES: Final = (
    "zegel breach signal B-7 --source siem --occurred-at 'yesterday 09:10'",
    "zegel breach signal B-7 --incident SOC-113 --source customer --summary 'odd mail'",
)
_FIELDS: Final = BREACH_STEPS["signal"].fields()


def _record_signal(case: str, incident: str | None, **values: Any) -> int:  # noqa: ANN401 - one per field of the kind
    session = click.get_current_context().ensure_object(Session)
    events = signal_events(mapping_of(_FIELDS, values), case, incident, utc_now())
    with session.open_ledger() as ledger:
        # Neither has an id of its own, so neither can conflict: both are stored, or none.
        outcomes = ledger.record_many(events)
    for outcome, event in zip(outcomes, events, strict=True):
        if isinstance(outcome, Receipt):
            write_receipt(outcome, event, session.zone)
    return 0


signal: Final = ZegelCommand(
    "signal",
    params=[
        click.Argument(["case"], metavar="BREACH"),
        click.Option(
            ["--incident"],
            metavar="ID",
            help="Your id of the incident, where it has one of its own.  [default: that of the "
            "breach]",
        ),
        *(option_of(each) for each in _FIELDS),
    ],
    help="Record a signal that belongs to a case.\n\n"
    "The signal is recorded as an incident of its own, and the incident is tied to the breach. Its "
    "moment is the first from which somebody may say that you could have known.",
    short_help="Record a signal that belongs to a case.",
    callback=_record_signal,
    examples=EXAMPLES,
)
