"""`zegel hold place` and `zegel hold release`: each is one fact, or several, in one transaction."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import click

from cli.hold import EXAMPLES, TABLE
from cli.known_words import MOST_IDS, listed
from cli.options import ZegelCommand
from cli.output import note
from cli.questions import say_time, time_reader
from cli.reader import account, authorise
from cli.receipt import write_receipt
from cli.session import Session
from cli.words import kind_word, system_word
from formats.typed_times import read_time
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from ledger.events import Event
    from ledger.ledger import Ledger
    from ledger.legal_hold import Hold

_NOTHING_NAMED: Final = (
    "expected what to hold (--person, --ip, --subject, --system, --dataset, --kind) or "
    "--everything, found neither"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What was typed to place a hold."""

    hold: str
    people: tuple[str, ...]
    ips: tuple[str, ...]
    subjects: tuple[str, ...]
    kinds: tuple[str, ...]
    systems: tuple[str, ...]
    dataset: str | None
    basis: str | None
    reason: str | None
    until: str | None
    by: str | None
    everything: bool

    @property
    def names(self) -> bool:
        """Whether it says what it is about."""
        return bool(
            self.people or self.ips or self.subjects or self.kinds or self.systems or self.dataset
        )


@click.command(
    cls=ZegelCommand,
    examples=(
        EXAMPLES[0],
        "zegel hold place CASE-7 --system crm --kind access.used --basis investigation",
        "zegel hold place COURT-1 --everything --reason 'order of the court' --by person:dpo",
    ),
    short_help=TABLE["place"].short_help,
)
@click.argument("hold", metavar="HOLD")
@click.option(
    "--person", "people", multiple=True, metavar="PERSON", help="On person:ACCOUNT; repeatable."
)
@click.option("--ip", "ips", multiple=True, metavar="ADDRESS", help="On ip:ADDRESS; repeatable.")
@click.option(
    "--subject", "subjects", multiple=True, metavar="SUBJECT", help="On data-subject:TYPE:ID."
)
@click.option(
    "--kind", "kinds", type=kind_word(), multiple=True, help="Only events of this kind; repeatable."
)
@click.option(
    "--system",
    "systems",
    type=system_word(),
    multiple=True,
    metavar="ID",
    help="Only what this system reported; repeatable.",
)
@click.option(
    "--dataset", metavar="NAME", help="Only what is about this dataset, such as crm/mail."
)
@click.option("--everything", is_flag=True, help="Name nothing: the whole log is held.")
@click.option("--basis", metavar="WORD", help="Why, in a word: litigation, authority-order.")
@click.option("--reason", metavar="TEXT", help="Why, in words; kept encrypted.")
@click.option("--until", metavar="TIME", help="When it ends by itself. Default: by its release.")
@click.option("--by", metavar="PERSON", help="Who decided it, if not who types this.")
@click.pass_obj
def place(session: Session, /, **typed: Any) -> int:  # noqa: ANN401 - the fields of Placing
    """Have data kept: no erasure and no retention rule touches what this hold covers.

    HOLD is its id, such as the number of the case. People, kinds, systems and dataset narrow it
    together; several people are each held. Placing it again adds to it. A person whom no record
    names yet is held from the first one on.
    """
    placing = Placing(**typed)
    if placing.names is placing.everything:
        raise click.UsageError(
            "--everything: expected nothing named beside it" if placing.names else _NOTHING_NAMED
        )
    if not (placing.basis or placing.reason):
        raise click.UsageError("expected why: --basis WORD or --reason TEXT, found neither")
    with session.open_ledger() as ledger:
        authorise(ledger, "hold")
        events = list(_placements(session, ledger, placing))
        _warn(ledger, placing)
        _record(session, ledger, events)
    return 0


