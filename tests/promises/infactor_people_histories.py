"""Histories of how InFactor deals with people and their data: INF-02, -03, -06, -07 and -09."""

from typing import Final

from tests.histories import day
from tests.promises.infactor_steps import (
    PERSON,
    SCOPE,
    call,
    consent,
    contact,
    contract,
    disclosed,
    request,
    used,
    web,
)
from tests.promises.judging import Story, instant

_SHARING: Final = [{"recipient": "kantoor-delta", "purposes": ["bookkeeping"]}]

PEOPLE: Final = (
    Story(
        promise_id="INF-02",
        told="called after a request",
        verdict="kept",
        events=[
            web("contact.requested", 1, channel="portal", person=PERSON),
            call(2, "reached"),
            used(3),
        ],
    ),
    Story(
        promise_id="INF-02",
        told="called before the request",
        verdict="broken",
        events=[
            call(2, "reached"),
            web("contact.requested", 3, channel="portal", person=PERSON),
        ],
    ),
    Story(
        promise_id="INF-02",
        told="data used to sell something",
        verdict="broken",
        events=[contact(2, "e-mail", purpose="marketing")],
    ),
    Story(
        promise_id="INF-02",
        told="a call that names nobody",
        verdict="undeterminable",
        events=[
            web("contact.performed", 2, channel="phone", purpose="requested-contact"),
        ],
    ),
    Story(
        promise_id="INF-03",
        told="written to after a call that failed",
        verdict="kept",
        events=[
            call(1, "not-reached"),
            contact(2, "e-mail", purpose="requested-contact"),
            contact(3, "letter", purpose="contract"),
        ],
    ),
    Story(
        promise_id="INF-03",
        told="written to without a call",
        verdict="broken",
        events=[contact(2, "letter", purpose="requested-contact")],
    ),
    Story(
        promise_id="INF-03",
        told="written to after a later call got through",
        verdict="broken",
        events=[
            call(1, "not-reached"),
            call(2, "reached"),
            contact(3, "e-mail", purpose="requested-contact"),
        ],
    ),
    Story(
        promise_id="INF-06",
        told="the contract makes it necessary",
        verdict="kept",
        events=[disclosed(5, legal_basis="contract"), disclosed(6, legal_basis="legal-obligation")],
    ),
    Story(
        promise_id="INF-06",
        told="an interest of InFactor itself",
        verdict="broken",
        events=[disclosed(5, legal_basis="legitimate-interests")],
    ),
    Story(
        promise_id="INF-06",
        told="no basis and no consent named",
        verdict="undeterminable",
        events=[disclosed(5)],
    ),
    Story(
        promise_id="INF-07",
        told="the contract names the recipient",
        verdict="kept",
        events=[contract("started", 1, sharing=_SHARING), disclosed(5, contract_id="SLA-9")],
    ),
    Story(
        promise_id="INF-07",
        told="the contract names another purpose",
        verdict="broken",
        events=[
            contract("started", 1, sharing=[{"recipient": "kantoor-delta", "purposes": ["audit"]}]),
            disclosed(5, contract_id="SLA-9"),
        ],
    ),
    Story(
        promise_id="INF-07",
        told="the customer consented first",
        verdict="kept",
        events=[consent("given", 3, scope=SCOPE), disclosed(5)],
    ),
    Story(
        promise_id="INF-07",
        told="the consent had been withdrawn",
        verdict="broken",
        events=[consent("given", 3, scope=SCOPE), consent("withdrawn", 4), disclosed(5)],
    ),
    Story(
        promise_id="INF-07",
        told="the consent came afterwards",
        verdict="broken",
        events=[disclosed(5), consent("given", 6, scope=SCOPE)],
    ),
    Story(
        promise_id="INF-09",
        told="answered within the week",
        verdict="kept",
        events=[
            request("received", 60, right="A15", received_at=instant(60)),
            request("fulfilled", 64, notified_at=instant(64)),
        ],
    ),
    Story(
        promise_id="INF-09",
        told="nothing heard for eight days",
        verdict="broken",
        events=[
            request("received", 60, right="A17", received_at=instant(60)),
            request("acknowledged", 68.5),
            request("fulfilled", 70, notified_at=instant(70)),
        ],
    ),
    Story(
        promise_id="INF-09",
        told="a reaction in time, but never an answer",
        verdict="broken",
        events=[
            request("received", 60, right="A16", received_at=instant(60)),
            request("acknowledged", 62),
        ],
    ),
    Story(
        promise_id="INF-09",
        told="a reaction in time, the answer still due",
        verdict="pending",
        events=[
            request("received", 60, right="A20", received_at=instant(60)),
            request("acknowledged", 62),
        ],
        as_of=day(70),
    ),
    Story(
        promise_id="INF-09",
        told="withdrawn before anybody reacted",
        verdict="kept",
        events=[
            request("received", 60, right="A15", received_at=instant(60)),
            request("withdrawn", 61),
        ],
    ),
)
