"""`zegel retention set`: one fact, checked so that the rule can be computed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cli.options import ZegelCommand
from cli.output import note
from cli.questions import say_time, time_reader
from cli.reader import account, authorise
from cli.receipt import write_receipt
from cli.retention import EXAMPLES, TABLE
from cli.session import Session
from cli.words import kind_word, system_word
from formats.typed_times import read_time

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOptions:
    """What was typed to set a rule."""

    rule: str
    kinds: tuple[str, ...]
    category: str | None
    systems: tuple[str, ...]
    dataset: str | None
    organisation: str | None
    customer: str | None
    period: str | None
    duration: str | None
    trigger: str
    basis: str | None
    reason: str | None
    overrides: tuple[str, ...]
    effective_from: str | None
    by: str | None

    @property
    def names_anything(self) -> bool:
        """Whether it says what it concerns."""
        scope = (self.dataset, self.organisation, self.customer, self.category)
        return bool(self.kinds or self.systems or any(scope))


@click.command(
    "set",
    cls=ZegelCommand,
    examples=(
        EXAMPLES[0],
        "zegel retention set contracts --category invoicing --period P7Y --trigger contract.ended",
        "zegel retention set crm --system crm --period P3M --over access-log",
    ),
    short_help=TABLE["set"].short_help,
)
@click.argument("rule", metavar="RULE")
@click.option(
    "--kind", "kinds", type=kind_word(), multiple=True, help="Events of this kind; repeatable."
)
@click.option("--category", metavar="WORD", help="Events with this data category.")
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
@click.option("--organisation", metavar="ID", help="Only what is done for this organisation.")
@click.option("--customer", metavar="SUBJECT", help="Only the values of data-subject:TYPE:ID.")
@click.option("--period", metavar="PERIOD", help="How long, by the calendar: P14D, P3M, P7Y.")
@click.option("--duration", metavar="DURATION", help="How long, as elapsed time: PT3600S.")
@click.option(
    "--trigger",
    default="occurred",
    show_default=True,
    metavar="WORD",
    help="Counted from: occurred, recorded, or a kind of event such as contract.ended.",
)
@click.option("--basis", metavar="WORD", help="The law or agreement behind it: awr-52.")
@click.option("--reason", metavar="TEXT", help="Why, in words; kept encrypted.")
@click.option(
    "--over", "overrides", multiple=True, metavar="RULE", help="Goes before this rule; repeatable."
)
@click.option("--effective-from", metavar="TIME", help="In force from. Default: now.")
@click.option("--by", metavar="PERSON", help="Who decided it, if not who types this.")
@click.pass_obj
def set_rule(session: Session, /, **typed: Any) -> int:  # noqa: ANN401 - the fields of RuleOptions
    """Set a rule, or a new version of one: it takes the place of the version before.

    RULE is its name. All that is named narrows it together. Of several rules that concern the same
    values the one that keeps them longest decides, unless another goes before it (--over).
    """
    options = RuleOptions(**typed)
    _refuse_incomplete(options)
    with session.open_ledger() as ledger:
        authorise(ledger, "erase")
        event = _event(session, ledger, options)
        write_receipt(ledger.record(event), event, session.zone)
    return 0


def _refuse_incomplete(options: RuleOptions) -> None:
    from ledger.retention.rules import OCCURRED, RECORDED, kinds_named  # noqa: PLC0415 - start time: see cli/app.py

    if not options.names_anything:
        raise click.UsageError(
            "expected what the rule concerns (--kind, --category, --system, --dataset, "
            "--organisation, --customer), found nothing"
        )
    if not (options.period or options.duration):
        raise click.UsageError("expected --period or --duration, found neither")
    if options.trigger not in {OCCURRED, RECORDED} and not kinds_named(options.trigger):
        raise click.UsageError(
            f"--trigger: expected {OCCURRED}, {RECORDED} or a kind of event such as "
            f"contract.ended, found {options.trigger!r}"
        )


def _event(session: Session, ledger: "Ledger", options: RuleOptions) -> "Event":
    from ledger.events import event_from_mapping  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.query import kinds_of  # noqa: PLC0415 - likewise
    from ledger.retention.rules import ANY_CATEGORY  # noqa: PLC0415 - likewise

    effective = read_time(time_reader(session, ledger), options.effective_from, "--effective-from")
    say_time("in force from", effective, session)
    kinds = [kind.rpartition(".v")[0] for each in options.kinds for kind in kinds_of(each)]
    _tell_about_own(kinds)
    values = {
        "kind": "retention.rule_set",
        "occurred_at": ledger.clock().isoformat(),
        "rule_id": options.rule,
        "category": options.category or ANY_CATEGORY,
        "kinds": kinds,
        "systems": list(options.systems),
        "dataset": options.dataset,
        "organisation": options.organisation,
        "customer_id": options.customer,
        "period": options.period,
        "duration": options.duration,
        "trigger": options.trigger,
        "basis": options.basis,
        "reason": options.reason,
        "overrides": list(options.overrides),
        "effective_from": None if effective is None else effective.isoformat(),
        "actor": account(),
        "decided_by": options.by,
    }
    return event_from_mapping(
        {name: value for name, value in values.items() if value not in (None, [])}
    )


def _tell_about_own(kinds: list[str]) -> None:
    own = sorted(kind for kind in kinds if kind.startswith(("log.", "legal_hold.", "retention.")))
    if own:
        note(f"zegel: the rule erases what the log says about itself: {', '.join(own)}")
