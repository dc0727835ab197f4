"""Which tokens prove somebody, and that no other one does."""

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import ECKey

from ledger.anchors.http_exchange import get
from ledger.errors import BadRequest, NotAuthenticated
from ledger.serve_settings import ServeSettings
from ledger.units import utc_now
from service.access.bearer_tokens import BearerTokens, TokenRules, token_rules
from service.access.issuer_keys import IssuerKeys
from tests.issuers import AUDIENCE, EC_KEY, OTHER_EC_KEY, RSA_KEY, SHARED_KEY, Issuer, issuing

LEEWAY_S = 30


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


def _reader(issuer: Issuer, **changed: Any) -> BearerTokens:  # noqa: ANN401 - fields of the rules
    settings = ServeSettings(
        oidc_issuer=issuer.url, oidc_audience=AUDIENCE, oidc_leeway_s=LEEWAY_S, **changed
    )
    rules = token_rules(settings)
    assert rules is not None
    return BearerTokens(rules, IssuerKeys(issuer.url, get(), fresh_s=60), utc_now)


def _refused(issuer: Issuer, token: str, **changed: Any) -> str:  # noqa: ANN401 - likewise
    with pytest.raises(NotAuthenticated) as caught:
        _reader(issuer, **changed).identity(token)
    assert caught.value.method == "single-sign-on"
    assert "person:" not in str(caught.value)
    return caught.value.reason


def test_a_token_of_the_issuer_names_somebody(issuer: Issuer) -> None:
    """Nobody could log in."""
    reader = _reader(issuer)
    assert reader.identity(issuer.token()) == "person:j.jansen"
    assert reader.identity(issuer.token(key=RSA_KEY, algorithm="RS256")) == "person:j.jansen"
    assert reader.identity(issuer.token(key=RSA_KEY, algorithm="PS256")) == "person:j.jansen"
    assert reader.identity(issuer.token({"aud": ["other", AUDIENCE]})) == "person:j.jansen"
    assert reader.identity(issuer.token(header={"typ": "at+jwt"})) == "person:j.jansen"


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "sub"])
def test_a_claim_that_is_absent_does_not_pass(issuer: Issuer, claim: str) -> None:
    """A token without an end, or for nobody in particular, would open the log for ever."""
    assert _refused(issuer, issuer.token(without=claim)) == "token-claims"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": []},
        {"aud": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"nbf": time.time() + 3600},
        {"iat": time.time() + 3600},
        {"sub": 7},
    ],
)
def test_a_token_for_others_or_for_later_is_refused(
    issuer: Issuer, claims: dict[str, object]
) -> None:
    """A token that was made for another service could be used here."""
    assert _refused(issuer, issuer.token(claims)) == "token-claims"


def test_a_token_ends_but_for_the_difference_of_clocks(issuer: Issuer) -> None:
    """Tokens would end too early, or stay good after their time."""
    now = int(time.time())
    reader = _reader(issuer)
    assert reader.identity(issuer.token({"exp": now - LEEWAY_S + 10})) == "person:j.jansen"
    assert _refused(issuer, issuer.token({"exp": now - LEEWAY_S - 1})) == "token-expired"


def test_a_signature_of_another_key_is_refused(issuer: Issuer) -> None:
    """Anybody could make tokens."""
    assert _refused(issuer, issuer.token(key=OTHER_EC_KEY)) == "token-unknown-key"
    forged = issuer.token(key=OTHER_EC_KEY, header={"kid": "ec-1"})
    assert _refused(issuer, forged) == "token-signature"
    head, _, signature = issuer.token().split(".")
    claims = json.dumps({"iss": issuer.url, "aud": AUDIENCE, "sub": "admin", "exp": 2**40})
    altered = base64.urlsafe_b64encode(claims.encode()).rstrip(b"=").decode()
    assert _refused(issuer, f"{head}.{altered}.{signature}") == "token-signature"


def test_the_token_does_not_choose_the_algorithm(issuer: Issuer) -> None:
    """A token signed with the public key as a shared secret, or not at all, would be taken."""
    assert _refused(issuer, issuer.token(key=SHARED_KEY, algorithm="HS256")) == "token-algorithm"
    assert _refused(issuer, issuer.token(key=RSA_KEY, algorithm="RS384")) == "token-algorithm"
    _, claims, _ = issuer.token().split(".")
    for head in ({"alg": "none"}, {"alg": None}, {"alg": 7}, {"alg": "ES256 "}):
        encoded = base64.urlsafe_b64encode(json.dumps(head).encode()).rstrip(b"=").decode()
        assert _refused(issuer, f"{encoded}.{claims}.") in {"token-algorithm", "token-malformed"}


