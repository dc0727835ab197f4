"""API keys are facts of the log, and prove what the log says and nothing else."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update

from ledger.api_key import ApiKey, program_identity, table_of
from ledger.api_key_proof import KnownKeys
from ledger.api_keys import api_keys, create_api_key, revoke_api_key
from ledger.errors import BadRequest, NotAuthenticated, NotAuthorised
from ledger.events.access import AccessGranted, AccessRevoked
from ledger.ledger import Ledger
from ledger.role_names import ServiceRole
from ledger.roles import found_roles, grant_roles, held_roles, revoke_roles
from ledger.store.api_key_table import ApiKeyTable
from ledger.store.engine import writing
from ledger.store.schema import API_KEY
from tests.grants import grant
from tests.opened import opened_records
from tests.roles import AUDITOR

_BOSS = "person:boss@desk"


@pytest.fixture(autouse=True)
def _founded(ledger: Ledger) -> None:
    found_roles(ledger, _BOSS)


def _made(
    ledger: Ledger, *roles: ServiceRole, name: str = "collector", systems: Sequence[str] = ()
) -> str:
    return create_api_key(ledger, name, roles or ("recorder",), by=_BOSS, systems=systems)[0]


def proven_api_key(ledger: Ledger, key: str) -> ApiKey:
    """What a service that starts now makes of a key."""
    return KnownKeys(ledger).proven(key)


def _refused(ledger: Ledger, key: str) -> str:
    with pytest.raises(NotAuthenticated) as caught:
        proven_api_key(ledger, key)
    assert str(caught.value) == "expected an API key in force, found one that is not"
    return caught.value.reason


def test_a_key_proves_what_was_granted(ledger: Ledger) -> None:
    """A program could do nothing, or more than it was given."""
    found = proven_api_key(ledger, _made(ledger, "recorder", "reader"))
    assert found.roles == {"recorder", "reader"}
    assert (found.identity, found.systems) == ("person:api-key:collector", None)


def test_a_key_has_a_prefix_and_256_bits(ledger: Ledger) -> None:
    """A key that leaked would not be recognised, or could be guessed."""
    key = create_api_key(ledger, "a", ["reader"], by=_BOSS, entropy=lambda size: b"\xff" * size)[0]
    public, _, secret = key.partition(".")
    assert public.startswith("zegel_")
    assert secret == "_" * 42 + "8"
    assert len({_made(ledger) for _ in range(5)}) == 5


def test_only_a_hash_is_kept(ledger: Ledger) -> None:
    """Whoever reads the database could use every key."""
    key = _made(ledger)
    secret = key.partition(".")[2].encode()
    (row,) = table_of(ledger).all()
    assert row.secret_hash is not None
    assert len(row.secret_hash) == 32
    for record in ledger.log.scan():
        assert secret not in record.sealed
    for field in (row.secret_hash, row.name.encode()):
        assert secret not in field


def test_making_and_taking_away_are_events(ledger: Ledger) -> None:
    """Nobody could tell who let a program in, for what, and who put it out."""
    key, recorded = create_api_key(
        ledger, "collector", ["recorder"], by=_BOSS, systems=["web", "ssh"], reason="go-live",
        valid_until=ledger.clock() + timedelta(days=1),
    )  # fmt: skip
    revoked = revoke_api_key(ledger, key.partition(".")[0], by=_BOSS, reason="done")
    opened = [each.event for each in opened_records(ledger, ledger.log.scan(1))]
    granted = [each for each in opened if isinstance(each, AccessGranted)]
    assert [each.resource for each in granted] == [
        "zegel/service/systems/ssh",
        "zegel/service/systems/web",
    ]
    assert {each.correlation_id for each in granted} == {recorded[0][0].event_id}
    taken = [each for each in opened if isinstance(each, AccessRevoked)]
    assert [each.resource for each in taken] == [each.resource for each in granted]
    assert len(revoked) == 2
    assert ledger.verify().outcome == "valid"


def test_making_a_key_needs_the_role(ledger: Ledger) -> None:
    """Everybody at a terminal could let themselves in by a key."""
    for act in (
        lambda: create_api_key(ledger, "a", ["admin"], by="person:jan@desk"),
        lambda: revoke_api_key(ledger, "zegel_" + "0" * 32, by="person:jan@desk"),
    ):
        with pytest.raises(NotAuthorised, match="administer"):
            act()
    assert api_keys(ledger) == []


def test_a_key_ends_when_it_is_taken_away(ledger: Ledger) -> None:
    """A key that leaked would open the log until the service is started again."""
    key, other = _made(ledger), _made(ledger)
    proven_api_key(ledger, key)
    revoke_api_key(ledger, key, by=_BOSS)
    assert _refused(ledger, key) == "revoked"
    assert proven_api_key(ledger, other).name == "collector"
    with pytest.raises(BadRequest, match="in force"):
        revoke_api_key(ledger, key, by=_BOSS)
    rows = table_of(ledger).all()
    assert [row.secret_hash is None for row in rows] == [True, False]


def test_a_key_ends_when_another_process_takes_it_away(ledger: Ledger) -> None:
    """A service would not see what was done at a terminal."""
    key, known = _made(ledger), KnownKeys(ledger)
    assert known.proven(key).name == "collector"
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    with closing(Ledger.open(database=database, key_file=ledger.key_file)) as other:
        revoke_api_key(other, key, by=_BOSS)
        another = _made(other)
    with pytest.raises(NotAuthenticated):
        known.proven(key)
    assert known.proven(another).name == "collector"


def test_a_key_costs_no_look_at_its_row(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request would ask the database twice."""
    key, known = _made(ledger), KnownKeys(ledger)
    found = known.proven(key)
    ledger.record(grant())
    monkeypatch.setattr(ApiKeyTable, "find", None)
    assert known.proven(key) == found


