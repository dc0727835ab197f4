"""`zegel deadline`: what is due under a rule, for anyone: without a log, home or key."""

from typing import TYPE_CHECKING, Final

import click

from cli.exit_codes import ExitCode
from cli.lazy import Entry
from cli.options import output_options
from cli.output import choose_form, write_csv, write_document, write_line
from cli.rule_group import RULE, RuleCommand, RuleGroup, rules_of
from cli.session import Session
from cli.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from projections.deadlines import Anchor, DeadlineResult, Refusal

EXAMPLES: Final = (
    "zegel deadline gdpr-33-1 --from '2026-04-03 17:30'",
    "zegel deadline gdpr-12-3 --from 2026-01-31 --extended-at 2026-02-20",
    "zegel deadline list",
)
TABLE: Final = {
    RULE: Entry("cli.deadline:of_rule", "Compute what is due under one rule, with every step."),
    "list": Entry("cli.deadline_list:list_rules", "List the rules with source and validity."),
    "check": Entry("cli.deadline_check:check", "Compare worked examples with what is computed."),
}

EXTENSION: Final = "extension_notified"
MENDABLE: Final = frozenset(
    {
        "ambiguous_local_time",
        "nonexistent_local_time",
        "missing_offset",
        "missing_anchor",
        "missing_parameter",
        "time_of_day_missing",
        "anchors_out_of_order",
        "out_of_range",
    }
)
"""Refusals that another question would not get; they end with 2, all others with 4."""


@click.group(
    cls=RuleGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Compute what is due under a rule, and why.",
)
def deadline() -> None:
    """Compute what is due under a rule, and why.

    Name a rule to compute one limit; `list` shows the rules. Needs no log: every answer says from
    which moment and under which version of which rule it was computed, each step, the calendar,
    and how else the rule is read. This is not legal advice.
    """


def _anchor_names(ctx: click.Context) -> "Iterator[str]":
    yield from (f"{spec.name}=" for rule in rules_of(ctx) for spec in rule.anchors[1:])


def _parameter_names(ctx: click.Context) -> "Iterator[str]":
    yield from (f"{spec.name}=" for rule in rules_of(ctx) for spec in rule.parameters)


@click.command(
    RULE,
    cls=RuleCommand,
    examples=(
        "zegel deadline nis2-notification --from -3h --param trust_service_provider=true",
        "zegel deadline dora-initial --from '2026-04-03 20:00' --anchor aware='2026-04-03 17:30'",
        "zegel deadline contract-weeks --from 2026-11-20 --param weeks=2 --json",
    ),
    short_help=TABLE[RULE].short_help,
)
@click.option(
    "--from", "since", required=True, metavar="TIME", help="The first anchor of the rule."
)
@click.option(
    "--anchor",
    "others",
    multiple=True,
    type=Word("name=time", _anchor_names, closed=False),
    metavar="NAME=TIME",
    help="Another moment that the rule takes into account. Repeatable.",
)
@click.option(
    "--extended-at", metavar="TIME", help=f"The same as --anchor {EXTENSION}=TIME (gdpr-12-3)."
)
@click.option(
    "--param",
    "parameters",
    multiple=True,
    type=Word("name=value", _parameter_names, closed=False),
    metavar="NAME=VALUE",
    help="A parameter of the rule: a whole number, true or false. Repeatable.",
)
@click.option(
    "--zone",
    metavar="ZONE",
    help="The zone of the duty-bearer, in whose local dates days are counted.  [default: the "
    "zone of the home, else Europe/Amsterdam]",
)
@click.option(
    "--country",
    metavar="CODE",
    default="NL",
    show_default=True,
    help="Whose working days count, two capital letters.",
)
@click.option(
    "--rule-version",
    type=click.IntRange(min=1),
    metavar="N",
    help="That version of the rule instead of the one in force at the first anchor.",
)
@output_options
@click.pass_context
def of_rule(  # noqa: PLR0917 - Click names them
    ctx: click.Context,
    since: str,
    others: tuple[str, ...],
    extended_at: str | None,
    parameters: tuple[str, ...],
    zone: str | None,
    country: str,
    rule_version: int | None,
    form: str | None,
) -> int:
    """Compute what is due under one rule, with every step.

    A date, such as 2026-01-31, is a local date; a rule in hours asks for a time too. A local time
    that occurs twice or never needs an offset. Ends with 2 when the question must say more, and
    with 4 when nobody can say: a year that the calendar does not cover, a law without a period.
    """
    from cli.typed_anchor import AnchorReader, read_parameters  # noqa: PLC0415 - start time
    from ledger.units import utc_now  # noqa: PLC0415 - likewise
    from projections.deadlines import Refusal, compute, newest_of  # noqa: PLC0415 - likewise
    from projections.deadlines.local_times import zone_named  # noqa: PLC0415 - likewise
    from projections.deadlines.refusals import Uncomputable  # noqa: PLC0415 - likewise

    session = ctx.ensure_object(Session)
    rule = newest_of(str(ctx.info_name))
    bearer = zone_named(zone or session.calendar_zone)
    # Nobody types microseconds; the earlier second is the safer one.
    reader = AnchorReader(
        utc_now().replace(microsecond=0), zone_named("UTC") if session.utc else bearer
    )
    named = [*others, *([f"{EXTENSION}={extended_at}"] if extended_at else ())]
    answer: DeadlineResult | Refusal
    try:
        anchors: dict[str, Anchor] = {
            rule.first_anchor.name: reader.read(since, "--from"),
            **reader.read_named(named, taken={rule.first_anchor.name}),
        }
    except Uncomputable as refused:
        answer = refused.refusal(rule.id)
    else:
        answer = compute(
            rule.id,
            anchors,
            zone=bearer.key,
            parameters=read_parameters(parameters, rule),
            country=country,
            at_version=rule_version,
        )
    _write(answer, choose_form(form), reader.zone)
    if isinstance(answer, Refusal):
        return ExitCode.USAGE if answer.reason in MENDABLE else ExitCode.UNAVAILABLE
    return ExitCode.FINE


def _write(answer: "DeadlineResult | Refusal", form: str, zone: "ZoneInfo") -> None:
    if form == "table":
        from cli.deadline_drawn import draw_answer  # noqa: PLC0415 - Rich is loaded only to draw
        from ledger.units import utc_now  # noqa: PLC0415 - start time: see cli/app.py

        draw_answer(answer, utc_now(), zone)
    elif form == "csv":
        from cli.deadline_rows import ANSWER_COLUMNS, answer_rows  # noqa: PLC0415 - likewise

        write_csv(answer_rows(answer), ANSWER_COLUMNS)
    elif form == "json":
        write_document(answer)
    else:
        write_line(answer)
