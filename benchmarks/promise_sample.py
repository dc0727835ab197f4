"""A log of the five systems whose statements are judged: what they report, from a fixed seed.

The mix is that of systems at work: mostly exchanges, files and uses of access, each resting on
grants, agreements and consents that stand; a few requests, contracts that end, and intruders. A
longer log has as many more customers and addresses, and each of them as much history.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from formats.statement_file import publication_events, read_statement_file
from ledger.events import Event, event_from_mapping

STATEMENTS: Final = Path(__file__).resolve().parent.parent / "examples" / "statements"
SYSTEMS: Final = ("ingressus-xref", "xential", "infactor-web", "ragiox-gold", "infobuilder-sftp")
BATCH: Final = 1_000
_BEGUN: Final = datetime(2020, 1, 1, tzinfo=UTC)
_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(seconds=5)
_STAFF: Final = 40
_EVENTS_A_CUSTOMER: Final = 50
_TIRELESS: Final = "ip:192.0.2.1"

Fact = dict[str, Any]
Episode = Callable[["_Told"], Iterator[Fact]]


def promise_batches(count: int) -> Iterator[list[Event]]:
    """Statements, coverage and what stands from the beginning, then so many reported events."""
    opening = list(_published())
    opening += [event_from_mapping(fact) for fact in _standing()]
    yield opening
    batch: list[Event] = []
    for fact in _reported(count):
        batch.append(event_from_mapping(fact))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def one_more(number: int) -> Event:
    """An event that comes after all others; every fourth about what has the longest history."""
    told = _Told(random.Random(number), 10)  # noqa: S311 - repeatable, not secret
    told.now = _START + timedelta(days=400, minutes=number)
    if number % 4 == 0:
        *_, recorded = _tried_again(told)
        return event_from_mapping(recorded)
    episode = (_synchronised, _looked_up, _logged_in)[number % 4 - 1]
    return event_from_mapping(next(episode(told)))


def _published() -> Iterator[Event]:
    for system in SYSTEMS:
        path = STATEMENTS / f"{system}.yaml"
        file = read_statement_file(path.read_bytes(), path.name)
        yield from publication_events(file, None, occurred_at=_BEGUN)


def _standing() -> Iterator[Fact]:
    for system in SYSTEMS:
        yield _fact(
            "log.source_coverage_declared", _BEGUN, source=system, covered_from=_BEGUN.isoformat()
        )
    for number in range(_STAFF):
        person = f"person:analyst{number}@ragiox.example"
        yield _fact(
            "access.granted",
            _BEGUN,
            system="ragiox-gold",
            grant_id=f"RAG-G-{number}",
            grantee=person,
            resource="customer-file",
        )
        for document in ("efpa-guidelines", "professional-code"):
            yield _fact("acknowledgement.recorded", _BEGUN, person=person, document=document)
        yield _fact(
            "certification.granted",
            _BEGUN,
            certificate_id=f"CERT-{number}",
            person=f"person:reader{number}@advies.example",
            document="report-interpretation",
            role="first-contact",
            granted_by="ragiox",
        )


class _Told:
    """What chance gives while the story goes on."""

    def __init__(self, chance: random.Random, customers: int) -> None:
        self.chance = chance
        self.customers = customers
        self.now = _START
        self.case = 0

    def customer(self) -> str:
        return f"data-subject:CUSTOMER:{self.chance.randrange(self.customers)}"

    def staff(self, who: str, where: str) -> str:
        return f"person:{who}{self.chance.randrange(_STAFF)}@{where}.example"

    def next_case(self) -> int:
        self.case += 1
        return self.case

    def fact(self, kind: str, system: str, after: float = 0, **fields: Any) -> Fact:  # noqa: ANN401 - any field
        return _fact(kind, self.now + timedelta(seconds=after), system=system, **fields)


def _reported(count: int) -> Iterator[Fact]:
    told = _Told(random.Random(11), max(10, count // _EVENTS_A_CUSTOMER))  # noqa: S311 - repeatable
    given = 0
    episodes, weights = list(_EPISODES), list(_EPISODES.values())
    while given < count:
        (episode,) = told.chance.choices(episodes, weights)
        for fact in episode(told):
            if given == count:
                return
            yield fact
            given += 1
        told.now += _STEP


def _synchronised(told: _Told) -> Iterator[Fact]:
    yield told.fact(
        "exchange.performed",
        "ragiox-gold",
        direction="in",
        exchange_kind="sync",
        sender={"role": "customer"},
        recipient={"role": "controller", "organisation": "ragiox"},
        content_classes=["security-settings", "version-check", "status"],
        size_bytes=told.chance.randrange(10_000, 3_900_000),
        customer_id=told.customer(),
    )


def _looked_up(told: _Told) -> Iterator[Fact]:
    yield told.fact(
        "access.used",
        "ragiox-gold",
        actor=told.staff("analyst", "ragiox"),
        actor_organisation="ragiox",
        resource="customer-file",
        purpose="reporting",
        justification="monthly report",
        customer_id=told.customer(),
    )


def _registered(told: _Told) -> Iterator[Fact]:
    yield told.fact(
        "data.stored",
        "ragiox-gold",
        data_categories=["name", "address"],
        purpose="reporting",
        legal_basis="contract",
        customer_id=told.customer(),
    )


def _logged_in(told: _Told) -> Iterator[Fact]:
    yield told.fact(
        "access.used",
        "ingressus-xref",
        actor=told.staff("librarian", "bibliotheek"),
        actor_organisation="bibliotheek",
        resource="application",
        purpose="application-access",
        auth_method="active-directory",
        employment_verified=True,
    )


def _called(told: _Told) -> Iterator[Fact]:
    yield told.fact(
        "exchange.performed",
        "xential",
        direction="in",
        exchange_kind="sync",
        sender={"role": "calling-party", "organisation": "zaaksysteem"},
        recipient={"role": "processor", "organisation": "interaction-next"},
        content_classes=["document"],
        purpose="application-use",
    )
    yield told.fact(
        "access.used",
        "xential",
        actor=told.staff("clerk", "gemeente"),
        resource="application",
        purpose="application-use",
    )


def _file_passed(told: _Told) -> Iterator[Fact]:
    number = told.next_case()
    incoming, outgoing = f"IN-{number}", f"OUT-{number}"
    steps: tuple[tuple[str, str, float, Fact], ...] = (
        ("file.received", incoming, 0, {"size_bytes": 20_000}),
        ("file.processed", incoming, 2, {}),
        ("data.deleted", incoming, 3, {}),
        ("file.produced", outgoing, 3, {"source_file": incoming}),
        ("file.delivered", outgoing, 5, {"delivery": "sent"}),
        ("data.deleted", outgoing, 6, {}),
    )
    for kind, file_id, after, fields in steps:
        yield told.fact(kind, "infobuilder-sftp", after, file_id=file_id, **fields)


def _intruded(told: _Told) -> Iterator[Fact]:
    number = told.chance.randrange(told.customers)
    address = f"ip:10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    for after in (0, 1):
        yield told.fact("intrusion.attempt_detected", "infactor-web", after, ip=address)
    yield told.fact("ip.recorded", "infactor-web", 2, ip=address)


def _tried_again(told: _Told) -> Iterator[Fact]:
    """One address that never gives up: the longer the log, the more it has tried."""
    for after in (0, 1):
        yield told.fact("intrusion.attempt_detected", "infactor-web", after, ip=_TIRELESS)
    yield told.fact("ip.recorded", "infactor-web", 2, ip=_TIRELESS)


def _called_back(told: _Told) -> Iterator[Fact]:
    person = f"person:visitor{told.chance.randrange(told.customers)}@mail.example"
    yield told.fact("contact.requested", "infactor-web", channel="portal", person=person)
    yield told.fact(
        "contact.performed",
        "infactor-web",
        1,
        channel="phone",
        person=person,
        contact_outcome="reached",
        purpose="requested-contact",
    )


def _asked(told: _Told) -> Iterator[Fact]:
    case: Fact = {"request_id": f"R-{told.next_case()}", "subject": told.customer()}
    yield told.fact("dsr.received", "ragiox-gold", right="A15", **case)
    yield told.fact("dsr.acknowledged", "ragiox-gold", 1, **case)
    yield told.fact("dsr.fulfilled", "ragiox-gold", 2, **case)


def _shared(told: _Told) -> Iterator[Fact]:
    number, customer = told.next_case(), told.customer()
    yield told.fact(
        "consent.given",
        "ragiox-gold",
        consent_id=f"C-{number}",
        case_id=f"CASE-{number}",
        subject=customer,
        form="written",
        explicit=True,
        scope={"purposes": ["reporting"], "recipients": ["advies"]},
    )
    yield told.fact(
        "exchange.performed",
        "ragiox-gold",
        1,
        direction="out",
        exchange_kind="disclosure",
        recipient={"role": "third-party", "organisation": "advies"},
        recipient_person=told.staff("reader", "advies"),
        content_classes=["report"],
        case_id=f"CASE-{number}",
        customer_id=customer,
        purpose="reporting",
    )


def _left(told: _Told) -> Iterator[Fact]:
    case: Fact = {"contract_id": f"K-{told.next_case()}", "customer_id": told.customer()}
    yield told.fact("contract.started", "ragiox-gold", **case)
    yield told.fact("contract.ended", "ragiox-gold", 1, **case)
    yield told.fact("data.deleted", "ragiox-gold", 2, scope="customer-file", **case)


_EPISODES: Final[Mapping[Episode, int]] = {
    _synchronised: 40,
    _looked_up: 20,
    _registered: 3,
    _logged_in: 20,
    _called: 10,
    _file_passed: 10,
    _intruded: 4,
    _tried_again: 1,
    _called_back: 3,
    _asked: 1,
    _shared: 2,
    _left: 1,
}
"""How often each happens, in shares."""


def _fact(kind: str, at: datetime, **fields: Any) -> Fact:  # noqa: ANN401 - any field of any kind
    return {"kind": kind, "occurred_at": at.isoformat(), **fields}
