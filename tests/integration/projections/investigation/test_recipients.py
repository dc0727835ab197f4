"""Which recipients were no approved sub-processors when data went."""

from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections.investigation.recipients import unapproved_recipients
from tests.histories import day, event, told


def _sent(on: float, recipient: str, role: str = "sub-processor", **more: Any) -> Event:  # noqa: ANN401 - any field
    return event(
        "exchange.performed",
        on,
        direction="out",
        exchange_kind="sync",
        sender={"role": "processor", "organisation": "ingressus"},
        recipient={"role": role, "organisation": recipient},
        **{"size_bytes": 10, **more},
    )


def _said(what: str, on: float, name: str, processor: str = "ingressus") -> Event:
    return event(
        f"sub_processor.{what}", on, agreement_id="A-1", sub_processor=name, processor=processor
    )


def _told(ledger: Ledger) -> list[tuple[str, str, int, list[int]]]:
    return [
        (each.recipient, each.why, each.count, list(each.rests_on))
        for each in unapproved_recipients(ledger, as_of=day(9))
    ]


def test_each_exchange_is_judged_by_what_stood_then(ledger: Ledger) -> None:
    """An approval of today would excuse what went before it."""
    told(
        ledger,
        _sent(1, "early"),
        _said("approved", 2, "early"),
        _sent(3, "early"),
        _said("removed", 4, "early"),
        _sent(5, "early", size_bytes=7),
        _sent(6, "early", size_bytes=None),
    )
    assert _told(ledger) == [
        ("early", "removed before", 2, [4, 5, 1, 3]),
        ("early", "approved only later", 1, [0, 1, 3]),
    ]
    removed = unapproved_recipients(ledger, as_of=day(9))[0]
    assert (removed.bytes, removed.first_at, removed.last_at) == (7, day(5), day(6))


def test_why_nobody_had_approved_is_told(ledger: Ledger) -> None:
    """What was proposed, objected to or never heard of would look the same."""
    told(
        ledger,
        _said("proposed", 1, "proposed"),
        _said("approved", 1, "refused"),
        _said("objected", 2, "refused"),
        _said("engaged", 1, "engaged"),
        _said("approved", 1, "foreign", "somebody-else"),
        *(_sent(3, name) for name in ("proposed", "refused", "engaged", "foreign", "unheard")),
    )
    assert [(recipient, why) for recipient, why, _, _ in _told(ledger)] == [
        ("proposed", "proposed, not approved"),
        ("refused", "objected to"),
        ("engaged", "engaged without approval"),
        ("foreign", "never proposed or approved"),
        ("unheard", "never proposed or approved"),
    ]


def test_who_processes_on_nobodys_behalf_is_no_sub_processor(ledger: Ledger) -> None:
    """The controller would be reported as a recipient without approval."""
    told(ledger, _sent(1, "library", "controller"), _sent(1, "bureau", "third-party"))
    assert [recipient for recipient, *_ in _told(ledger)] == ["bureau"]