def test_made_up_ids_fill_no_memory(ledger: Ledger) -> None:
    """Whoever sends keys that are none could bring the service down."""
    known = KnownKeys(ledger)
    for number in range(20):
        with pytest.raises(NotAuthenticated):
            known.proven(f"zegel_{number:032x}.{'A' * 43}")
    assert known._rows == {}


def test_a_key_ends_with_the_roles_of_its_program(ledger: Ledger) -> None:
    """Somebody who takes all roles of a program away would leave its keys."""
    key = _made(ledger, "reader")
    revoke_roles(ledger, program_identity("collector"), None, by=_BOSS)
    with pytest.raises(NotAuthenticated) as caught:
        proven_api_key(ledger, key)
    assert caught.value.reason == "revoked"
    assert caught.value.identity == "person:api-key:collector"


def test_a_key_ends_at_its_time(ledger: Ledger) -> None:
    """A key for a week would be good for years."""
    until = ledger.clock() + timedelta(days=7)
    key, _ = create_api_key(ledger, "a", ["reader"], by=_BOSS, valid_until=until)
    now = ledger.clock
    ledger.clock = lambda: until - timedelta(seconds=1)
    assert proven_api_key(ledger, key).valid_until == until
    ledger.clock = lambda: until
    assert _refused(ledger, key) == "expired"
    ledger.clock = now
    with pytest.raises(BadRequest, match="to come"):
        create_api_key(ledger, "a", ["reader"], by=_BOSS, valid_until=now() - timedelta(days=1))


def test_another_key_proves_nobody(ledger: Ledger) -> None:
    """A key that is nearly right would do, or tell how near it is."""
    key = _made(ledger)
    assert _refused(ledger, key[:-1] + ("A" if key[-1] != "A" else "B")) == "wrong-secret"
    assert _refused(ledger, key.replace(key[6:38], "0" * 32)) == "unknown"
    for malformed in (
        key[:-1],
        key.upper(),
        key + "\n",
        key.partition(".")[0] + ".",
        "zegel_" + "0" * 100_000,
    ):
        assert _refused(ledger, malformed) == "malformed"
    assert proven_api_key(ledger, key).name == "collector"


def test_the_secret_of_one_key_opens_no_other(ledger: Ledger) -> None:
    """Whoever has a key could use the roles of another program."""
    mine, theirs = _made(ledger), _made(ledger, "admin", name="other")
    mixed = f"{theirs.partition('.')[0]}.{mine.partition('.')[2]}"
    assert _refused(ledger, mixed) == "wrong-secret"


def test_who_writes_rows_makes_no_key(ledger: Ledger) -> None:
    """Whoever may write the database, but has no keys, could let themselves in."""
    low, high = _made(ledger, "reader"), _made(ledger, "admin", name="boss")
    low_id, high_id = (UUID(key[6:38]) for key in (low, high))
    columns = API_KEY.c
    with writing(ledger.log.engine) as connection:
        hash_of = select(columns.secret_hash).where(columns.key_id == low_id)
        known = connection.scalar(hash_of)
        connection.execute(
            update(API_KEY).where(columns.key_id == high_id).values(secret_hash=known)
        )
        connection.execute(update(API_KEY).where(columns.key_id == low_id).values(name="boss"))
    swapped = f"{high.partition('.')[0]}.{low.partition('.')[2]}"
    assert _refused(ledger, swapped) == "wrong-secret"
    assert _refused(ledger, low) == "wrong-secret"


