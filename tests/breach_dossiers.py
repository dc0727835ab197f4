"""What a dossier is about, made of steps without a log."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from formats.breach_dossier.blocks import Document
from formats.breach_dossier.content import dossier_of
from formats.breach_dossier.subject import Checkpoint, DossierSubject
from formats.subject_copy.words import Language
from ledger.units import Hash32, Size
from projections.cases.breach import fold_breach
from projections.cases.breach_clocks import breach_clocks
from projections.cases.reading import Moment, Step
from projections.investigation.extent import Extent
from projections.investigation.timeline import Entry, Timeline
from tests.case_steps import aware, hours, step

STREAM: Final = UUID("01920000-0000-7000-8000-000000000007")
ZONE: Final = ZoneInfo("Europe/Amsterdam")
NOTE: Final = "log.example/test\n90\nAAAA=\n\n\N{EM DASH} log.example/test AAAA=\n"


def whole_case() -> list[Step]:
    """A breach with everything that a dossier tells of: late, in phases, corrected, high risk."""
    sha = "ab" * 32
    return [
        step(
            *(3, "breach.suspected"),
            hour=-30,
            cause="phishing",
            processor="hosting-bv",
            anchors=[{"anchor": "processor-aware", "at": hours(-40).isoformat()}],
        ),
        step(
            4, "breach.facts_updated", hour=-29, nature="phishing", records=120, severity="limited"
        ),
        aware(5, -20, corrected_by=7),
        aware(7, -26, hour=-10),
        step(
            *(8, "breach.assessed"),
            hour=0,
            risk="high",
            method="enisa-2013",
            scores=[{"name": "dpc", "hundredths": 200}, {"name": "ei", "hundredths": 75}],
        ),
        step(
            *(9, "breach.notification_decided"),
            hour=1,
            addressee="subjects",
            notify=False,
            ground="disproportionate-effort",
        ),
        step(
            *(10, "breach.authority_notified"),
            hour=50,
            authority="ap",
            notice_kind="initial",
            content=["nature"],
            document_sha256=sha,
        ),
        step(
            *(11, "breach.authority_notified"),
            hour=60,
            authority="ap",
            notice_kind="supplement",
            content=["contact-point", "consequences"],
        ),
        step(
            12,
            "breach.controller_notified",
            hour=61,
            controller="gemeente-x",
            notice_kind="initial",
        ),
        step(
            13, "breach.subjects_notified", hour=62, manner="public", count=118, channel="website"
        ),
        step(14, "breach.measure_taken", hour=63, aim="containment", measure="passwords-reset"),
        step(
            *(15, "breach.authority_responded"),
            hour=70,
            authority="ap",
            response="information-request",
            due_at=hours(200).isoformat(),
        ),
    ]


def subject_of(
    steps: Sequence[Step],
    *,
    as_of: datetime | None = None,
    around: Sequence[Entry] = (),
    **given: Any,  # noqa: ANN401 - any field of a subject
) -> DossierSubject:
    """What a dossier of these steps is about."""
    moment = Moment(as_of or hours(100), Size(90))
    case = fold_breach(steps)
    entries = sorted(
        [*(entry_of(each) for each in steps), *around],
        key=lambda entry: (entry.occurred_at, entry.index),
    )
    fields: dict[str, Any] = {
        "name": "B-7",
        "checkpoint": Checkpoint(note=NOTE, size=Size(90)),
        "files": (("case.json", "case"), ("evidence.json", "evidence")),
        "leaf_hashes": {each.index: Hash32(bytes([each.index % 256]) * 32) for each in steps},
        **given,
    }
    return DossierSubject(
        stream=STREAM,
        origin="log.example/test",
        moment=moment,
        root=Hash32(bytes(range(32))),
        case=case,
        clocks=tuple(breach_clocks(STREAM, case, moment.as_of, zone=ZONE.key)),
        timeline=Timeline(tuple(entries), Extent(known_size=moment.known_size), moment),
        **fields,
    )


def entry_of(done: Step, part: Any = "step") -> Entry:  # noqa: ANN401 - a literal of three words
    """A step as a line of the timeline."""
    return Entry(
        index=done.index,
        occurred_at=done.event.occurred_at,
        recorded_at=done.recorded_at + timedelta(minutes=1),
        part=part,
        kind=str(type(done.event).__struct_config__.tag),
        event=done.event,
        system=done.event.system,
        corrected_by=done.corrected_by,
    )


def document_of(steps: Sequence[Step], language: Language = "nl", **given: Any) -> Document:  # noqa: ANN401 - see above
    """The dossier of these steps."""
    return dossier_of(subject_of(steps, **given), language, ZONE)
