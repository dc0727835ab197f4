"""What grants and revocations add up to at a moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.events import Event
from ledger.events.access import AccessGranted, AccessRevoked
from ledger.opening import OpenedRecord
from ledger.own_records import ADMINISTRATION, IDENTITIES
from ledger.personal import token_text
from ledger.role_grants import RoleGrant, administrators, grants_of
from ledger.role_names import ROLES, Role
from ledger.roles import owns
from ledger.stored import StoredRecord
from ledger.units import Index
from ledger.vault.token_uri import TokenUri

_START = datetime(2026, 1, 1, tzinfo=UTC)
_PEOPLE = [UUID(int=number) for number in (1, 2, 3)]
_STREAMS = [UUID(int=number) for number in (11, 12, 13, 14)]


def _at(hours: int) -> datetime:
    return _START + timedelta(hours=hours)


def _opened(index: int, stream: UUID, event: Event) -> OpenedRecord:
    stored = StoredRecord(Index(index), b"", b"", stream, 1, "", UUID(int=99), 0, 0, "zegel")
    return OpenedRecord(stored, event, _START, {})


def _granted(
    index: int,
    stream: UUID,
    person: UUID | None,
    roles: list[Role],
    hour: int,
    *,
    until: int | None = None,
) -> OpenedRecord:
    event = AccessGranted(
        occurred_at=_at(hour),
        system=ADMINISTRATION,
        grant_id=str(stream),
        grantee="withheld" if person is None else token_text("person", person),
        resource=IDENTITIES,
        acts=tuple(roles),
        valid_until=None if until is None else _at(until),
    )
    return _opened(index, stream, event)


def _revoked(index: int, stream: UUID, roles: list[Role], hour: int) -> OpenedRecord:
    event = AccessRevoked(
        occurred_at=_at(hour), system=ADMINISTRATION, grant_id=str(stream), acts=tuple(roles)
    )
    return _opened(index, stream, event)


def test_a_role_begins_and_ends_when_the_log_says() -> None:
    """Somebody would see identities before or after they might."""
    (grant,) = grants_of([_granted(0, _STREAMS[0], _PEOPLE[0], ["resolve"], 5, until=9)])
    held = [hour for hour in range(12) if "resolve" in grant.held(_at(hour))]
    assert held == [5, 6, 7, 8]


def test_one_role_is_taken_and_the_others_stay() -> None:
    """Taking one role would take all, or none."""
    (grant,) = grants_of(
        [
            _granted(0, _STREAMS[0], _PEOPLE[0], ["resolve", "erase"], 1),
            _revoked(1, _STREAMS[0], ["erase"], 3),
            _revoked(2, _STREAMS[0], ["erase"], 7),
        ]
    )
    assert grant.held(_at(2)) == {"resolve", "erase"}
    assert grant.held(_at(3)) == {"resolve"}
    assert grant.open_ended(_at(3)) == {"resolve"}


def test_a_revocation_without_roles_takes_all() -> None:
    """A revocation would take nothing because it names nothing."""
    (grant,) = grants_of(
        [
            _granted(0, _STREAMS[0], _PEOPLE[0], list(ROLES), 1),
            _revoked(1, _STREAMS[0], [], 2),
        ]
    )
    assert grant.held(_at(2)) == frozenset()


def test_who_was_erased_has_no_role() -> None:
    """A grant whose grantee nobody knows any more would be anybody's."""
    (grant,) = grants_of([_granted(0, _STREAMS[0], None, list(ROLES), 1)])
    assert grant.held(_at(2)) == frozenset()
    assert administrators([grant], _at(2)) == frozenset()


def test_another_resource_or_system_gives_no_role() -> None:
    """A grant of something else, or one that only a column says is the log's, would open all."""
    opened = _granted(0, _STREAMS[0], _PEOPLE[0], ["resolve"], 1)
    assert isinstance(opened.event, AccessGranted)
    for resource, system in (("customer-file", ADMINISTRATION), (IDENTITIES, "crm")):
        other = AccessGranted(
            occurred_at=_at(1),
            system=system,
            grant_id="x",
            grantee=opened.event.grantee,
            resource=resource,
            acts=("resolve",),
        )
        assert grants_of([_opened(0, _STREAMS[0], other)]) == []


_STEPS = st.lists(
    st.tuples(
        st.booleans(),
        st.sampled_from(_STREAMS),
        st.sampled_from(_PEOPLE),
        st.sets(st.sampled_from(list(ROLES)), min_size=1).map(sorted),
        st.integers(1, 20),
    ),
    max_size=12,
)


@given(_STEPS, st.integers(0, 25))
def test_what_is_held_is_what_was_given_and_not_taken(
    steps: list[tuple[bool, UUID, UUID, list[Role], int]], hour: int
) -> None:
    """Somebody would have a role that nobody gave them, or that was taken away."""
    opened: list[OpenedRecord] = []
    given_at: dict[UUID, tuple[UUID, set[Role], int]] = {}
    taken: dict[UUID, list[tuple[set[Role], int]]] = {}
    for index, (is_grant, stream, person, roles, at) in enumerate(
        sorted(steps, key=lambda s: s[4])
    ):
        if is_grant and stream not in given_at:
            given_at[stream] = (person, set(roles), at)
            opened.append(_granted(index, stream, person, roles, at))
        elif not is_grant and stream in given_at:
            taken.setdefault(stream, []).append((set(roles), at))
            opened.append(_revoked(index, stream, roles, at))
    expected = {
        (person, role)
        for stream, (person, roles, at) in given_at.items()
        for role in roles
        if at <= hour
        and not any(role in some and end <= hour for some, end in taken.get(stream, []))
    }
    found = grants_of(opened)
    held = {(grant.grantee, role) for grant in found for role in grant.held(_at(hour))}
    assert held == expected
    may_administer = {person for person, role in expected if role == "administer"}
    assert administrators(found, _at(hour)) == may_administer


def test_the_owner_of_the_keys_is_known(tmp_path: Path) -> None:
    """Anybody could say that they own the keys, and take every role."""
    key_file = tmp_path / "keys"
    assert not owns(key_file)
    key_file.touch()
    assert owns(key_file)
    assert owns(TokenUri.parse("pkcs11:token=zegel?module-path=/usr/lib/softhsm/libsofthsm2.so"))


def test_a_grant_that_has_not_begun_can_be_taken_away() -> None:
    """A role that somebody gets next month could not be taken back before."""
    grant = RoleGrant(
        index=0,
        event_id=UUID(int=1),
        grantee=_PEOPLE[0],
        roles=frozenset({"resolve"}),
        valid_from=_at(10),
        valid_until=_at(20),
        granted_by=None,
    )
    assert grant.held(_at(1)) == frozenset()
    assert grant.open_ended(_at(1)) == {"resolve"}
    assert grant.open_ended(_at(20)) == frozenset()
