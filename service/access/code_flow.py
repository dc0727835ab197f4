"""Sends people to the issuer to log in, and takes their word from it when they come back.

The way: the browser is led to the issuer with a challenge; it comes back with a code; the service
gives the code and the secret behind the challenge to the issuer, over a connection of its own, and
gets an ID token. The state ties the answer to the browser that was sent, the nonce ties the token
to that sending, and the challenge makes a code that somebody else caught worthless.

Source: OpenID Connect Core 1.0 §3.1 (code flow), §3.1.3.7 (what an ID token must say); RFC 7636
(PKCE, S256); RFC 9207 (the issuer names itself); RFC 9700 §2.1 (best practice); RFC 6749 §2.3.1
(how a client proves itself), §4.1.2.1, §5.2 (errors).
"""

import hmac
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

import msgspec

from ledger.anchors.http_exchange import Get, Limits, Post, get, post
from ledger.errors import AuthorityRefused, AuthorityUnavailable, BadRequest, NotAuthenticated
from ledger.private_files import read_private_file
from ledger.serve_settings import ServeSettings
from ledger.units import Clock
from service.access.bearer_tokens import ID_TOKEN_TYPES, BearerTokens, token_rules
from service.access.issuer_keys import IssuerKeys

RANDOM_BYTES: Final = 96
_THIRD: Final = RANDOM_BYTES // 3
_PATIENCE: Final = Limits(seconds=5.0)
_FORM: Final = "application/x-www-form-urlencoded"
_CODE: Final = re.compile(r"[\x20-\x7e]{1,2048}")
_ERROR_WORD: Final = re.compile(r"[a-z_]{1,60}")
_REFUSED_CLIENT: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class Attempt(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One sending to the issuer; the browser keeps it, sealed, until it comes back."""

    state: str
    nonce: str
    verifier: str
    """The secret behind the challenge."""
    back_to: str
    """The URL at the service that the issuer leads to."""
    wanted: str
    """The page of ours that somebody came for."""


@dataclass(frozen=True, slots=True)
class Client:
    """As whom the service asks."""

    client_id: str
    secret: str | None = field(repr=False)
    scopes: tuple[str, ...] = ("openid",)


def begin_attempt(back_to: str, wanted: str, random: bytes) -> Attempt:
    """A sending to the issuer.

    Args:
        back_to: The URL at the service that the issuer is to lead to, known to the issuer.
        wanted: The page of ours that somebody came for.
        random: 96 unpredictable bytes.
    """
    state, nonce, verifier = (
        _text_of(random[start : start + _THIRD]) for start in range(0, RANDOM_BYTES, _THIRD)
    )
    return Attempt(state, nonce, verifier, back_to, wanted)


def challenge_of(verifier: str) -> str:
    """What the issuer is told of a verifier: its SHA-256, in base64url without padding."""
    return _text_of(sha256(verifier.encode()).digest())


class CodeFlow:
    """Logins at one issuer; safe for many threads."""

    def __init__(self, client: Client, keys: IssuerKeys, tokens: BearerTokens, send: Post) -> None:
        """Asks nothing yet.

        Args:
            client: As whom.
            keys: Of the issuer, with what it says about itself.
            tokens: Reads its ID tokens.
            send: How the issuer is asked, as this client.
        """
        self._client = client
        self._keys = keys
        self._tokens = tokens
        self._send = send

    def address(self, attempt: Attempt) -> str:
        """The URL at the issuer that a browser is led to.

        Raises:
            AuthorityUnavailable: the issuer does not say where.
        """
        endpoint = self._keys.endpoint("authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": attempt.back_to,
            "scope": " ".join(self._client.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge_of(attempt.verifier),
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    def identity(self, attempt: Attempt, answer: Mapping[str, str]) -> str:
        """Who came back: `person:…`; blocking.

        Args:
            attempt: Which this browser was sent with.
            answer: The parameters with which it came back.

        Raises:
            NotAuthenticated: it is no answer to this sending, the issuer refused, or its token does
                not hold.
            AuthorityRefused: the issuer does not know this client or its secret.
            AuthorityUnavailable: the issuer gives no usable answer.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise refused("state")
        self._require_issuer(answer.get("iss"))
        if "error" in answer:
            word = answer["error"]
            told = word if _ERROR_WORD.fullmatch(word) else "error"
            raise refused(told.replace("_", "-"), f"the issuer refused the login: {told}")
        code = answer.get("code", "")
        if not _CODE.fullmatch(code):
            raise refused("no-code")
        return self._identity(self._id_token(attempt, code), attempt)

    def _require_issuer(self, named: str | None) -> None:
        """Passes if the answer comes from the issuer that was asked, as far as it says so."""
        if named is None and not self._keys.names_itself:
            return
        if named != self._keys.issuer:
            raise refused("issuer")

    def _id_token(self, attempt: Attempt, code: str) -> str:
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.back_to,
            "code_verifier": attempt.verifier,
        }
        if self._client.secret is None:
            asked["client_id"] = self._client.client_id
        url = self._keys.endpoint("token_endpoint")
        answer = self._send(url, _FORM, urlencode(asked).encode())
        if answer.status in _REFUSED_CLIENT:
            raise AuthorityRefused(
                f"{url}: expected the issuer to know oidc_client_id and its secret, found status "
                f"{answer.status}"
            )
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise refused("code")
        if answer.status != HTTPStatus.OK:
            raise AuthorityUnavailable(f"{url}: expected status 200, found {answer.status}")
        try:
            token = msgspec.json.decode(answer.body, type=dict[str, Any]).get("id_token")
        except (msgspec.DecodeError, RecursionError) as error:
            raise AuthorityUnavailable(f"{url}: expected a JSON object, found none") from error
        if not isinstance(token, str):
            raise AuthorityUnavailable(f"{url}: expected an id_token, found none")
        return token

    def _identity(self, token: str, attempt: Attempt) -> str:
        claims = self._tokens.claims(token)
        nonce = claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(
            nonce.encode(), attempt.nonce.encode()
        ):
            raise refused("nonce")
        if claims.get("azp", self._client.client_id) != self._client.client_id:
            raise refused("other-client")
        return self._tokens.named(claims)


