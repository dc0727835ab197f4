"""Who sends a request: the program whose API key it shows, or the person whom a token names.

What they may do is read from the log each time, so it ends when its revocation is durable.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from ledger.anchors.http_exchange import Get, Limits, get
from ledger.api_key import ApiKey
from ledger.api_key_proof import KnownKeys, is_api_key
from ledger.errors import NotAuthenticated
from ledger.roles import held_service_roles
from ledger.serve_settings import ServeSettings
from service.access.bearer_tokens import BearerTokens, token_rules
from service.access.caller import Caller
from service.access.consulting import CASE_HEADER, named_case
from service.access.credentials import credential
from service.access.issuer_keys import IssuerKeys
from service.access.last_use import LastUse
from service.context import Authenticate

if TYPE_CHECKING:
    from ledger.ledger import Ledger

_PATIENCE: Final = Limits(seconds=5.0)


def authenticator(
    ledger: "Ledger", settings: ServeSettings, *, ask: Get | None = None
) -> Authenticate:
    """What tells who sent a request, from its headers; blocking.

    Args:
        ledger: Where keys and roles are.
        settings: Which issuer's tokens are taken; none, unless one is named.
        ask: How the issuer is asked for its keys; over the network, unless a test says else.

    Raises:
        BadRequest: the settings of the issuer do not go together.
    """
    rules = token_rules(settings)
    tokens = None
    if rules is not None:
        keys = IssuerKeys(rules.issuer, ask or get(_PATIENCE), fresh_s=settings.oidc_keys_s)
        tokens = BearerTokens(rules, keys, ledger.clock)
    known, used = KnownKeys(ledger), LastUse(ledger)

    def authenticate(headers: Mapping[str, str]) -> Caller:
        shown = credential(headers)
        case = named_case(headers.get(CASE_HEADER.lower()), CASE_HEADER)
        if is_api_key(shown):
            key = known.proven(shown)
            used.note(key)
            return _program(key, case)
        if tokens is None:
            raise NotAuthenticated(
                "expected an API key, found another credential", reason="not-a-key"
            )
        identity = tokens.identity(shown)
        return Caller(
            identity, is_program=False, roles=held_service_roles(ledger, identity), case=case
        )

    return authenticate


def _program(key: ApiKey, case: str | None) -> Caller:
    return Caller(key.identity, is_program=True, roles=key.roles, systems=key.systems, case=case)
