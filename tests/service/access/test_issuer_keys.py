"""Whose signature counts: the keys of the issuer, as long as they may be kept."""

from collections.abc import Iterator

import pytest

from ledger.anchors.http_exchange import HttpAnswer, get
from ledger.errors import AuthorityUnavailable, BadRequest
from service.access.issuer_keys import ASK_AGAIN_S, KEPT_S, IssuerKeys
from tests.issuers import EC_KEY, OTHER_EC_KEY, RSA_KEY, SHARED_KEY, Issuer, issuing

FRESH_S = 600.0


class _Seconds:
    """A clock that goes when it is told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


@pytest.fixture
def seconds() -> _Seconds:
    return _Seconds()


@pytest.fixture
def keys(issuer: Issuer, seconds: _Seconds) -> IssuerKeys:
    return IssuerKeys(issuer.url, get(), fresh_s=FRESH_S, seconds=seconds)


def _ids(keys: IssuerKeys, key_id: str | None, algorithm: str = "ES256") -> list[str | None]:
    return [key.kid for key in keys.matching(key_id, algorithm)]


def test_keys_are_asked_for_once(issuer: Issuer, keys: IssuerKeys) -> None:
    """Every request would wait for the issuer."""
    assert _ids(keys, "ec-1") == ["ec-1"]
    assert _ids(keys, "rsa-1", "RS256") == ["rsa-1"]
    assert issuer.asked == ["/.well-known/openid-configuration", "/keys"]


def test_a_new_key_is_found(issuer: Issuer, keys: IssuerKeys, seconds: _Seconds) -> None:
    """Nobody could log in from the rotation of the issuer until the keys are old."""
    assert _ids(keys, "ec-1") == ["ec-1"]
    issuer.keys = [OTHER_EC_KEY]
    seconds.now += ASK_AGAIN_S
    assert _ids(keys, "ec-2") == ["ec-2"]
    assert _ids(keys, "ec-1") == []


def test_tokens_with_made_up_keys_do_not_make_us_ask(
    issuer: Issuer, keys: IssuerKeys, seconds: _Seconds
) -> None:
    """Anybody could use the service to flood the issuer."""
    assert _ids(keys, "ec-1") == ["ec-1"]
    seconds.now += ASK_AGAIN_S
    for number in range(20):
        assert _ids(keys, f"made-up-{number}") == []
    assert len(issuer.asked) == 4


def test_a_key_taken_back_ends_when_keys_are_old(
    issuer: Issuer, keys: IssuerKeys, seconds: _Seconds
) -> None:
    """Whoever stole a key of the issuer could sign for ever."""
    assert _ids(keys, "ec-1") == ["ec-1"]
    issuer.keys = [RSA_KEY]
    seconds.now += FRESH_S
    assert _ids(keys, "ec-1") == []


def test_an_issuer_that_is_away_keeps_its_keys_for_a_day(
    issuer: Issuer, keys: IssuerKeys, seconds: _Seconds
) -> None:
    """People would be locked out with the issuer, or never again after a key was taken back."""
    assert _ids(keys, "ec-1") == ["ec-1"]
    issuer.is_away = True
    seconds.now += KEPT_S
    assert _ids(keys, "ec-1") == ["ec-1"]
    seconds.now += 1
    with pytest.raises(AuthorityUnavailable, match="not known"):
        keys.matching("ec-1", "ES256")
    issuer.is_away = False
    seconds.now += ASK_AGAIN_S
    assert _ids(keys, "ec-1") == ["ec-1"]


def test_an_issuer_that_was_never_there_is_asked_again_later(
    issuer: Issuer, keys: IssuerKeys, seconds: _Seconds
) -> None:
    """Every request would wait for an issuer that does not answer, or none ever get in."""
    issuer.is_away = True
    for _ in range(3):
        with pytest.raises(AuthorityUnavailable):
            keys.matching("ec-1", "ES256")
    assert len(issuer.asked) == 1
    issuer.is_away = False
    seconds.now += ASK_AGAIN_S
    assert _ids(keys, "ec-1") == ["ec-1"]


def test_a_document_about_another_issuer_is_refused(issuer: Issuer, keys: IssuerKeys) -> None:
    """An issuer that serves many could pass the keys of one of them off as those of another."""
    issuer.claimed = "https://other.example"
    with pytest.raises(AuthorityUnavailable, match=r"other\.example"):
        keys.matching("ec-1", "ES256")


def test_keys_are_not_taken_in_clear(issuer: Issuer, keys: IssuerKeys) -> None:
    """Whoever stands between could put their own key in."""
    issuer.keys_url = "http://keys.example/keys"
    with pytest.raises(AuthorityUnavailable, match="https"):
        keys.matching("ec-1", "ES256")
    with pytest.raises(BadRequest, match="https"):
        IssuerKeys("http://issuer.example", get(), fresh_s=FRESH_S)


def test_keys_that_are_no_public_keys_for_signatures_are_passed_over(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    """A shared, weak or unknown key would be taken, or keep the others from being known."""
    shared = SHARED_KEY.as_dict(private=True)
    encrypting = {**OTHER_EC_KEY.as_dict(private=False), "use": "enc"}
    weak = {**RSA_KEY.as_dict(private=False), "kid": "weak", "n": "w" * 171}
    issuer.extra_keys = [shared, encrypting, weak, {"kty": "PQ", "kid": "pq"}, {"kty": "EC"}, {}]
    assert _ids(keys, None) == ["ec-1", "rsa-1"]
    assert keys.matching("shared", "HS256") == []


def test_a_key_that_names_its_algorithm_is_used_for_no_other(
    issuer: Issuer, keys: IssuerKeys
) -> None:
    """A key could be used in a way that its owner never meant."""
    issuer.keys = []
    issuer.extra_keys = [{**EC_KEY.as_dict(private=False), "alg": "ES256"}]
    assert _ids(keys, "ec-1", "ES256") == ["ec-1"]
    assert _ids(keys, "ec-1", "ES384") == []


@pytest.mark.parametrize("body", [b"[]", b"{", b"[" * 10_000, b"\xff"])
def test_a_document_that_is_none_is_no_fault_of_ours(body: bytes) -> None:
    """A broken issuer would look like a broken service."""
    keys = IssuerKeys(
        "https://issuer.example",
        lambda _url: HttpAnswer(200, "application/json", body),
        fresh_s=FRESH_S,
    )
    with pytest.raises(AuthorityUnavailable, match="JSON"):
        keys.matching("k", "ES256")


@pytest.mark.parametrize("place", ["http://login.example/token", "file:///etc/passwd", "", None])
def test_an_endpoint_that_others_can_read_is_not_asked(
    issuer: Issuer, keys: IssuerKeys, place: str | None
) -> None:
    """Whoever stands between could take the codes of logins, or the secret of the page."""
    issuer.about = {"token_endpoint": place}
    with pytest.raises(AuthorityUnavailable, match="token_endpoint"):
        keys.endpoint("token_endpoint")
    issuer.about = {"token_endpoint": "https://login.example/token"}
    fresh = IssuerKeys(issuer.url, get(), fresh_s=FRESH_S)
    assert fresh.endpoint("token_endpoint") == "https://login.example/token"
    assert not fresh.names_itself
