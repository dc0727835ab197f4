"""An issuer of bearer tokens on loopback: discovery document, key set, and tokens signed by it."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OctKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from tests.loopback_server import Answer, Request, serving

AUDIENCE: Final = "zegel"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_KEYS: Final = "/keys"

EC_KEY: Final = ECKey.generate_key("P-256", {"kid": "ec-1", "use": "sig"})
OTHER_EC_KEY: Final = ECKey.generate_key("P-256", {"kid": "ec-2", "use": "sig"})
RSA_KEY: Final = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"})
SHARED_KEY: Final = OctKey.generate_key(256, {"kid": "shared"})


@dataclass
class Issuer:
    """One issuer that runs."""

    url: str = ""
    keys: list[Key] = field(default_factory=lambda: [EC_KEY, RSA_KEY])
    """Those that its key set shows now."""
    extra_keys: list[dict[str, Any]] = field(default_factory=list)
    """Documents of keys beside them, as they stand in the set."""
    claimed: str | None = None
    """What its discovery document says that it is, where that is not the truth."""
    keys_url: str | None = None
    """Where its discovery document says that the keys are, where that is another place."""
    about: dict[str, Any] = field(default_factory=dict)
    """What its discovery document says beside that."""
    is_away: bool = False
    asked: list[str] = field(default_factory=list)
    """Paths, in the order of the requests."""

    def token(
        self,
        claims: Mapping[str, Any] | None = None,
        *,
        key: Key = EC_KEY,
        algorithm: str = "ES256",
        header: Mapping[str, Any] | None = None,
        without: str = "",
    ) -> str:
        """A token as it makes them for j.jansen, with other claims where these say so."""
        now = int(time.time())
        said = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "j.jansen",
            "iat": now,
            "exp": now + 300,
            **(claims or {}),
        }
        said.pop(without, None)
        named = {"kid": key.kid} if key.kid else {}
        registry = JWSRegistry(
            {"urgent": HeaderParameter("A condition of its own", "int")},
            [algorithm],
            strict_check_header=False,
        )
        return jwt.encode(
            {"alg": algorithm, **named, **(header or {})}, said, key, registry=registry
        )

    def respond(self, request: Request) -> Answer:
        """What it answers."""
        self.asked.append(request.path)
        if self.is_away:
            return Answer(503)
        if request.path == _DISCOVERY:
            document: dict[str, Any] = {
                "issuer": self.claimed or self.url,
                "jwks_uri": self.keys_url or self.url + _KEYS,
                **self.about,
            }
        elif request.path == _KEYS:
            shown = [key.as_dict(private=False) for key in self.keys]
            document = {"keys": [*shown, *self.extra_keys]}
        else:
            return Answer(404)
        return Answer(200, json.dumps(document).encode(), "application/json")


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer that runs until the block ends."""
    issuer = Issuer()
    with serving(issuer.respond) as url:
        issuer.url = url
        yield issuer