def code_flow(
    settings: ServeSettings,
    home: Path,
    clock: Clock,
    *,
    ask: Get | None = None,
    send: Callable[[Mapping[str, str]], Post] | None = None,
) -> CodeFlow | None:
    """What sends people to the issuer of the settings; `None` where they name no client.

    Args:
        settings: With issuer and client.
        home: Where the file of the secret is looked for.
        clock: Whether a token is in force.
        ask: How the issuer is asked for its keys; over the network, unless a test says else.
        send: How it is asked for tokens, with headers that prove the client; likewise.

    Raises:
        BadRequest: the settings do not go together.
        StoreUnavailable: the secret cannot be read, or others can read it.
    """
    if settings.oidc_client_id is None:
        return None
    rules = token_rules(settings)
    if rules is None:
        raise BadRequest("oidc_issuer: expected one beside oidc_client_id, found none")
    if "openid" not in settings.oidc_scopes:
        raise BadRequest("oidc_scopes: expected openid among them, found others")
    secret = None
    if settings.oidc_client_secret_file is not None:
        path = home / settings.oidc_client_secret_file
        secret = read_private_file(path, "oidc_client_secret_file").decode().strip()
    client = Client(settings.oidc_client_id, secret, settings.oidc_scopes)
    keys = IssuerKeys(rules.issuer, ask or get(_PATIENCE), fresh_s=settings.oidc_keys_s)
    own = replace(rules, audience=client.client_id, types=ID_TOKEN_TYPES)
    sending = send or (lambda headers: post(_PATIENCE, headers))
    return CodeFlow(client, keys, BearerTokens(own, keys, clock), sending(_proof(client)))


def refused(
    reason: str, message: str = "expected an answer of the issuer to this login, found another"
) -> NotAuthenticated:
    """An answer that proves nobody."""
    return NotAuthenticated(message, reason=f"login-{reason}", method="single-sign-on")


def _proof(client: Client) -> dict[str, str]:
    """The headers by which a client proves itself, as every issuer takes them."""
    headers = {"Accept": "application/json"}
    if client.secret is not None:
        words = f"{quote_plus(client.client_id)}:{quote_plus(client.secret)}"
        headers["Authorization"] = f"Basic {b64encode(words.encode()).decode()}"
    return headers


def _text_of(random: bytes) -> str:
    return urlsafe_b64encode(random).decode().rstrip("=")
