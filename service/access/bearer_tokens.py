"""Who a bearer token says that somebody is, once its signature and its claims hold.

The library's `jwt.decode` checks the signature and nothing else, and a claim that is absent passes
unless it is essential: both are done here. Algorithms are pinned by the settings, never taken from
the token; shared keys (HMAC) and `none` are in no list. Nothing that a token points to (`jku`,
`x5u`, `jwk`) is followed.

Source: RFC 8725 (best practices: §3.1 algorithms, §3.8 issuer, §3.9 audience, §3.11 type);
RFC 9068 §4 (access tokens as JWT); RFC 7519 §4.1 (claims).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from ledger.api_key import PROGRAM_PREFIX
from ledger.errors import BadRequest, NotAuthenticated
from ledger.identifiers import CitizenNumberRefused
from ledger.personal import normalised_identity
from ledger.serve_settings import ServeSettings
from ledger.units import Clock
from service.access.issuer_keys import IssuerKeys, PublicKey

ALGORITHMS: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
     "Ed25519"}
)  # fmt: skip
"""With which a token may be signed at all: the issuer alone has the key that signs."""

MOST_CHARACTERS: Final = 16_384
MOST_HEADER_BYTES: Final = 4_096
ID_TOKEN_TYPES: Final = frozenset({"", "jwt", "application/jwt"})
"""What an ID token may say that it is, in lower case."""
_TYPES: Final = ID_TOKEN_TYPES | {"at+jwt", "application/at+jwt"}
_NAME: Final = re.compile(r"\S(.{0,318}\S)?")
_OLD: Final = "expected a bearer token in force, found one whose time is over"
_MOST_KEYS_TRIED: Final = 4
"""Where a token names no key."""


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say."""

    issuer: str
    audience: str
    identity_claim: str
    algorithms: tuple[str, ...]
    leeway_s: int
    types: frozenset[str] = _TYPES
    """What it may say that it is, in lower case."""


def token_rules(settings: ServeSettings) -> TokenRules | None:
    """The rules that the settings give; `None`: no tokens are taken.

    Raises:
        BadRequest: an issuer without an audience, or an algorithm that is not taken.
    """
    if settings.oidc_issuer is None:
        return None
    if settings.oidc_audience is None:
        raise BadRequest("oidc_audience: expected one beside oidc_issuer, found none")
    unknown = [each for each in settings.oidc_algorithms if each not in ALGORITHMS]
    if unknown or not settings.oidc_algorithms:
        raise BadRequest(
            f"oidc_algorithms: expected some of {', '.join(sorted(ALGORITHMS))}, "
            f"found {', '.join(unknown) or 'none'}"
        )
    return TokenRules(
        settings.oidc_issuer,
        settings.oidc_audience,
        settings.oidc_identity_claim,
        settings.oidc_algorithms,
        settings.oidc_leeway_s,
    )


class BearerTokens:
    """Reads tokens of one issuer."""

    def __init__(self, rules: TokenRules, keys: IssuerKeys, clock: Clock) -> None:
        """Reads nothing yet."""
        self._rules = rules
        self._keys = keys
        self._clock = clock
        self._registry = JWSRegistry(algorithms=rules.algorithms, strict_check_header=False)
        self._registry.max_header_length = MOST_HEADER_BYTES

    def identity(self, token: str) -> str:
        """Whom a token names: `person:…`.

        Raises:
            NotAuthenticated: it does not hold; the message says no more than whoever has it knows.
            AuthorityUnavailable: the keys of the issuer are not known, and it gives none.
        """
        return self.named(self.claims(token))

    def claims(self, token: str) -> Mapping[str, Any]:
        """What a token says, which is signed and in force.

        Raises:
            NotAuthenticated: it does not hold.
            AuthorityUnavailable: the keys of the issuer are not known, and it gives none.
        """
        if len(token) > MOST_CHARACTERS:
            raise refused("malformed")
        try:
            header = jws.extract_compact(token.encode(), registry=self._registry).headers()
        except _UNREADABLE as error:
            raise refused("malformed") from error
        algorithm, key_id = header.get("alg"), header.get("kid")
        if algorithm not in self._rules.algorithms:
            raise refused("algorithm")
        if str(header.get("typ") or "").lower() not in self._rules.types:
            raise refused("type")
        keys = self._keys.matching(key_id, algorithm)[:_MOST_KEYS_TRIED]
        claims = self._signed_claims(token, keys)
        self._check(claims)
        return claims

    def _signed_claims(self, token: str, keys: Sequence[PublicKey]) -> Mapping[str, Any]:
        if not keys:
            raise refused("unknown-key")
        for key in keys:
            try:
                return jwt.decode(token, key, self._rules.algorithms, self._registry).claims
            except _UNREADABLE:
                continue
        raise refused("signature")

    def _check(self, claims: Mapping[str, Any]) -> None:
        rules = self._rules
        registry = JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=rules.leeway_s,
            iss={"essential": True, "value": rules.issuer},
            aud={"essential": True, "value": rules.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        try:
            registry.validate(dict(claims))
        except ExpiredTokenError as error:
            raise refused(
                "expired", "expected a bearer token in force, found an old one"
            ) from error
        except JoseError as error:
            raise refused("claims") from error

    def named(self, claims: Mapping[str, Any]) -> str:
        """Whom claims name: `person:…`.

        Raises:
            NotAuthenticated: they name nobody, or a program.
        """
        name = claims.get(self._rules.identity_claim)
        is_own = self._rules.identity_claim != "email" or claims.get("email_verified") is True
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not is_own:
            raise refused("no-identity")
        try:
            identity = normalised_identity(f"person:{name}")
        except CitizenNumberRefused as error:
            raise refused("no-identity") from error
        if identity.removeprefix("person:").startswith(PROGRAM_PREFIX):
            raise refused("no-identity")  # else the issuer could name who has an API key
        return identity


_UNREADABLE: Final = (JoseError, ValueError, TypeError, RecursionError)
"""What the library raises of a text that is no token, or not one of ours."""


def refused(
    reason: str, message: str = "expected a bearer token of the issuer, found one that is not"
) -> NotAuthenticated:
    """A token that proves nobody."""
    return NotAuthenticated(message, reason=f"token-{reason}", method="single-sign-on")