def test_a_key_that_the_token_brings_along_is_not_used(issuer: Issuer) -> None:
    """Anybody could make tokens and put the key beside them."""
    own = ECKey.generate_key("P-256")
    forged = issuer.token(key=own, header={"jwk": own.as_dict(private=False)})
    assert _refused(issuer, forged) == "token-signature"
    pointed = issuer.token(key=own, header={"jku": f"{issuer.url}/elsewhere"})
    assert _refused(issuer, pointed) == "token-signature"
    assert "/elsewhere" not in issuer.asked


def test_a_token_of_another_type_is_refused(issuer: Issuer) -> None:
    """A token that tells of a logout would log somebody in."""
    assert _refused(issuer, issuer.token(header={"typ": "logout+jwt"})) == "token-type"


def test_what_must_be_understood_and_is_not_is_refused(issuer: Issuer) -> None:
    """A condition that the issuer puts on a token would be passed over."""
    assert _reader(issuer).identity(issuer.token(header={"urgent": 1})) == "person:j.jansen"
    conditional = issuer.token(header={"crit": ["urgent"], "urgent": 1})
    assert _refused(issuer, conditional) in {"token-malformed", "token-signature"}


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "x" * 20_000, "é.é.é", "e30.e30.e30",
     base64.urlsafe_b64encode(b"[" * 3_000).decode().rstrip("=") + ".e30.e30"],
)  # fmt: skip
def test_what_is_no_token_is_no_fault_of_ours(issuer: Issuer, token: str) -> None:
    """Rubbish would be answered as a fault of the service, and wake somebody up."""
    assert _refused(issuer, token) == "token-malformed"
    assert issuer.asked == []


def test_the_claim_that_names_somebody_is_chosen(issuer: Issuer) -> None:
    """Roles that were given by e-mail address would not be found."""
    token = issuer.token({"email": "J.Jansen@example.nl", "email_verified": True})
    reader = _reader(issuer, oidc_identity_claim="email")
    assert reader.identity(token) == "person:j.jansen@example.nl"


@pytest.mark.parametrize("claims", [{}, {"email_verified": False}, {"email_verified": "true"}])
def test_an_address_that_nobody_verified_is_nobody(
    issuer: Issuer, claims: dict[str, object]
) -> None:
    """Somebody could type the address of another one at the issuer, and have their roles."""
    token = issuer.token({"email": "boss@example.nl", **claims})
    assert _refused(issuer, token, oidc_identity_claim="email") == "token-no-identity"


@pytest.mark.parametrize(
    "name", ["", " ", "a\nb", " a", "x" * 400, "api-key:dashboard", "API-Key:dashboard",
             "123456782", None, 7, ["a"]],
)  # fmt: skip
def test_a_name_that_is_none_or_that_of_a_program_is_nobody(issuer: Issuer, name: object) -> None:
    """An account could be called like an API key and have its roles, or like a citizen number."""
    token = issuer.token({"nick": name})
    assert _refused(issuer, token, oidc_identity_claim="nick") == "token-no-identity"


def test_an_issuer_needs_an_audience() -> None:
    """Tokens that the issuer made for any other service would be taken."""
    with pytest.raises(BadRequest, match="oidc_audience"):
        token_rules(ServeSettings(oidc_issuer="https://issuer.example"))
    assert token_rules(ServeSettings()) is None


@pytest.mark.parametrize("algorithms", [(), ("HS256",), ("none",), ("ES256", "RS1")])
def test_algorithms_that_prove_nothing_cannot_be_set(algorithms: tuple[str, ...]) -> None:
    """One line of settings would let anybody make tokens."""
    with pytest.raises(BadRequest, match="oidc_algorithms"):
        token_rules(
            ServeSettings(
                oidc_issuer="https://issuer.example",
                oidc_audience=AUDIENCE,
                oidc_algorithms=algorithms,
            )
        )


def test_a_token_without_the_id_of_a_key_is_tried_with_all(issuer: Issuer) -> None:
    """An issuer that names no keys in its tokens could not be used."""
    nameless = ECKey.import_key(EC_KEY.as_dict(private=True) | {"kid": ""})
    token = issuer.token(key=nameless, header={})
    assert "kid" not in json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    rules = TokenRules(issuer.url, AUDIENCE, "sub", ("RS256", "ES256"), LEEWAY_S)
    reader = BearerTokens(rules, IssuerKeys(issuer.url, get(), fresh_s=60), utc_now)
    assert reader.identity(token) == "person:j.jansen"
