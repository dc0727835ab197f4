"""The steps of a breach that are one event each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cli.case_step import StepCommand, StepPlan

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.ledger import Ledger


def contradictions(
    ledger: "Ledger", zone: str, stream: UUID | None, event: "Event"
) -> Sequence[str]:
    """What a step contradicts in its case as it is recorded now, in sentences."""
    from projections.cases.breach_clocks import authority_due_at  # noqa: PLC0415 - start time
    from projections.cases.breach_reading import read_breach  # noqa: PLC0415 - likewise
    from projections.cases.breach_warnings import warnings_of  # noqa: PLC0415 - likewise
    from projections.cases.reading import moment_of  # noqa: PLC0415 - likewise

    if stream is None:
        return ["no step of this case is recorded yet"] if _needs_a_case(event) else []
    case = read_breach(ledger, stream, moment_of(ledger), without=event.supersedes)
    found = warnings_of(case, event, authority_due_at(case, zone))
    return [
        each.text
        + (f" (record {', '.join(map(str, each.indexes))})" if each.indexes else "")
        + (f" [{each.source}]" if each.source else "")
        for each in found
    ]


def _needs_a_case(event: "Event") -> bool:
    from ledger.events.breach import BreachSuspected  # noqa: PLC0415 - start time: see cli/app.py

    return not isinstance(event, BreachSuspected)


def _command(name: str, plan: StepPlan) -> StepCommand:
    return StepCommand(name, plan, contradictions)


open_case: Final = _command(
    "open",
    StepPlan(
        "breach.suspected",
        "Begin a case: there is reason to look whether personal data were breached.\n\n"
        "Suspicion is not yet awareness: a short investigation may come first. Moments from which "
        "a clock could be said to run are given with --anchors.",
        (
            "zegel breach open B-7 --cause phishing --suspected-by person:soc@example.nl",
            (
                "zegel breach open B-7 --occurred-at 'yesterday 09:10' --anchors "
                '\'{"anchor":"dpo-informed","at":"2026-11-20T09:30:00+01:00"}\''
            ),
        ),
    ),
)
facts: Final = _command(
    "facts",
    StepPlan(
        "breach.facts_updated",
        "Record what became known of a breach, or changed.\n\n"
        "Fields that are given replace earlier ones; all others stay as they were.",
        (
            "zegel breach facts B-7 --confidentiality yes --nature phishing --records 120",
            "zegel breach facts B-7 --subjects-minimum 40 --subjects-maximum 120 --ongoing no",
        ),
    ),
)
aware: Final = _command(
    "aware",
    StepPlan(
        "breach.awareness_determined",
        "Decide from which moment you are aware of a breach: the 72 hours run from it.\n\n"
        "The decision names who decided and on which basis. Every earlier moment stays visible "
        "with the deadline that it would give; a wrong decision is replaced with --corrects.",
        (
            (
                "zegel breach aware B-7 --aware-at 'yesterday 14:00' --basis 'files were read' "
                "--decided-by person:dpo@example.nl --evidence logs.txt"
            ),
            "zegel breach aware B-7 --aware-at '2026-11-20 11:30' --corrects 41",
        ),
    ),
)
decide: Final = _command(
    "decide",
    StepPlan(
        "breach.notification_decided",
        "Decide whether the authority, a controller or the people are told, and on which ground.",
        (
            (
                "zegel breach decide B-7 --addressee authority --notify yes --ground required "
                "--decided-by person:dpo@example.nl"
            ),
            "zegel breach decide B-7 --addressee subjects --notify no --ground unintelligible",
        ),
    ),
)
inform_subjects: Final = _command(
    "inform-subjects",
    StepPlan(
        "breach.subjects_notified",
        "Record that the people concerned were told, directly or by a public communication.",
        (
            "zegel breach inform-subjects B-7 --manner direct --count 118 --channel e-mail",
            "zegel breach inform-subjects B-7 --manner public --evidence announcement.pdf",
        ),
    ),
)
answer: Final = _command(
    "answer",
    StepPlan(
        "breach.authority_responded",
        "Record what the authority asked, ordered or answered; a term it sets becomes a clock.",
        (
            (
                "zegel breach answer B-7 --authority ap --response information-request "
                "--due-at '2026-12-04 17:00'"
            ),
        ),
    ),
)
measure: Final = _command(
    "measure",
    StepPlan(
        "breach.measure_taken",
        "Record what was done to contain a breach, to limit harm or to prevent the next.",
        ("zegel breach measure B-7 --aim containment --measure passwords-reset",),
    ),
)
rule_out: Final = _command(
    "rule-out",
    StepPlan(
        "breach.ruled_out",
        "Decide that there was no breach; the case stays in the register.",
        ("zegel breach rule-out B-7 --basis 'own test' --decided-by person:dpo@example.nl",),
    ),
)
close: Final = _command(
    "close",
    StepPlan(
        "breach.closed",
        "Decide that the handling of a breach is complete.",
        ("zegel breach close B-7 --decided-by person:dpo@example.nl",),
    ),
)
