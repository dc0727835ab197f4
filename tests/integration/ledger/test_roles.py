"""Roles are facts of the log, given and taken by those who may."""

import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.errors import BadRequest, MalformedEvent, NotAuthorised
from ledger.events import Event
from ledger.events.access import AccessGranted
from ledger.ledger import Ledger
from ledger.own_records import IDENTITIES
from ledger.role_grants import role_grants
from ledger.role_names import ROLES, Role
from ledger.roles import (
    found_roles,
    grant_roles,
    held_roles,
    held_service_roles,
    require_role,
    revoke_roles,
)
from projections.erasing import erase_subject
from tests.grants import grant
from tests.opened import opened_records

_BOSS = "person:boss@desk"
_JAN = "person:jan@desk"


def _forged(**fields: object) -> Event:
    return grant(
        grantee=_JAN, resource=IDENTITIES, acts=["resolve", "administer"], grant_id="x", **fields
    )


def test_the_maker_of_a_log_gives_and_takes_roles(ledger: Ledger) -> None:
    """Nobody could be let in, or put out."""
    found_roles(ledger, _BOSS)
    assert held_roles(ledger, _BOSS) == set(ROLES)
    assert held_roles(ledger, _JAN) == frozenset()
    grant_roles(ledger, _JAN, ["resolve", "export"], by=_BOSS, reason="audit")
    assert held_roles(ledger, _JAN) == {"resolve", "export"}
    assert held_roles(ledger, "person:JAN@desk") == {"resolve", "export"}
    revoke_roles(ledger, _JAN, ["resolve"], by=_BOSS)
    assert held_roles(ledger, _JAN) == {"export"}
    revoke_roles(ledger, _JAN, None, by=_BOSS)
    assert held_roles(ledger, _JAN) == frozenset()
    grant_roles(ledger, _JAN, ["hold"], by=_BOSS)
    assert held_roles(ledger, _JAN) == {"hold"}


def test_a_role_ends_by_itself(ledger: Ledger) -> None:
    """Somebody who was let in for a month would stay for years."""
    found_roles(ledger, _BOSS)
    now = ledger.clock()
    later = now + timedelta(days=30)
    grant_roles(ledger, _JAN, ["resolve"], by=_BOSS, valid_until=later)
    assert held_roles(ledger, _JAN, now + timedelta(days=29)) == {"resolve"}
    assert held_roles(ledger, _JAN, later) == frozenset()
    with pytest.raises(BadRequest, match="to come"):
        grant_roles(ledger, _JAN, ["resolve"], by=_BOSS, valid_until=now - timedelta(days=1))


def test_a_role_is_not_given_by_whoever_has_none(ledger: Ledger) -> None:
    """Everybody could let themselves in."""
    found_roles(ledger, _BOSS)
    grant_roles(ledger, _JAN, ["resolve", "export", "erase", "hold"], by=_BOSS)
    with pytest.raises(NotAuthorised):
        grant_roles(ledger, _JAN, ["administer"], by=_JAN)
    with pytest.raises(NotAuthorised):
        revoke_roles(ledger, _BOSS, None, by=_JAN)
    with pytest.raises(NotAuthorised):
        found_roles(ledger, _JAN)
    assert held_roles(ledger, _JAN) == {"resolve", "export", "erase", "hold"}
    assert held_roles(ledger, _BOSS) == set(ROLES)


def test_what_a_source_reports_gives_no_role(ledger: Ledger) -> None:
    """Whoever may send a line could read every name."""
    found_roles(ledger, _BOSS)
    for system in ("zegel", "zegel.readings"):
        with pytest.raises(MalformedEvent, match="field system"):
            ledger.record(_forged(system=system))
        with pytest.raises(MalformedEvent, match="field system"):
            ledger.record_many([grant(), _forged(system=system)])
    ledger.record(_forged(system="crm"))
    ledger.record(_forged())
    assert held_roles(ledger, _JAN) == frozenset()
    with pytest.raises(NotAuthorised):
        require_role(ledger, _JAN, "resolve")


def test_a_source_takes_no_role_away(ledger: Ledger) -> None:
    """Whoever may send a line could put out those who watch."""
    found_roles(ledger, _BOSS)
    (first,) = role_grants(ledger)
    (opened,) = opened_records(ledger, ledger.log.scan(first.index))
    assert isinstance(opened.event, AccessGranted)
    ledger.record(
        grant(kind="access.revoked", grant_id=opened.event.grant_id, grantee=_BOSS, system="crm")
    )
    assert held_roles(ledger, _BOSS) == set(ROLES)


def test_the_last_who_may_administer_stays(ledger: Ledger) -> None:
    """Nobody could ever give a role again."""
    found_roles(ledger, _BOSS)
    size = ledger.head().size
    every: tuple[list[Role] | None, ...] = (None, ["administer"])
    for roles in every:
        with pytest.raises(BadRequest, match="administer"):
            revoke_roles(ledger, _BOSS, roles, by=_BOSS)
    assert ledger.head().size == size
    revoke_roles(ledger, _BOSS, ["erase"], by=_BOSS)
    grant_roles(ledger, _JAN, ["administer"], by=_BOSS)
    revoke_roles(ledger, _BOSS, None, by=_JAN)
    assert held_roles(ledger, _BOSS) == frozenset()
    with pytest.raises(BadRequest, match="administer"):
        revoke_roles(ledger, _JAN, None, by=_JAN)


