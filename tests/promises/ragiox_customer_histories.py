"""Histories of what Ragiox promises its customers: RAG-01 to RAG-04."""

from typing import Final

from tests.histories import day
from tests.promises.judging import Story, instant, reading_decided
from tests.promises.ragiox_steps import (
    CASE,
    consent,
    consented,
    contract_ended,
    deleted,
    gold,
    on_date,
    request,
    shared,
    stored,
    used,
)

_TWO_MONTHS: Final = 210

CUSTOMERS: Final = (
    Story(
        promise_id="RAG-01",
        told="explicit consent in writing for the case",
        verdict="kept",
        events=[consented(1), shared(2)],
    ),
    Story(
        promise_id="RAG-01",
        told="sold without any consent",
        verdict="broken",
        events=[shared(2, case_id=None, consideration="paid", purpose="sale")],
    ),
    Story(
        promise_id="RAG-01",
        told="consent by telephone",
        verdict="broken",
        events=[consented(1, form="oral"), shared(2)],
    ),
    Story(
        promise_id="RAG-01",
        told="consent that was only implied",
        verdict="broken",
        events=[consented(1, explicit=False), shared(2)],
    ),
    Story(
        promise_id="RAG-01",
        told="consent for another case",
        verdict="broken",
        events=[consented(1, case_id="CASE-2026-017"), shared(2)],
    ),
    Story(
        promise_id="RAG-01",
        told="one consent used twice",
        verdict="broken",
        events=[consented(1), shared(2), shared(3)],
    ),
    Story(
        promise_id="RAG-01",
        told="consent of somebody else",
        verdict="broken",
        events=[
            gold(
                "consent.given",
                1,
                consent_id="C-89",
                case_id=CASE,
                subject="data-subject:customer:99",
                form="written",
                explicit=True,
            ),
            shared(2),
        ],
    ),
    Story(
        promise_id="RAG-01",
        told="consent withdrawn before",
        verdict="broken",
        events=[consented(1), consent("withdrawn", 2, case_id=CASE), shared(3)],
    ),
    Story(
        promise_id="RAG-02",
        told="name and applications, to keep track of licences",
        verdict="kept",
        events=[
            stored(1, "name", "address", "residence", purpose="licence-validity"),
            stored(2, "application-type", purpose="reporting"),
            used(3, purpose="investigation"),
        ],
    ),
    Story(
        promise_id="RAG-02",
        told="a date of birth as well",
        verdict="broken",
        events=[stored(1, "name", "date-of-birth", purpose="licence-validity")],
    ),
    Story(
        promise_id="RAG-02",
        told="used for marketing",
        verdict="broken",
        events=[used(3, purpose="marketing")],
    ),
    Story(
        promise_id="RAG-02",
        told="investigation, which the officer read as no purpose of line 11",
        verdict="broken",
        decisions=[reading_decided("RAG-02", "registration-only")],
        events=[used(3, purpose="investigation")],
    ),
    Story(
        promise_id="RAG-02",
        told="nobody says what for",
        verdict="undeterminable",
        events=[stored(1, "name")],
    ),
    Story(
        promise_id="RAG-03",
        told="deleted on the last of fourteen working days",
        verdict="kept",
        events=[contract_ended(on_date("2026-03-31")), deleted(on_date("2026-04-22"))],
    ),
    Story(
        promise_id="RAG-03",
        told="deleted a day too late",
        verdict="broken",
        events=[contract_ended(on_date("2026-03-31")), deleted(on_date("2026-04-23"))],
    ),
    Story(
        promise_id="RAG-03",
        told="over King's Day, Liberation Day and Ascension, in time",
        verdict="kept",
        events=[contract_ended(on_date("2026-04-30")), deleted(on_date("2026-05-22"))],
    ),
    Story(
        promise_id="RAG-03",
        told="the day equated by decree is a working day",
        verdict="broken",
        events=[contract_ended(on_date("2026-04-30")), deleted(on_date("2026-05-25"))],
    ),
    Story(
        promise_id="RAG-03",
        told="over Christmas and New Year, in time",
        verdict="kept",
        events=[contract_ended(on_date("2026-12-18")), deleted(on_date("2027-01-11"))],
        as_of=day(400),
    ),
    Story(
        promise_id="RAG-03",
        told="only the backup was deleted",
        verdict="broken",
        events=[contract_ended(on_date("2026-03-31")), deleted(on_date("2026-04-02"), "backup")],
    ),
    Story(
        promise_id="RAG-03",
        told="the fourteen working days run",
        verdict="pending",
        events=[contract_ended(on_date("2026-04-30"))],
        as_of=day(on_date("2026-05-21")),
    ),
    Story(
        promise_id="RAG-04",
        told="answered within the month",
        verdict="kept",
        events=[
            request("received", on_date("2026-03-05"), right="A15"),
            request("fulfilled", on_date("2026-04-07")),
        ],
    ),
    Story(
        promise_id="RAG-04",
        told="answered after the month, Easter included",
        verdict="broken",
        events=[
            request("received", on_date("2026-03-05"), right="A16"),
            request("fulfilled", on_date("2026-04-08")),
        ],
    ),
    Story(
        promise_id="RAG-04",
        told="extended in time",
        verdict="kept",
        events=[
            request("received", on_date("2026-03-05"), right="A15"),
            request("extended", on_date("2026-04-01"), reasons="many systems"),
            request("refused", on_date("2026-06-05"), ground="excessive"),
        ],
        as_of=day(_TWO_MONTHS),
    ),
    Story(
        promise_id="RAG-04",
        told="extended when the month was over",
        verdict="broken",
        events=[
            request("received", on_date("2026-03-05"), right="A15"),
            request("extended", on_date("2026-04-09"), notified_at=instant(98, 12)),
            request("fulfilled", on_date("2026-05-05")),
        ],
    ),
    Story(
        promise_id="RAG-04",
        told="the month runs",
        verdict="pending",
        events=[request("received", on_date("2026-03-05"), right="A15")],
        as_of=day(on_date("2026-04-06")),
    ),
)