def _placements(session: Session, ledger: "Ledger", placing: Placing) -> "Iterator[Event]":
    """One event for each person and address, as an event names one of either."""
    from ledger.events import event_from_mapping  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.query import kinds_of  # noqa: PLC0415 - likewise

    until = read_time(time_reader(session, ledger), placing.until, "--until")
    now = ledger.clock()
    if until is not None and until <= now:
        raise BadRequest(f"--until: expected a time to come, found {placing.until!r}")
    say_time("until", until, session)
    shared = {
        "kind": "legal_hold.placed",
        "occurred_at": now.isoformat(),
        "hold_id": placing.hold,
        "actor": account(),
        "kinds": [each.rpartition(".v")[0] for kind in placing.kinds for each in kinds_of(kind)],
        "systems": list(placing.systems),
        "dataset": placing.dataset,
        "basis": placing.basis,
        "reason": placing.reason,
        "decided_by": placing.by,
        "valid_until": None if until is None else until.isoformat(),
    }
    for number in range(max(len(placing.people), len(placing.ips), 1)):
        own = {
            "person": _at(placing.people, number),
            "ip": _at(placing.ips, number),
            "subjects": [] if number else list(placing.subjects),
        }
        yield event_from_mapping(
            {name: value for name, value in (shared | own).items() if value not in (None, [])}
        )


def _at(values: "Sequence[str]", place: int) -> str | None:
    return values[place] if place < len(values) else None


def _warn(ledger: "Ledger", placing: Placing) -> None:
    """Says what the hold names that the log does not know: it may be misspelt."""
    from ledger.store.query import RecordQuery  # noqa: PLC0415 - start time: see cli/app.py

    for identity in (*placing.people, *placing.ips, *placing.subjects):
        if not ledger.subjects_matching(identity):
            note(
                f"zegel: no record names {identity}: the hold is incomplete until one does, "
                "and binds from then on"
            )
    for system in placing.systems:
        if next(ledger.log.find(RecordQuery(system=system, limit=1)), None) is None:
            note(f"zegel: no record of system {system} yet: the hold binds from the first one on")


@click.command(
    cls=ZegelCommand,
    examples=(EXAMPLES[1], "zegel hold release @41"),
    short_help=TABLE["release"].short_help,
)
@click.argument("hold", metavar="HOLD|TOKEN|@INDEX")
@click.option("--reason", metavar="TEXT", help="Why; kept encrypted.")
@click.option("--by", metavar="PERSON", help="Who decided it, if not who types this.")
@click.pass_obj
def release(session: Session, /, hold: str, reason: str | None, by: str | None) -> int:
    """End a hold: what it covers may be erased again, and what is due is, at the next run.

    HOLD is its id; a token or index from zegel hold list does where nobody knows the id any more.
    """
    from ledger.events import event_from_mapping  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        authorise(ledger, "hold")
        found = _standing(ledger, hold)
        shared = {
            "kind": "legal_hold.released",
            "occurred_at": ledger.clock().isoformat(),
            "hold_id": hold,
            "actor": account(),
            "reason": reason,
            "decided_by": by,
        }
        given = {name: value for name, value in shared.items() if value is not None}
        # Each names its placement: a token is not the id that leads to the stream of the hold.
        _record(
            session,
            ledger,
            [event_from_mapping({**given, "causation_id": str(each.event_id)}) for each in found],
        )
    return 0


def _standing(ledger: "Ledger", typed: str) -> "list[Hold]":
    """The placements of a hold that have not ended.

    Raises:
        BadRequest: there is none.
    """
    from ledger.holds import holds_at  # noqa: PLC0415 - start time: see cli/app.py

    stream = _stream(ledger, typed)
    every = holds_at(ledger, ledger.clock())
    mine = [each for each in every if each.stream == stream]
    standing = [each for each in mine if each.state == "standing"]
    if not standing:
        ended = f", found one that is {mine[-1].state}" if mine else ", found none"
        tokens = [each.token for each in every if each.state == "standing"]
        raise BadRequest(
            "hold: expected the id, token or @INDEX of a hold that stands "
            f"({listed(tokens, 'there is none', MOST_IDS)}){ended}"
        )
    return standing


def _stream(ledger: "Ledger", typed: str) -> "UUID | None":
    from ledger.personal import parse_token  # noqa: PLC0415 - start time: see cli/app.py

    token = parse_token(typed)
    if token is not None:
        return token[1]
    if typed.startswith("@") and typed[1:].isdigit():
        record = ledger.log.record_at(int(typed[1:]))
        return None if record is None else record.stream
    return ledger.case_stream("hold", typed)


def _record(session: Session, ledger: "Ledger", events: "Sequence[Event]") -> None:
    from ledger.draft import Receipt  # noqa: PLC0415 - the ledger is open by now

    for event, outcome in zip(events, ledger.record_many(events), strict=True):
        if isinstance(outcome, Receipt):  # always: a fresh event id conflicts with nothing
            write_receipt(outcome, event, session.zone)
