"""Who sends a request, and that what they may ends in the log and nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.api_key import table_of
from ledger.api_keys import api_keys, create_api_key, revoke_api_key
from ledger.errors import BadRequest, NotAuthenticated
from ledger.ledger import Ledger
from ledger.roles import found_roles, grant_roles, revoke_roles
from ledger.serve_settings import ServeSettings
from service.access.authenticating import authenticator
from service.access.caller import Caller
from service.context import Authenticate
from tests.issuers import AUDIENCE, Issuer, issuing
from tests.served import served_context

_BOSS = "person:boss@desk"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with served_context(tmp_path) as context:
        found_roles(context.ledger, _BOSS)
        yield context.ledger


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


@pytest.fixture
def authenticate(ledger: Ledger, issuer: Issuer) -> Authenticate:
    settings = ServeSettings(oidc_issuer=issuer.url, oidc_audience=AUDIENCE)
    return authenticator(ledger, settings)


def _bearer(credential: str, **more: str) -> dict[str, str]:
    return {"authorization": f"Bearer {credential}", **more}


def _key(ledger: Ledger, *, systems: tuple[str, ...] = ()) -> str:
    return create_api_key(ledger, "web", ["recorder"], by=_BOSS, systems=systems)[0]


def test_a_program_is_known_by_its_key(ledger: Ledger, authenticate: Authenticate) -> None:
    """No program could send anything, or each in the name of any other."""
    caller = authenticate(_bearer(_key(ledger, systems=("web",))))
    assert caller == Caller(
        "person:api-key:web",
        is_program=True,
        roles=frozenset({"recorder"}),
        systems=frozenset({"web"}),
    )


def test_a_person_is_known_by_a_token_and_has_the_roles_of_the_log(
    ledger: Ledger, issuer: Issuer, authenticate: Authenticate
) -> None:
    """The issuer, or an old token, would decide what somebody may."""
    token = issuer.token({"roles": ["admin"]})
    assert authenticate(_bearer(token)).roles == frozenset()
    grant_roles(ledger, "person:j.jansen", ["investigator"], by=_BOSS)
    caller = authenticate(_bearer(token, **{"zegel-case": " 2026-14 "}))
    assert caller == Caller(
        "person:j.jansen", is_program=False, roles=frozenset({"investigator"}), case="2026-14"
    )
    revoke_roles(ledger, "person:j.jansen", None, by=_BOSS)
    assert authenticate(_bearer(token)).roles == frozenset()


def test_a_key_taken_away_is_refused_by_the_next_request(
    ledger: Ledger, authenticate: Authenticate
) -> None:
    """A key that leaked would stay good while the service remembers it."""
    key = _key(ledger)
    authenticate(_bearer(key))
    revoke_api_key(ledger, key, by=_BOSS)
    with pytest.raises(NotAuthenticated):
        authenticate(_bearer(key))


def test_a_role_of_a_program_is_none_of_the_person_of_that_name(
    ledger: Ledger, issuer: Issuer, authenticate: Authenticate
) -> None:
    """Whoever makes accounts at the issuer could have the roles of an API key."""
    _key(ledger)
    assert authenticate(_bearer(issuer.token({"sub": "web"}))).roles == frozenset()
    with pytest.raises(NotAuthenticated):
        authenticate(_bearer(issuer.token({"sub": "api-key:web"})))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "no-credentials"),
        ("", "other-scheme"),
        ("Bearer", "other-scheme"),
        ("Basic dXNlcjpwYXNz", "other-scheme"),
        ("Bearer a b", "other-scheme"),
        ("Bearer zegel_", "malformed"),
        ("Bearer nothing", "token-malformed"),
    ],
)
def test_without_a_credential_nobody_is_known(
    authenticate: Authenticate, header: str | None, reason: str
) -> None:
    """Somebody would be let in, or the log could not tell how they tried."""
    headers = {} if header is None else {"authorization": header}
    with pytest.raises(NotAuthenticated) as caught:
        authenticate(headers)
    assert caught.value.reason == reason


def test_the_scheme_is_read_in_any_case(ledger: Ledger, authenticate: Authenticate) -> None:
    """Clients that write `bearer` would be refused (RFC 9110 §11.1)."""
    assert authenticate({"authorization": f"bearer  {_key(ledger)}"}).is_program


def test_without_an_issuer_no_token_is_taken(ledger: Ledger, issuer: Issuer) -> None:
    """Tokens of nobody in particular would be taken."""
    authenticate = authenticator(ledger, ServeSettings())
    with pytest.raises(NotAuthenticated, match="API key") as caught:
        authenticate(_bearer(issuer.token()))
    assert caught.value.reason == "not-a-key"
    assert issuer.asked == []


@pytest.mark.parametrize("case", ["a" * 201, "a\nb", "a\x00b", "\x7f"])
def test_a_case_is_one_line(ledger: Ledger, authenticate: Authenticate, case: str) -> None:
    """Lines of a case could be taken for records by whoever reads them."""
    with pytest.raises(BadRequest, match="Zegel-Case"):
        authenticate(_bearer(_key(ledger), **{"zegel-case": case}))


def test_the_last_day_of_use_is_written_once(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that nobody uses would not be found, or each request would write."""
    key = _key(ledger)
    written: list[int] = []
    note = type(table_of(ledger)).note_use

    def counted(table: object, key_id: object, at_us: int) -> None:
        written.append(at_us)
        note(table, key_id, at_us)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(type(table_of(ledger)), "note_use", counted)
    for _ in range(2):  # a second process knows it from the database
        authenticate = authenticator(ledger, ServeSettings())
        for _ in range(3):
            authenticate(_bearer(key))
    assert len(written) == 1
    (found,) = api_keys(ledger)
    now = ledger.clock()
    assert found.last_used_on == now.replace(hour=0, minute=0, second=0, microsecond=0)
