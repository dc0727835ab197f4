"""The public keys of an issuer of bearer tokens, kept as long as they may be.

The issuer is asked for its discovery document and key set when they are first needed, when they
are old, and when a token names a key that is not known yet; whatever tokens name, at most once in
`ASK_AGAIN_S`. While the issuer gives no answer, its last keys hold for a day, and no longer: a key
that it took back must not open the log for ever.

Source: OpenID Connect Discovery 1.0 §3 (metadata), §4 (how it is asked for), §4.3 (the issuer must
be the one asked); RFC 7517 §5 (keys that are not understood are passed over).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from threading import Lock
from typing import Any, Final

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from ledger.anchors.http_exchange import Get, require_url
from ledger.errors import AuthorityUnavailable, BadRequest

PublicKey = RSAKey | ECKey | OKPKey

DISCOVERY: Final = "/.well-known/openid-configuration"
ASK_AGAIN_S: Final = 30.0
KEPT_S: Final = 86_400.0
MOST_KEYS: Final = 100
_LONG: Final = "A" * 342
"""As long as the modulus of an RSA key of 2,048 bits is in base64url; shorter keys are weak."""
_FOUND: Final = 200

Seconds = Callable[[], float]
"""A clock that only goes forward."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    about: Mapping[str, Any]
    """Its discovery document."""
    keys: Sequence[PublicKey]
    at_s: float


class IssuerKeys:
    """The keys of one issuer; safe for many threads."""

    def __init__(
        self, issuer: str, ask: Get, *, fresh_s: float, seconds: Seconds = time.monotonic
    ) -> None:
        """Asks nothing yet.

        Args:
            issuer: Its URL, exactly as its tokens name it.
            ask: How it is asked.
            fresh_s: After how long its keys are fetched again.
            seconds: The time.

        Raises:
            BadRequest: the URL is none, or is not https, beyond this machine.
        """
        _require_private(issuer)
        self._issuer = issuer
        self._ask = ask
        self._fresh_s = fresh_s
        self._seconds = seconds
        self._fetched: _Fetched | None = None
        self._asked_s: float | None = None
        self._one_asks = Lock()

    def matching(self, key_id: str | None, algorithm: str) -> Sequence[PublicKey]:
        """The keys that may have signed a token: by their id, or all where it names none.

        Raises:
            AuthorityUnavailable: no keys are known and the issuer gives none.
        """
        found = self._current()
        chosen = _chosen(found.keys, key_id, algorithm)
        if chosen:
            return chosen
        return _chosen(self._newer_than(found).keys, key_id, algorithm)

    @property
    def issuer(self) -> str:
        """Whose keys they are."""
        return self._issuer

    def endpoint(self, name: str) -> str:
        """Where the issuer says that it takes requests of one sort: `token_endpoint`.

        Raises:
            AuthorityUnavailable: it gives no answer, or no such place that nobody else reads.
        """
        found = self._current().about.get(name)
        address = found if isinstance(found, str) else ""
        try:
            _require_private(address)
        except BadRequest as error:
            raise AuthorityUnavailable(f"{self._issuer}: {name}: {error}") from error
        return address

    @property
    def names_itself(self) -> bool:
        """Whether it says in each answer to a login who it is (RFC 9207 §3).

        Raises:
            AuthorityUnavailable: it gives no answer.
        """
        return self._current().about.get("authorization_response_iss_parameter_supported") is True

    def _current(self) -> _Fetched:
        found = self._fetched
        if found is not None and self._seconds() - found.at_s < self._fresh_s:
            return found
        return self._newer_than(found)

    def _newer_than(self, known: _Fetched | None) -> _Fetched:
        """What the issuer says now, unless it was asked a moment ago; else what is known."""
        with self._one_asks:
            if self._fetched is not known and self._fetched is not None:
                return self._fetched  # another thread asked meanwhile
            now_s = self._seconds()
            if self._asked_s is None or now_s - self._asked_s >= ASK_AGAIN_S:
                self._asked_s = now_s
                try:
                    self._fetched = _Fetched(*self._fetch(), now_s)
                except AuthorityUnavailable:
                    if known is None:
                        raise
            if self._fetched is None or now_s - self._fetched.at_s > KEPT_S:
                raise AuthorityUnavailable(f"{self._issuer}: its keys are not known; try later")
            return self._fetched

    def _fetch(self) -> tuple[Mapping[str, Any], Sequence[PublicKey]]:
        discovered = self._document(self._issuer.rstrip("/") + DISCOVERY)
        if discovered.get("issuer") != self._issuer:
            raise AuthorityUnavailable(
                f"{self._issuer}: expected a document about itself, found that of "
                f"{ascii(discovered.get('issuer'))[:200]}"
            )
        address = discovered.get("jwks_uri")
        try:
            _require_private(address if isinstance(address, str) else "")
        except BadRequest as error:
            raise AuthorityUnavailable(f"{self._issuer}: jwks_uri: {error}") from error
        found = self._document(str(address)).get("keys")
        keys = [
            key
            for each in (found if isinstance(found, list) else [])[:MOST_KEYS]
            if isinstance(each, dict) and (key := _public_key(each)) is not None
        ]
        if not keys:
            raise AuthorityUnavailable(f"{address}: expected a public key, found none")
        return discovered, keys

    def _document(self, url: str) -> dict[str, Any]:
        answer = self._ask(url)
        if answer.status != _FOUND:
            raise AuthorityUnavailable(f"{url}: expected status 200, found {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=dict[str, Any])
        except (msgspec.DecodeError, RecursionError) as error:
            raise AuthorityUnavailable(f"{url}: expected a JSON object, found none") from error


def _chosen(keys: Sequence[PublicKey], key_id: str | None, algorithm: str) -> Sequence[PublicKey]:
    return [
        key
        for key in keys
        if (key_id is None or key.kid == key_id) and key.get("alg") in {None, algorithm}
    ]


def _public_key(document: dict[str, Any]) -> PublicKey | None:
    """A key that can have signed a token; `None` for another one, which others may understand."""
    if document.get("use", "sig") != "sig" or len(str(document.get("n", _LONG))) < len(_LONG):
        return None
    try:
        key = JWKRegistry.import_key(document)
    except (JoseError, ValueError, TypeError):
        return None
    match key:
        case RSAKey() | ECKey() | OKPKey():
            return key
        case _:  # a shared key in a public document is a mistake of the issuer
            return None


def _require_private(url: str) -> None:
    """Passes if nobody between can change what is asked: https, or http on this machine.

    Raises:
        BadRequest: it is neither.
    """
    parts = require_url(url)
    if parts.scheme != "https" and not _is_loopback(parts.hostname or ""):
        raise BadRequest(f"issuer: expected https, found {ascii(url)[:200]}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
