"""`zegel breach assess`: the risk to people, with the severity that the ENISA method proposes."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.breach_steps import contradictions
from cli.case_step import record_step
from cli.fields import mapping_of, option_of
from cli.options import ZegelCommand
from cli.output import choose_form, note, write_line
from cli.session import Session
from formats.steps.assessment import hundredths, scored, whole
from formats.steps.breach import BREACH_STEPS
from ledger.errors import BadRequest
from projections.cases.severity import FACTORS, Severity, severity_of

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES: Final = (
    "zegel breach assess B-7 --dpc 2 --ei 0.75 --confidentiality 0.5 --malicious 0.5",
    (
        "zegel breach assess B-7 --dpc 2 --ei 0.75 --confidentiality 0.5 --risk high "
        "--why 'dpc=payment data' --decided-by person:dpo@example.nl"
    ),
    "zegel breach assess B-7 --risk none --basis 'the file was encrypted'",
)
_PLAN: Final = BREACH_STEPS["assess"]
_FIELDS: Final = [each for each in _PLAN.fields() if each.path != "risk"]


def _assess(case: str, **typed: Any) -> int:  # noqa: ANN401 - factors, risk and fields of the kind
    session = click.get_current_context().ensure_object(Session)
    given = {
        factor.name: hundredths(f"--{factor.name}", typed.pop(factor.name))
        for factor in FACTORS
        if typed.get(factor.name) is not None
    }
    risk, whys = typed.pop("risk"), typed.pop("why")
    individuals, unintelligible = typed.pop("individuals"), typed.pop("unintelligible")
    severity = None
    if given:
        severity = severity_of(given, individuals=individuals, unintelligible=unintelligible)
    if risk is None:
        if severity is None:
            raise click.UsageError("expected --risk none|risk|high, or the factors of a severity")
        _propose(severity, session)
        return 0
    values = {
        "kind": _PLAN.kind,
        "breach_id": case,
        "risk": risk,
        **mapping_of(_FIELDS, typed),
        **_scores(severity, whys),
    }
    if severity is not None:
        note(f"severity by ENISA: {severity.formula}, {severity.band}")
    with session.open_ledger() as ledger:
        record_step(session, ledger, values, contradictions)
    return 0


def _propose(severity: Severity, session: Session) -> None:
    document = {
        "severity": whole(severity.hundredths),
        "band": severity.band,
        "formula": severity.formula,
        "flags": list(severity.flags),
        "recorded": False,
    }
    if choose_form(None) != "table":
        write_line(document)
        return
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    draw_facts(document.items(), session.zone)
    draw_line("The method proposes; a person decides. Nothing is recorded until --risk is given:")
    draw_line(
        "none (no notice is needed), risk (tell the authority) or high (tell the people too)."
    )


def _scores(severity: Severity | None, whys: tuple[str, ...]) -> "Mapping[str, Any]":
    if severity is None:
        if whys:
            raise click.UsageError("--why: expected a factor beside it, found none")
        return {}
    try:
        return scored(severity, dict(_reason(typed) for typed in whys))
    except BadRequest as error:
        raise click.UsageError(f"--why: {error}") from error


def _reason(typed: str) -> tuple[str, str]:
    name, mark, why = typed.partition("=")
    if not mark:
        raise click.UsageError(f"--why: expected FACTOR=TEXT, found {typed!r}")
    return name, why


assess: Final = ZegelCommand(
    "assess",
    params=[
        click.Argument(["case"], metavar="BREACH"),
        click.Option(
            ["--risk"],
            type=click.Choice(["none", "risk", "high"]),
            help="What a person decided; without it the severity is shown and nothing recorded.",
        ),
        *(
            click.Option([f"--{factor.name}"], metavar="NUMBER", help=factor.meaning)
            for factor in FACTORS
        ),
        click.Option(
            ["--why"],
            multiple=True,
            metavar="FACTOR=TEXT",
            help="Why a factor has its value; kept with it.  [repeatable]",
        ),
        click.Option(["--individuals"], type=click.IntRange(min=0), help="How many people."),
        click.Option(
            ["--unintelligible"], is_flag=True, help="The data tell nothing to whoever has them."
        ),
        *(option_of(each) for each in _FIELDS),
    ],
    help="Assess the risk of a breach to people; ENISA's severity is proposed.\n\n"
    "The method multiplies the context of the data with the ease of identification and adds the "
    "circumstances. Its bands are not the thresholds of GDPR art. 33 and 34: a person decides.",
    short_help="Assess the risk; ENISA's severity is proposed.",
    callback=_assess,
    examples=EXAMPLES,
)
