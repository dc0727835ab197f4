"""`zegel retention`: the rules by which disclosures are kept, and what is due by them."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.known_words import listed
from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from formats.answers.record import short_kind
from formats.sentences import counted
from formats.shown_times import show_instant
from formats.spans import term_words
from formats.typed_times import TimeReader, end_of_span, read_time
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime, tzinfo

    from ledger.ledger import Ledger
    from ledger.retention.report import DueCount
    from ledger.retention.rules import Rule

EXAMPLES: Final = (
    "zegel retention set access-log --kind access.used --period P1Y --basis security",
    "zegel retention due --due-within 30d",
    "zegel retention run --dry-run",
    "zegel retention run --yes",
)
RULE_COLUMNS: Final = (
    Column("rule", "rule", "word"),
    Column("concerns", "concerns", "list"),
    Column("keeps", "keeps"),
    Column("basis", "basis", "word"),
    Column("overrides", "goes before", "list"),
    Column("decided_by", "decided by", "token"),
    Column("effective_from", "in force from", "instant"),
    Column("index", "index", "index"),
    Column("problem", "problem"),
)
DUE_COLUMNS: Final = (
    Column("rule", "rule", "word"),
    Column("kind", "kind", "word"),
    Column("state", "state", "word"),
    Column("records", "records", "count"),
    Column("values", "disclosures", "count"),
    Column("oldest", "oldest due", "instant"),
    Column("held_by", "held by", "list"),
)
TABLE: Final = {
    "set": Entry("cli.retention_setting:set_rule", "Set a rule, or a new version of one."),
    "list": Entry("cli.retention:list_rules", "List the rules in force, or on a date."),
    "due": Entry("cli.retention:due", "Count what is overdue, due soon, and held."),
    "data": Entry(
        "cli.retention_data:data", "List what systems store: due, overdue, held, deleted, verified."
    ),
    "run": Entry("cli.retention_running:run", "Erase what is due."),
    "prune": Entry("cli.prune:prune", "Remove old sealed records after exporting them."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Set how long personal values are kept, and erase what is due.",
)
def retention() -> None:
    """Set how long personal values of the log are kept, see what is due, and erase it.

    What is erased are disclosures: names, addresses, words. The sealed records stay, and verify.
    What systems themselves store, and until when, is told by zegel retention data.
    """


@click.command(
    "list",
    cls=ZegelCommand,
    examples=("zegel retention list", "zegel retention list --as-of 2026-01-01 --json"),
    short_help=TABLE["list"].short_help,
)
@click.option("--as-of", metavar="TIME", help=f"In force at: {TIME_HELP}. Default: now.")
@click.option(
    "--as-known", metavar="TIME", help="By what was recorded until then. Default: all of it."
)
@output_options
@click.pass_obj
def list_rules(
    session: Session, /, as_of: str | None, as_known: str | None, form: str | None
) -> int:
    """List the rules in force: what each concerns, how long it keeps that, and on what basis."""
    from ledger.retention.reading import rules_at  # noqa: PLC0415 - start time: see cli/app.py

    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        at = read_time(time_reader(session, ledger), as_of, "--as-of")
        known_at = read_time(time_reader(session, ledger, recorded=True), as_known, "--as-known")
        known_size = None if known_at is None else ledger.size_at(known_at)
        rules = rules_at(ledger, at or ledger.clock(), known_size=known_size)
    rows = [rule_row(rule, people=chosen == "table") for rule in rules]
    if chosen == "json":
        write_document({"as_of": at, "as_known": known_at, "rules": rows})
        return 0
    write_rows(rows, RULE_COLUMNS, chosen, session.zone)
    say_time("as of", at, session)
    say_time("as known", known_at, session)
    if not rows:
        note("no rule is in force: nothing is ever due")
    return 0


def rule_row(rule: "Rule", *, people: bool = False) -> dict[str, Any]:
    """One rule as a row of an answer, with spans in words for people."""
    return {
        "rule": rule.rule_id,
        "concerns": list(_concerned(rule)),
        "keeps": _kept(rule, people=people),
        "basis": rule.basis,
        "overrides": sorted(rule.overrides),
        "decided_by": rule.decided_by,
        "effective_from": rule.effective_from,
        "set_at": rule.set_at,
        "index": rule.index,
        "event_id": rule.event_id,
        "problem": rule.problem,
    }


def _concerned(rule: "Rule") -> "Iterator[str]":
    from ledger.personal import token_text  # noqa: PLC0415 - the ledger is open by now
    from ledger.retention.rules import ANY_CATEGORY  # noqa: PLC0415 - likewise

    if not rule.names_anything:
        yield "nothing in this log"
    yield from (f"kind {each}" for each in rule.kinds)
    if rule.category != ANY_CATEGORY:
        yield f"category {rule.category}"
    yield from (f"system {each}" for each in sorted(rule.systems))
    named = {"dataset": rule.dataset, "scope": rule.scope, "organisation": rule.organisation}
    yield from (f"{name} {value}" for name, value in named.items() if value)
    if rule.names_customer:
        yield (
            token_text("data-subject", rule.customer) if rule.customer else "a person erased since"
        )


def _kept(rule: "Rule", *, people: bool) -> str | None:
    from ledger.retention.rules import OCCURRED  # noqa: PLC0415 - the ledger is open by now

    spans = [rule.term.period, rule.term.duration]
    told = [_span(each) for each in spans if each is not None]
    said = " and ".join(map(term_words, told) if people else told)
    after = "it occurred" if rule.trigger == OCCURRED else rule.trigger
    return f"{said} after {after}" if said else None


def _span(span: str | timedelta) -> str:
    import msgspec  # noqa: PLC0415 - the ledger is open by now

    return span if isinstance(span, str) else str(msgspec.to_builtins(span))


@click.command(
    cls=ZegelCommand,
    examples=("zegel retention due", EXAMPLES[1], "zegel retention due --rule access-log --json"),
    short_help=TABLE["due"].short_help,
)
@click.option(
    "--due-within", "within", metavar="SPAN", help="Also what is due so soon: 30d, 12h, 2w."
)
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="By this rule; repeatable.")
@output_options
@click.pass_obj
def due(
    session: Session, /, within: str | None, rules: tuple[str, ...], form: str | None
) -> ExitCode:
    """Count what is overdue, what is due soon, and what a legal hold keeps.

    Ends with 6 when something is overdue that no hold keeps.
    """
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        now = ledger.clock()
        reader = TimeReader(now, session.zone)
        until = now if within is None else end_of_span(reader, within, "--due-within")
        counts = counted_due(ledger, calendar_zone(session), now, until, rules or None)
    rows = [count_row(each) for each in counts]
    if chosen == "json":
        write_document({"now": now, "due_by": until, **totals(counts), "counts": rows})
    else:
        write_rows(rows, DUE_COLUMNS, chosen, session.zone)
        note(summary(counts, until, session.zone))
    overdue = any(each.state == "overdue" for each in counts)
    return ExitCode.DEADLINE_PASSED if overdue else ExitCode.FINE


def counted_due(
    ledger: "Ledger",
    zone: "tzinfo",
    now: "datetime",
    until: "datetime",
    only: "Collection[str] | None",
) -> "list[DueCount]":
    """What is due until an instant, counted by rule, kind and state.

    Raises:
        BadRequest: a rule that is asked for is not in force.
    """
    from ledger.retention.reading import due_values, read_terms  # noqa: PLC0415 - the ledger is open by now
    from ledger.retention.report import due_counts  # noqa: PLC0415 - likewise

    terms = read_terms(ledger, now, zone)
    require_rules(only, [rule.rule_id for rule in terms.rules])
    return due_counts(due_values(ledger, terms, until, only=only), now)


def require_rules(asked: "Collection[str] | None", known: "Sequence[str]") -> None:
    """Passes if every rule that is asked for is in force."""
    for rule_id in asked or ():
        if rule_id not in known:
            those = f"one of {listed(known, '')}" if known else "one in force"
            raise BadRequest(f"--rule: expected {those}, found {rule_id!r}")


def calendar_zone(session: Session) -> "tzinfo":
    """Whose calendar counts: that of the home, whatever zone times are shown in."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - start time: see cli/app.py

    return ZoneInfo(session.calendar_zone)


def count_row(count: "DueCount") -> dict[str, Any]:
    """One count as a row of an answer."""
    return {
        "rule": count.rule_id,
        "kind": short_kind(count.kind),
        "state": count.state,
        "records": count.records,
        "values": count.values,
        "oldest": count.oldest,
        "held_by": sorted(count.held_by),
    }


def totals(counts: "Sequence[DueCount]") -> dict[str, int]:
    """How many disclosures there are in each state."""
    return {
        state: sum(each.values for each in counts if each.state == state)
        for state in ("overdue", "due", "held")
    }


def summary(counts: "Sequence[DueCount]", until: "datetime", zone: "tzinfo") -> str:
    """One line that adds up what was counted."""
    found = totals(counts)
    said = [f"{counted(number, 'disclosure')} {state}" for state, number in found.items() if number]
    return f"until {show_instant(until, zone)}: {', '.join(said) or 'nothing is due'}"