def test_two_who_put_each_other_out_leave_one(ledger: Ledger, key_file: Path) -> None:
    """Two revocations at the same moment would leave nobody."""
    found_roles(ledger, _BOSS)
    grant_roles(ledger, _JAN, ["administer"], by=_BOSS)
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    other = Ledger.open(database=database, key_file=key_file)
    start = threading.Barrier(2)
    refused: list[Exception] = []

    def put_out(mine: Ledger, person: str, by: str) -> None:
        start.wait()
        try:
            revoke_roles(mine, person, ["administer"], by=by)
        except (BadRequest, NotAuthorised) as error:
            refused.append(error)

    threads = [
        threading.Thread(target=put_out, args=(ledger, _JAN, _BOSS)),
        threading.Thread(target=put_out, args=(other, _BOSS, _JAN)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = [who for who in (_BOSS, _JAN) if "administer" in held_roles(ledger, who)]
    other.close()
    assert len(left) == 1
    assert len(refused) == 1


def test_a_role_that_nobody_has_is_not_taken(ledger: Ledger) -> None:
    """Somebody would believe that a role was taken of which nothing was recorded."""
    found_roles(ledger, _BOSS)
    for person in (_JAN, "person#" + "0" * 32):
        with pytest.raises(BadRequest, match="found none"):
            revoke_roles(ledger, person, ["resolve"], by=_BOSS)


def test_a_role_of_the_service_implies_what_its_routes_need(ledger: Ledger) -> None:
    """An investigator would be let in and then refused by the ledger, or see without the right."""
    found_roles(ledger, _BOSS)
    grant_roles(ledger, _JAN, ["investigator"], by=_BOSS)
    assert held_service_roles(ledger, _JAN) == {"investigator"}
    assert held_roles(ledger, _JAN) == {"resolve"}
    revoke_roles(ledger, _JAN, ["investigator"], by=_BOSS)
    assert not held_service_roles(ledger, _JAN)
    assert not held_roles(ledger, _JAN)


def test_roles_of_both_kinds_are_given_and_taken_together(ledger: Ledger) -> None:
    """A role of the service would be recorded as one about identities, or stay when all go."""
    found_roles(ledger, _BOSS)
    given = grant_roles(ledger, _JAN, ["export", "reader"], by=_BOSS)
    assert [(event.resource, event.acts) for event, _ in given] == [
        ("zegel/identities", ("export",)),
        ("zegel/service", ("reader",)),
    ]
    taken = revoke_roles(ledger, _JAN, None, by=_BOSS)
    assert [event.resource for event, _ in taken] == ["zegel/identities", "zegel/service"]
    assert not held_service_roles(ledger, _JAN)
    assert not held_roles(ledger, _JAN)


def test_what_another_process_took_away_is_gone_at_once(ledger: Ledger) -> None:
    """A service would let somebody in who was put out at a terminal."""
    found_roles(ledger, _BOSS)
    grant_roles(ledger, _JAN, ["reader"], by=_BOSS)
    assert held_service_roles(ledger, _JAN) == {"reader"}
    with closing(_reopened(ledger)) as other:
        assert held_service_roles(other, _JAN) == {"reader"}
        revoke_roles(other, _JAN, None, by=_BOSS)
        assert held_service_roles(other, _JAN) == frozenset()
    assert held_service_roles(ledger, _JAN) == frozenset()


def test_roles_are_read_again_only_when_they_changed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request would read the whole administration of the log."""
    found_roles(ledger, _BOSS)
    held_roles(ledger, _BOSS)
    ledger.record(grant())
    monkeypatch.setattr(ledger, "open_records", _no_reading)
    assert held_roles(ledger, _BOSS) == set(ROLES)


def test_a_revocation_by_a_clock_ahead_counts_now(ledger: Ledger) -> None:
    """Somebody who was put out would stay until the clock of this machine comes there."""
    found_roles(ledger, _BOSS)
    grant_roles(ledger, _JAN, ["reader"], by=_BOSS)
    with closing(_reopened(ledger)) as other:
        other.clock = lambda: ledger.clock() + timedelta(hours=1)
        revoke_roles(other, _JAN, None, by=_BOSS)
    assert held_service_roles(ledger, _JAN) == frozenset()


def test_who_is_erased_loses_the_roles_of_the_service(ledger: Ledger) -> None:
    """A token of somebody who was erased would open the log, until it is opened anew."""
    found_roles(ledger, _BOSS)
    grant_roles(ledger, _JAN, ["dpo"], by=_BOSS)
    (subject,) = ledger.subjects_matching(_JAN)
    assert ledger.grants.now().of_person(subject)
    erase_subject(ledger, _JAN, requested_by=_BOSS)
    assert not held_service_roles(ledger, _JAN)
    assert not ledger.grants.now().of_person(subject)


def _no_reading(*_: object) -> None:
    raise AssertionError("expected no record to be opened")


def _reopened(ledger: Ledger) -> Ledger:
    """The same log, opened as another process would."""
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    return Ledger.open(database=database, key_file=ledger.key_file)