def test_a_row_without_a_grant_opens_nothing(ledger: Ledger) -> None:
    """A key that no record of the log tells of would be good."""
    key = _made(ledger)
    row = table_of(ledger).all()[0]
    with writing(ledger.log.engine) as connection:
        connection.execute(delete(API_KEY))
    assert _refused(ledger, key) == "unknown"
    assert api_keys(ledger) == []
    stranger = UUID(int=1)
    secret = key.partition(".")[2]
    text = b"api-key\x00" + stranger.bytes + f"{row.name}.{secret}".encode()
    forged = ledger.vault.derived_bytes(text)
    with writing(ledger.log.engine) as connection:
        connection.execute(
            insert(API_KEY),
            {"log": ledger.log.log_id, "key_id": stranger, "name": row.name, "secret_hash": forged},
        )
    assert _refused(ledger, f"zegel_{stranger.hex}.{secret}") == "not-granted"
    assert api_keys(ledger) == []


def test_a_source_gives_no_key_a_role(ledger: Ledger) -> None:
    """Whoever may send a line could make their key that of an administrator."""
    key = _made(ledger)
    ledger.record(
        grant(
            grantee=program_identity("collector"),
            resource="zegel/service",
            acts=["admin"],
            system="crm",
            correlation_id=str(UUID(key[6:38])),
        )
    )
    assert proven_api_key(ledger, key).roles == {"recorder"}


def test_a_key_is_bound_to_its_systems(ledger: Ledger) -> None:
    """A program could report in the name of every other one."""
    found = proven_api_key(ledger, _made(ledger, systems=["web", "ssh", "web"]))
    assert sorted(found.systems or ()) == ["ssh", "web"]


@pytest.mark.parametrize("system", ["zegel", "zegel.readings", "Web", "", "a" * 65])
def test_a_key_is_not_bound_to_the_log_itself(ledger: Ledger, system: str) -> None:
    """A program could report in the name of the log, or of a system that cannot be."""
    with pytest.raises(BadRequest, match="system"):
        create_api_key(ledger, "a", ["recorder"], by=_BOSS, systems=[system])


@pytest.mark.parametrize("name", ["", "J. Jansen", "a" * 65, "123456782", "a@b", "a:b"])
def test_a_key_has_the_name_of_a_program(ledger: Ledger, name: str) -> None:
    """A person, or their number, would stand in clear in the database."""
    with pytest.raises(BadRequest, match="name"):
        create_api_key(ledger, name, ["recorder"], by=_BOSS)
    with pytest.raises(BadRequest, match="role"):
        create_api_key(ledger, "a", [], by=_BOSS)


def test_keys_are_listed_with_what_became_of_them(ledger: Ledger) -> None:
    """A key that somebody forgot would never be found."""
    key = _made(ledger, "reader")
    _made(ledger, systems=["web"])
    revoke_api_key(ledger, key, by=_BOSS)
    table_of(ledger).note_use(UUID(key[6:38]), 90_000_000_000)
    first, second = api_keys(ledger)
    assert (first.public_id, first.roles) == (key.partition(".")[0], frozenset())
    assert first.revoked_at is not None
    assert first.last_used_on is not None
    assert first.last_used_on.timestamp() == 86_400
    assert second.roles == {"recorder"}
    assert second.last_used_on is None
    assert sorted(second.systems or ()) == ["web"]


def test_an_administrator_by_key_does_not_replace_a_person(ledger: Ledger) -> None:
    """The last person who may give roles could be put out, and no key works at a terminal."""
    _made(ledger, "admin")
    with pytest.raises(BadRequest, match="administer"):
        revoke_roles(ledger, _BOSS, None, by=_BOSS)


def test_a_key_gives_its_program_no_more_than_its_own_roles(ledger: Ledger) -> None:
    """The key of a reader could do what another key of the same program may."""
    low = _made(ledger, "reader")
    _made(ledger, "investigator")
    assert proven_api_key(ledger, low).roles == {"reader"}
    assert held_roles(ledger, program_identity("collector")) == {"resolve"}
    grant_roles(ledger, AUDITOR, ["auditor"], by=_BOSS)
    assert held_roles(ledger, AUDITOR) == frozenset()
