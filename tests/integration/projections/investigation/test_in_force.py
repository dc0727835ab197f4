"""What policy, register, specification and agreements said when something happened."""

from typing import Any

from ledger.events import Event
from ledger.ledger import Ledger
from projections.investigation.in_force import Concern, InForce, concern_of, in_force_at
from tests.histories import day, event, told


def _published(on: float, version: str, system: str = "web") -> Event:
    return event(
        "policy.published",
        on,
        policy_id=f"{system}-privacy",
        version=version,
        text_sha256=version[-1] * 64,
        organisation="acme",
        applies_to=[system],
    )


def _specified(on: float, version: str, *destinations: str) -> Event:
    return event(
        "specification.agreed",
        on,
        specification_id="S-1",
        version=version,
        destinations=[{"role": "third-party", "organisation": each} for each in destinations],
        storage_allowed=False,
    )


def _registered(on: float, what: str, *purposes: str, name: str = "a") -> Event:
    return event(
        f"processing_activity.{what}",
        on,
        processing_activity_id=f"urn:activity:{name}",
        role="controller",
        organisation="acme",
        purposes=[{"id": purpose} for purpose in purposes],
    )


def _story(ledger: Ledger) -> None:
    told(
        ledger,
        event("system.registered", 0, system_id="web", organisation="acme"),
        _published(1, "v1"),
        _published(5, "v2"),
        _published(1, "v1", "other"),
        _registered(1, "registered", "support"),
        _registered(5, "amended", "support", "sale"),
        _registered(1, "registered", "payroll", name="b"),
        _specified(1, "1", "carrier"),
        _specified(5, "2", "carrier", "archive"),
        event(
            "dpa.concluded",
            1,
            agreement_id="A-1",
            agreement_kind="controller-processor",
            parties=[
                {"role": "controller", "organisation": "acme"},
                {"role": "processor", "organisation": "host"},
            ],
        ),
        event("promise.declared", 1, promise_id="PRO-01", policy_id="web-privacy", rules=[]),
        event(
            "promise.parameter_set",
            1,
            promise_id="PRO-01",
            params=[{"name": "days", "value": 3, "unit": "days"}],
        ),
        event(
            "promise.parameter_set",
            5,
            promise_id="PRO-01",
            params=[{"name": "days", "value": 9}],
        ),
        event("promise.interpretation_decided", 4, promise_id="PRO-01", reading="narrow"),
    )


def _asked(ledger: Ledger, on: float, **about: Any) -> list[InForce]:  # noqa: ANN401 - any field
    asked = event("exchange.performed", on, direction="out", exchange_kind="sync", **about)
    return in_force_at(ledger, asked.occurred_at, concern_of(ledger, asked, asked.occurred_at))


def test_what_stood_then_is_told_and_not_what_stands_now(ledger: Ledger) -> None:
    """The rules of today would be held against what happened under those of the day."""
    _story(ledger)
    about = {
        "system": "web",
        "specification_id": str(ledger.case_stream("specification", "S-1")),
        "processing_activity_id": "urn:activity:a",
    }
    then = {each.source: each for each in _asked(ledger, 3, **about)}
    assert (then["policy"].version, then["policy"].since, then["policy"].until) == (
        "v1",
        day(1),
        day(5),
    )
    assert then["parameter"].says == {"days": "3 days"}
    assert [each["id"] for each in then["register"].says["purposes"]] == ["support"]
    assert (then["specification"].version, then["specification"].until) == ("1", day(5))
    assert then["specification"].says["destinations"] == ["carrier"]
    assert then["specification"].says["storage_allowed"] is False
    assert then["agreement"].says["agreement_kind"] == "controller-processor"
    assert [then[name].rests_on for name in ("policy", "specification", "parameter")] == [
        (1,),
        (7,),
        (11,),
    ]
    later = {each.source: each for each in _asked(ledger, 6, **about)}
    assert (later["policy"].version, later["specification"].version) == ("v2", "2")
    assert later["parameter"].says == {"days": "9"}
    assert (later["reading"].says, later["reading"].rests_on) == ({"reading": "narrow"}, (13,))
    assert "reading" not in then
    assert later["specification"].until is None


def test_what_does_not_concern_the_record_is_left_out(ledger: Ledger) -> None:
    """An answer about one record would be a list of everything."""
    _story(ledger)
    about = _asked(ledger, 3, system="web")
    assert [(each.source, each.name) for each in about if each.source != "agreement"] == [
        ("policy", "web-privacy"),
        ("parameter", "PRO-01"),
        ("register", "urn:activity:a"),
        ("register", "urn:activity:b"),
    ]
    assert _asked(ledger, 3) == []
    everything = in_force_at(ledger, day(3), Concern(everything=True))
    assert [each.source for each in everything].count("policy") == 2
    assert [each.source for each in everything].count("specification") == 1


def test_only_what_was_known_counts(ledger: Ledger) -> None:
    """A version that was recorded afterwards would be shown as known."""
    times = told(ledger, _published(1, "v1"), _published(2, "v2"))
    known = in_force_at(ledger, day(3), Concern(everything=True), as_known=times[0])
    assert [each.version for each in known] == ["v1"]
