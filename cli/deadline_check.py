"""`zegel deadline check FILE`: worked examples against what is computed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.session import Session

if TYPE_CHECKING:
    from projections.deadlines.worked_examples import Outcome

COLUMNS: Final = (
    Column("example", "example"),
    Column("verdict", "verdict", "word"),
    Column("place", "place"),
    Column("expected", "expected"),
    Column("found", "computed"),
    Column("problem", "problem", "prose"),
)


@click.command(
    "check",
    cls=ZegelCommand,
    examples=(
        "zegel deadline check ours.json",
        "zegel deadline check ours.json --csv > differences.csv",
        "zegel deadline check - < ours.json",
    ),
    short_help="Compare worked examples with what is computed.",
)
@click.argument("file", type=click.File("rb"))
@output_options
@click.pass_obj
def check(session: Session, /, file: IO[bytes], form: str | None) -> int:
    """Compare worked examples with what is computed, and list every difference.

    FILE is a JSON list of {id, rule, description, inputs, expected}; - reads standard input. Ends
    with 0 when all agree, with 3 when one differs, and with 2 when one cannot be understood.
    """
    from projections.deadlines.worked_examples import check_examples  # noqa: PLC0415 - start time

    counted: Counter[str] = Counter()
    outcomes = _counted(check_examples(file.read()), counted)
    rows = (row for outcome in outcomes for row in _rows(outcome))
    write_rows(rows, COLUMNS, choose_form(form), session.zone)
    total = counted.total()
    note(
        f"{total} example{'' if total == 1 else 's'}: {counted['agrees']} agree, "
        f"{counted['differs']} differ, {counted['malformed']} malformed"
    )
    if counted["malformed"]:
        return ExitCode.USAGE
    return ExitCode.EVIDENCE_BROKEN if counted["differs"] else ExitCode.FINE


def _counted(outcomes: "Iterable[Outcome]", counted: Counter[str]) -> "Iterator[Outcome]":
    for outcome in outcomes:
        counted[outcome.verdict] += 1
        yield outcome


def _rows(outcome: "Outcome") -> Iterator[dict[str, Any]]:
    name = outcome.id or f"#{outcome.number}"
    if outcome.malformed is not None:
        yield {"example": name, "verdict": "malformed", "problem": outcome.malformed}
        return
    for each in outcome.differences:
        yield {
            "example": name,
            "verdict": "differs",
            "place": each.place,
            "expected": each.expected,
            "found": each.found,
        }
