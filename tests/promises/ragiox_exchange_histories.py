"""Histories of what Ragiox exchanges and who sees it: RAG-05 to RAG-12.

RAG-10 and RAG-12 can only be attested: a code that nobody accepted, or a customer without a
contact, breaks them.
"""

from typing import Final

from tests.histories import day
from tests.promises.judging import Story, parameter_set, reading_decided
from tests.promises.ragiox_steps import (
    CUSTOMER,
    accepted,
    certificate_gone,
    certified,
    consent,
    consented,
    granted,
    reported,
    stored,
    synced,
    used,
)

_CODES: Final = (accepted(1, "efpa-guidelines"), accepted(1, "professional-code"))

EXCHANGES: Final = (
    Story(
        promise_id="RAG-05",
        told="only status of the installation",
        verdict="kept",
        events=[synced(1, content_classes=["status"])],
    ),
    Story(
        promise_id="RAG-05",
        told="content of a protected application",
        verdict="broken",
        events=[synced(1, content_classes=["status", "protected-app-content"])],
    ),
    Story(
        promise_id="RAG-05",
        told="nobody says what came in",
        verdict="undeterminable",
        events=[synced(1, size_bytes=10)],
    ),
    Story(
        promise_id="RAG-06",
        told="four million bytes",
        verdict="kept",
        events=[synced(1, size_bytes=4_000_000)],
    ),
    Story(
        promise_id="RAG-06",
        told="a byte more",
        verdict="broken",
        events=[synced(1, size_bytes=10), synced(2, size_bytes=4_000_001)],
    ),
    Story(
        promise_id="RAG-06",
        told="a byte more, where the officer reads mebibyte",
        verdict="kept",
        decisions=[reading_decided("RAG-06", "mebibyte")],
        events=[synced(2, size_bytes=4_000_001)],
    ),
    Story(
        promise_id="RAG-06",
        told="where the officer reads megabit",
        verdict="broken",
        decisions=[reading_decided("RAG-06", "megabit")],
        events=[synced(2, size_bytes=500_001)],
    ),
    Story(
        promise_id="RAG-06",
        told="where the officer sets a smaller limit",
        verdict="broken",
        decisions=[parameter_set("RAG-06", limit=1_000)],
        events=[synced(2, size_bytes=1_001)],
    ),
    Story(
        promise_id="RAG-06",
        told="nobody says how large",
        verdict="undeterminable",
        events=[synced(1, content_classes=["status"])],
    ),
    Story(
        promise_id="RAG-07",
        told="settings, versions and status",
        verdict="kept",
        events=[synced(1, content_classes=["security-settings", "version-check", "status"])],
    ),
    Story(
        promise_id="RAG-07",
        told="documents as well",
        verdict="broken",
        events=[synced(1, content_classes=["status", "documents"])],
    ),
    Story(
        promise_id="RAG-07",
        told="nobody says what",
        verdict="undeterminable",
        events=[synced(1, size_bytes=10)],
    ),
    Story(
        promise_id="RAG-11",
        told="to a person who is certified",
        verdict="kept",
        events=[certified(1), reported(5)],
    ),
    Story(
        promise_id="RAG-11",
        told="to a person who never was",
        verdict="broken",
        events=[reported(5)],
    ),
    Story(
        promise_id="RAG-11",
        told="after the certificate was revoked",
        verdict="broken",
        events=[certified(1), certificate_gone(4), reported(5)],
    ),
    Story(
        promise_id="RAG-11",
        told="after the certificate ran out",
        verdict="broken",
        events=[certified(1, valid_until=day(4).isoformat()), reported(5)],
    ),
    Story(
        promise_id="RAG-11",
        told="certified by somebody else",
        verdict="broken",
        events=[certified(1, granted_by="adviesbureau-delta"), reported(5)],
    ),
    Story(
        promise_id="RAG-11",
        told="nobody says to whom",
        verdict="undeterminable",
        events=[certified(1), reported(5, recipient_person=None)],
    ),
    Story(
        promise_id="RAG-12",
        told="the certified reader is the contact",
        verdict="kept",
        events=[certified(1, role="first-contact"), reported(5)],
    ),
    Story(
        promise_id="RAG-12",
        told="the customer has a contact",
        verdict="kept",
        events=[
            certified(1, role="first-contact", customer_id=CUSTOMER),
            reported(5, recipient_person="person:somebody@else.example"),
        ],
    ),
    Story(
        promise_id="RAG-12",
        told="the contact is another customer's",
        verdict="broken",
        events=[
            certified(1, role="first-contact", customer_id="data-subject:customer:99"),
            reported(5),
        ],
    ),
    Story(
        promise_id="RAG-12",
        told="nobody is the contact",
        verdict="broken",
        events=[certified(1), reported(5)],
    ),
)

ACCESS: Final = (
    Story(
        promise_id="RAG-08",
        told="granted, and for what the customer consented to",
        verdict="kept",
        events=[
            granted(1, valid_until=day(9).isoformat()),
            consented(2, scope={"purposes": ["reporting"]}),
            used(3),
        ],
    ),
    Story(
        promise_id="RAG-08",
        told="for what the contract requires",
        verdict="kept",
        events=[
            granted(1),
            stored(2, "name", purpose="reporting", legal_basis="contract"),
            used(3),
        ],
    ),
    Story(
        promise_id="RAG-08",
        told="without a grant",
        verdict="broken",
        events=[consented(2, scope={"purposes": ["reporting"]}), used(3)],
    ),
    Story(
        promise_id="RAG-08",
        told="for another purpose than the data were collected for",
        verdict="broken",
        events=[
            granted(1),
            stored(2, "name", purpose="licence-validity", legal_basis="contract"),
            used(3, purpose="investigation"),
        ],
    ),
    Story(
        promise_id="RAG-08",
        told="after the customer withdrew consent",
        verdict="broken",
        events=[
            granted(1),
            consented(2, scope={"purposes": ["reporting"]}),
            consent("withdrawn", 4),
            used(5),
        ],
    ),
    Story(
        promise_id="RAG-08",
        told="nobody says about which customer",
        verdict="undeterminable",
        events=[granted(1), used(3, customer_id=None)],
    ),
    Story(
        promise_id="RAG-09",
        told="for a report and for an investigation, with the reason",
        verdict="kept",
        events=[used(1), used(2, purpose="investigation", justification="complaint 4")],
    ),
    Story(
        promise_id="RAG-09",
        told="for something else",
        verdict="broken",
        events=[used(1, purpose="licence-validity")],
    ),
    Story(
        promise_id="RAG-09",
        told="without a reason",
        verdict="broken",
        events=[used(1, justification=None)],
    ),
    Story(
        promise_id="RAG-10",
        told="guidelines and code accepted",
        verdict="kept",
        events=[*_CODES, used(3)],
    ),
    Story(
        promise_id="RAG-10",
        told="the code not accepted",
        verdict="broken",
        events=[accepted(1, "efpa-guidelines"), used(3)],
    ),
    Story(
        promise_id="RAG-10",
        told="accepted only afterwards",
        verdict="broken",
        events=[used(0.5), *_CODES],
    ),
    Story(
        promise_id="RAG-10",
        told="the officer completes the sentence with confidentiality",
        verdict="broken",
        decisions=[reading_decided("RAG-10", "codes-and-confidentiality")],
        events=[*_CODES, used(3)],
    ),
)
