"""The steps of a breach that are one event each."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from cli.case_step import StepCommand, StepHelp
from formats.steps.breach import BREACH_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.events import Event
    from ledger.ledger import Ledger
    from projections.cases.warned import Warned


def contradictions(
    ledger: "Ledger", zone: str, stream: UUID | None, event: "Event"
) -> "Sequence[Warned]":
    """What a step contradicts in its case as it is recorded now."""
    from projections.cases.contradictions import breach_contradictions  # noqa: PLC0415 - start time: see cli/app.py

    return breach_contradictions(ledger, zone, stream, event)


def _command(name: str, told: StepHelp) -> StepCommand:
    return StepCommand(name, BREACH_STEPS[name], told, contradictions)


open_case: Final = _command(
    "open",
    StepHelp(
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
    StepHelp(
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
    StepHelp(
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
    StepHelp(
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
    StepHelp(
        "Record that the people concerned were told, directly or by a public communication.",
        (
            "zegel breach inform-subjects B-7 --manner direct --count 118 --channel e-mail",
            "zegel breach inform-subjects B-7 --manner public --evidence announcement.pdf",
        ),
    ),
)
answer: Final = _command(
    "answer",
    StepHelp(
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
    StepHelp(
        "Record what was done to contain a breach, to limit harm or to prevent the next.",
        ("zegel breach measure B-7 --aim containment --measure passwords-reset",),
    ),
)
rule_out: Final = _command(
    "rule-out",
    StepHelp(
        "Decide that there was no breach; the case stays in the register.",
        ("zegel breach rule-out B-7 --basis 'own test' --decided-by person:dpo@example.nl",),
    ),
)
close: Final = _command(
    "close",
    StepHelp(
        "Decide that the handling of a breach is complete.",
        ("zegel breach close B-7 --decided-by person:dpo@example.nl",),
    ),
)
