"""Legal holds on both databases: which stand, and whom they keep from being erased."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, text

from ledger.errors import LegalHoldStands
from ledger.events import Event, event_from_mapping
from ledger.holds import holds_at, require_no_hold, standing_holds
from ledger.ledger import Ledger
from ledger.store.engine import writing
from ledger.store.schema import DISCLOSURE, ERASED
from tests.grants import grant

_JAN = "person:jan@example.nl"
_PLACED = datetime(2026, 1, 10, tzinfo=UTC)


def _hold(kind: str = "legal_hold.placed", *, on: datetime = _PLACED, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return event_from_mapping(
        {"kind": kind, "occurred_at": on.isoformat(), "hold_id": "H-1", **fields}
    )


def _released(days: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    return _hold("legal_hold.released", on=_PLACED + timedelta(days=days), **fields)


def _subject(ledger: Ledger, identity: str = _JAN) -> UUID:
    (found,) = ledger.subjects_matching(identity)
    return found


def _is_held(ledger: Ledger, identity: str = _JAN) -> bool:
    try:
        require_no_hold(ledger, _subject(ledger, identity))
    except LegalHoldStands:
        return True
    return False


def _states(ledger: Ledger, at: datetime | None = None, **known: int) -> list[str]:
    return [each.state for each in holds_at(ledger, at or ledger.clock(), **known)]


@pytest.mark.parametrize(
    ("fields", "held"),
    [
        ({}, True),
        ({"person": "person:JAN@example.nl"}, True),
        ({"person": "person:piet@example.nl"}, False),
        ({"ip": "ip:203.0.113.7"}, False),
        ({"customer_id": "data-subject:customer:4711"}, True),
        ({"subjects": ["data-subject:customer:4711"]}, True),
        ({"kinds": ["access.granted"]}, True),
        ({"kinds": ["access.granted.v1"]}, True),
        ({"kinds": ["access.revoked"]}, False),
        ({"systems": ["crm"]}, True),
        ({"systems": ["crm"], "system": "legal-desk"}, True),
        ({"systems": ["website"]}, False),
        ({"kinds": ["access.granted"], "systems": ["website"]}, False),
        ({"dataset": "customer-file"}, True),
        ({"dataset": "customer"}, False),
        ({"scope": "customer-file"}, True),
        ({"file_id": "F-1"}, False),
    ],
)
def test_a_hold_binds_what_it_names(ledger: Ledger, fields: dict[str, Any], held: bool) -> None:  # noqa: FBT001 - a case
    """Data would be erased that must be kept, or kept although nothing asks for it."""
    ledger.record(grant(system="crm", subjects=["data-subject:customer:4711"]))
    ledger.record(_hold(actor="person:legal@example.nl", **fields))
    assert _is_held(ledger) is held


def test_a_hold_may_come_before_the_person(ledger: Ledger) -> None:
    """A hold on somebody whom no record names yet would be forgotten when one does."""
    ledger.record(_hold(person=_JAN))
    ledger.record(grant())
    assert _is_held(ledger)


def test_whoever_stands_beside_a_held_person_is_held(ledger: Ledger) -> None:
    """A held record would lose the part that names the other person."""
    ledger.record(grant(actor="person:chief@example.nl"))
    ledger.record(_hold(person=_JAN))
    assert _is_held(ledger, "person:chief@example.nl")


def test_who_placed_a_standing_hold_stays_known(ledger: Ledger) -> None:
    """Erasing the one who decided would leave a hold that nobody can account for."""
    ledger.record(_hold(systems=["website"], decided_by="person:dpo@example.nl"))
    ledger.record(_hold("legal_hold.placed", hold_id="H-2", person=_JAN))
    assert _is_held(ledger, "person:dpo@example.nl")
    ledger.record(_released(1))
    assert not _is_held(ledger, "person:dpo@example.nl")


def test_a_refusal_names_every_hold_with_tokens_alone(ledger: Ledger) -> None:
    """Whoever is refused could not tell why, or would read names without being recorded."""
    ledger.record(grant())
    until = datetime(2099, 1, 1, tzinfo=UTC)
    placed = _hold(
        person=_JAN,
        basis="litigation",
        reason="Jan sued us",
        decided_by="person:dpo@example.nl",
        valid_until=until.isoformat(),
    )
    ledger.record(placed)
    ledger.record(_hold(hold_id="H-2"))
    with pytest.raises(LegalHoldStands) as refused:
        require_no_hold(ledger, _subject(ledger))
    said = str(refused.value)
    assert [each.index for each in refused.value.holds] == [1, 2]
    assert f"person#{_subject(ledger, 'person:dpo@example.nl').hex}" in said
    assert "litigation" in said
    assert "2099-01-01" in said
    assert not [name for name in ("jan", "sued", "H-1", "dpo@") if name in said]


def test_holds_end_by_release_by_time_and_by_correction(ledger: Ledger) -> None:
    """A hold that ended would keep data for ever, or one that stands would not be seen."""
    first = ledger.record(_hold())
    ledger.record(_hold(hold_id="H-2", valid_until=(_PLACED + timedelta(days=30)).isoformat()))
    taken_back = ledger.record(_hold(hold_id="H-3"))
    ledger.record(_released(10))
    ledger.record(_hold(hold_id="H-4", supersedes=str(taken_back.event_id), person=_JAN))
    at = [_PLACED + timedelta(days=days) for days in (-1, 5, 10, 20, 30)]
    assert [_states(ledger, each) for each in at] == [
        ["not yet", "not yet", "taken back", "not yet"],
        ["standing", "standing", "taken back", "standing"],
        ["released", "standing", "taken back", "standing"],
        ["released", "standing", "taken back", "standing"],
        ["released", "expired", "taken back", "standing"],
    ]
    assert _states(ledger, at[3], known_size=3) == ["standing"] * 3
    assert first.index == 0


def test_a_release_that_was_wrong_counts_no_more(ledger: Ledger) -> None:
    """A hold that was released by mistake could never bind again."""
    ledger.record(_hold())
    released = ledger.record(_released(1))
    assert _states(ledger) == ["released"]
    ledger.record(
        event_from_mapping(
            {
                "kind": "log.correction_recorded",
                "occurred_at": _PLACED.isoformat(),
                "corrected_event_id": str(released.event_id),
            }
        )
    )
    assert _states(ledger) == ["standing"]


def test_a_hold_placed_again_adds_and_starts_anew(ledger: Ledger) -> None:
    """A second placement would hide the first, or a release would end what came after it."""
    ledger.record(grant())
    ledger.record(_hold(person=_JAN))
    ledger.record(_hold(on=_PLACED + timedelta(days=1), systems=["website"]))
    assert _is_held(ledger)
    ledger.record(_released(2))
    assert not _is_held(ledger)
    ledger.record(_hold(on=_PLACED + timedelta(days=3), person=_JAN))
    assert _states(ledger) == ["released", "released", "standing"]
    assert _is_held(ledger)


def test_what_is_recorded_late_counts_from_when_it_was(ledger: Ledger) -> None:
    """The order in which sources are imported would decide whether a hold stands."""
    ledger.record(_released(10))
    ledger.record(_hold())
    assert _states(ledger) == ["released"]
    assert _states(ledger, _PLACED + timedelta(days=5)) == ["standing"]


def test_a_clock_that_is_ahead_opens_no_gap(ledger: Ledger) -> None:
    """A hold of a source whose clock is ahead would not bind until that time has come."""
    ledger.record(grant())
    ledger.record(_hold(on=ledger.clock() + timedelta(days=1)))
    assert _is_held(ledger)


def test_a_release_finds_a_hold_whose_id_was_erased(ledger: Ledger) -> None:
    """Nobody could end a hold once the id by which its source knows it is gone."""
    placed = ledger.record(_hold())
    ledger.record(_released(1, hold_id="another", causation_id=str(placed.event_id)))
    assert _states(ledger) == ["released"]


def _lose_disclosures(ledger: Ledger, index: int, *, tombstone: str | None) -> None:
    with writing(ledger.log.engine) as connection:
        if connection.dialect.name == "sqlite":
            named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(named)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(delete(DISCLOSURE).where(DISCLOSURE.c.idx == index))
        if tombstone is not None:
            connection.execute(
                insert(ERASED).values(
                    log=ledger.log.log_id,
                    idx=index,
                    part=0,
                    fields=tombstone,
                    digests=b"",
                    requested_index=0,
                )
            )


def test_a_hold_whose_own_subject_was_erased_still_holds(ledger: Ledger) -> None:
    """With the name in it gone, a hold on records of a kind would let them be erased."""
    ledger.record(grant(grantee="person:piet@example.nl"))
    placed = ledger.record(_hold(person=_JAN, kinds=["access.granted"]))
    assert not _is_held(ledger, "person:piet@example.nl")
    _lose_disclosures(ledger, placed.index, tombstone="person,hold_id")
    (hold,) = standing_holds(ledger, ledger.clock())
    assert hold.erased_people
    assert not hold.names_people
    assert _is_held(ledger, "person:piet@example.nl")


def test_a_hold_on_somebody_erased_alone_does_not_hold_everybody(ledger: Ledger) -> None:
    """One erased name would freeze the whole log."""
    ledger.record(grant(grantee="person:piet@example.nl"))
    placed = ledger.record(_hold(person=_JAN))
    _lose_disclosures(ledger, placed.index, tombstone="person,hold_id")
    assert _states(ledger) == ["standing"]
    assert not _is_held(ledger, "person:piet@example.nl")


def test_a_hold_that_was_tampered_with_holds_everything(ledger: Ledger) -> None:
    """Removing a row of the database would be the way around a hold."""
    ledger.record(grant(grantee="person:piet@example.nl"))
    placed = ledger.record(_hold(person=_JAN))
    _lose_disclosures(ledger, placed.index, tombstone=None)
    (hold,) = standing_holds(ledger, ledger.clock())
    assert hold.damaged
    assert _is_held(ledger, "person:piet@example.nl")
