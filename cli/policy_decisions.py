"""`zegel policy set`, `interpret`, `waive`: what was decided about a promise, by whom and why."""

from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cli.known_words import listed
from cli.options import ZegelCommand
from cli.output import note
from cli.parameter_values import settings_of
from cli.policy import EXAMPLES, TABLE
from cli.questions import TIME_HELP, say_time, time_reader
from cli.reader import account, authorise
from cli.receipt import write_receipt
from cli.session import Session
from formats.shown_times import show_instant
from formats.typed_times import read_time
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ledger.ledger import Ledger
    from projections.statements import StandingPromise

    Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_FROM: Final = click.option(
    "--effective-from", metavar="TIME", help=f"In force from: {TIME_HELP}. Default: now."
)
_BY: Final = click.option("--by", metavar="PERSON", help="Who decided it. Default: who types this.")
_REASON: Final = click.option(
    "--reason", required=True, metavar="TEXT", help="Why, in words; kept encrypted."
)


@click.command(
    "set",
    cls=ZegelCommand,
    examples=(
        EXAMPLES[2],
        "zegel policy set RAG-06 limit=500000 --reason 'megabits' --effective-from 2026-01-01",
        "zegel policy set INF-08 attempts=3 window='48 hours' --reason 'fewer false alarms'",
    ),
    short_help=TABLE["set"].short_help,
)
@click.argument("promise", metavar="PROMISE")
@click.argument("settings", metavar="NAME=VALUE...", nargs=-1, required=True)
@_REASON
@_BY
@_FROM
@click.pass_obj
def set_parameters(
    session: Session,
    /,
    promise: str,
    settings: tuple[str, ...],
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """Set what a statement leaves open: a number, with its unit if it is another, or words.

    What happened before is judged by what was set before; --effective-from says otherwise. Several
    words stand with commas between them. zegel policy show POLICY lists what can be set.
    """
    with session.open_ledger() as ledger:
        decision = _Decision(session, ledger, promise, typed)
        params = settings_of(decision.found.event, settings)
        decision.record("promise.parameter_set", params=params)
    return 0


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel policy interpret ING-11 notice --reason 'opzegging is the notice'",
        "zegel policy interpret ING-05 access-only --reason 'the table is older' --by person:dpo",
    ),
    short_help=TABLE["interpret"].short_help,
)
@click.argument("promise", metavar="PROMISE")
@click.argument("reading", metavar="READING")
@_REASON
@_BY
@_FROM
@click.pass_obj
def interpret(session: Session, /, promise: str, reading: str, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Decide by which of its readings an ambiguous promise is judged."""
    with session.open_ledger() as ledger:
        decision = _Decision(session, ledger, promise, typed)
        names = [each.name for each in decision.found.event.readings]
        if reading not in names:
            known = ", ".join(names) or "it has one reading only"
            raise BadRequest(f"{promise}: expected a reading ({known}), found {reading!r}")
        decision.record("promise.interpretation_decided", reading=reading)
    return 0


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel policy waive RAG-10 --reason 'the sentence is being rewritten' --until 2027-01-01",
        "zegel policy waive RAG-10 --reason 'rewritten' --until now",
    ),
    short_help=TABLE["waive"].short_help,
)
@click.argument("promise", metavar="PROMISE")
@click.option("--until", metavar="TIME", help="Checked again from then on. Default: never.")
@_REASON
@_BY
@_FROM
@click.pass_obj
def waive(session: Session, /, promise: str, until: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Leave a promise unchecked: what happens meanwhile is not judged by it.

    A later waiver takes the place of an earlier one, so that --until now ends it.
    """
    with session.open_ledger() as ledger:
        decision = _Decision(session, ledger, promise, typed)
        ends_at = read_time(time_reader(session, ledger), until, "--until")
        decision.require_end(ends_at)
        say_time("checked again from", ends_at, session)
        decision.record("promise.waived", effective_until=_text(ends_at))
    return 0


class _Decision:
    """A decision about one promise that stands."""

    def __init__(
        self, session: Session, ledger: "Ledger", promise: str, typed: dict[str, Any]
    ) -> None:
        """Asks for the role, and finds the promise as it stands when the decision takes effect."""
        authorise(ledger, "decide")
        self._session, self._ledger = session, ledger
        self._reason, self._by = typed["reason"], typed["by"]
        self._asked_at = ledger.clock()
        reader = time_reader(session, ledger)
        self._effective = read_time(reader, typed["effective_from"], "--effective-from")
        say_time("in force from", self._effective, session)
        self.found = _standing(ledger, promise, self._effective)

    def require_end(self, ends_at: "datetime | None") -> None:
        """Refuses an end before the beginning: nothing would be waived.

        Raises:
            BadRequest: the decision would end before it takes effect.
        """
        begins_at = self._effective or self._asked_at
        if ends_at is None or ends_at >= begins_at:
            return
        zone = self._session.zone
        begins = show_instant(begins_at, zone)
        hint = "" if self._effective else "; --effective-from waives what has passed"
        raise BadRequest(
            f"--until: expected a time at or after its beginning, {begins}, "
            f"found {show_instant(ends_at, zone)}{hint}"
        )

    def record(self, kind: str, **fields: object) -> None:
        """Records it and writes the receipt."""
        from ledger.events import event_from_mapping  # noqa: PLC0415 - start time: see cli/app.py

        values = {
            "kind": kind,
            "occurred_at": self._ledger.clock().isoformat(),
            "promise_id": self.found.event.promise_id,
            "actor": account(),
            "actor_kind": "person",
            "decided_by": self._by or account(),
            "reason": self._reason,
            "effective_from": _text(self._effective),
            **fields,
        }
        given = {name: value for name, value in values.items() if value is not None}
        event = event_from_mapping(given)
        write_receipt(self._ledger.record(event), event, self._session.zone)
        edition = self.found.edition
        if kind != "promise.waived" and edition.waived_by is not None:
            note(f"zegel: {self.found.event.promise_id} is waived by record {edition.waived_by}")


def _standing(ledger: "Ledger", promise: str, at: "datetime | None") -> "StandingPromise":
    """The promise as it stands at a moment.

    Raises:
        BadRequest: none of that id stands then; those that do are named.
    """
    from projections.cases.reading import moment_of  # noqa: PLC0415 - start time: see cli/app.py
    from projections.statements import standing_promises  # noqa: PLC0415 - likewise

    found = {
        each.event.promise_id: each for each in standing_promises(ledger, moment_of(ledger, at))
    }
    if promise not in found:
        known = listed(list(found), "none stands; zegel policy publish records them")
        raise BadRequest(f"promise: expected one that stands ({known}), found {promise!r}")
    return found[promise]


def _text(instant: "datetime | None") -> str | None:
    return None if instant is None else instant.isoformat()
