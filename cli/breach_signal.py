"""`zegel breach signal`: a report of something odd, tied to the case that it belongs to."""

from typing import Any, Final

import click

from cli.case_step import OF_EVERY_STEP
from cli.fields import fields_of, mapping_of, option_of
from cli.options import ZegelCommand
from cli.receipt import write_receipt
from cli.session import Session
from ledger.draft import Receipt
from ledger.events import KINDS, event_from_mapping, resolve_kind
from ledger.units import utc_now

EXAMPLES: Final = (
    "zegel breach signal B-7 --source siem --occurred-at 'yesterday 09:10'",
    "zegel breach signal B-7 --incident SOC-113 --source customer --summary 'odd mail'",
)
_KIND: Final = resolve_kind("incident.signalled")
_FIELDS: Final = [
    each
    for each in fields_of(KINDS[_KIND])
    if each.path != "incident_id" and (each.own or each.path in OF_EVERY_STEP)
]


def _record_signal(case: str, incident: str | None, **values: Any) -> int:  # noqa: ANN401 - one per field of the kind
    session = click.get_current_context().ensure_object(Session)
    given = {"occurred_at": utc_now().isoformat(), **mapping_of(_FIELDS, values)}
    named = incident or case
    signal = event_from_mapping({**given, "kind": _KIND, "incident_id": named})
    link = event_from_mapping(
        {
            "kind": "incident.triaged",
            "occurred_at": given["occurred_at"],  # the signal belonged to the case from its start
            "incident_id": named,
            "breach_id": case,
        }
    )
    with session.open_ledger() as ledger:
        # Neither has an id of its own, so neither can conflict: both are stored, or none.
        outcomes = ledger.record_many([signal, link])
    for outcome, event in zip(outcomes, (signal, link), strict=True):
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
