"""An issuer where people log in: it checks what it is sent as RFC 6749 and RFC 7636 ask for."""

import json
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, unquote_plus, urlencode, urlsplit

from tests.issuers import Issuer
from tests.loopback_server import Answer, Request, serving

CLIENT: Final = "zegel-page"
SECRET: Final = "a secret: 100% & more"  # its characters must survive the header
_AUTHORISE: Final = "/authorise"
_TOKEN: Final = "/token"


@dataclass
class LoginIssuer(Issuer):
    """One issuer that runs, and lets somebody in without asking."""

    secret: str | None = SECRET
    """That of the client; `None`: a client without one."""
    person: str = "j.jansen"
    says: dict[str, Any] = field(default_factory=dict)
    """Claims of its ID tokens that differ."""
    token_header: dict[str, Any] = field(default_factory=dict)
    token_status: int = 200
    names_itself: bool = False
    answer: dict[str, str] = field(default_factory=dict)
    """Parameters with which it leads back that differ."""
    sent: list[dict[str, str]] = field(default_factory=list)
    """With what browsers came."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def respond(self, request: Request) -> Answer:
        """What it answers."""
        path = urlsplit(request.path).path
        if path == _AUTHORISE:
            return self._led_back(dict(parse_qsl(urlsplit(request.path).query)))
        if path == _TOKEN:
            self.asked.append(request.path)
            return self._token(request)
        self.about = {
            "authorization_endpoint": f"{self.url}{_AUTHORISE}?tenant=7",
            "token_endpoint": self.url + _TOKEN,
            "authorization_response_iss_parameter_supported": self.names_itself,
        }
        return super().respond(request)

    def _led_back(self, asked: dict[str, str]) -> Answer:
        self.sent.append(asked)
        assert asked["tenant"] == "7"
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        given = {"code": code, "state": asked["state"], **self.answer}
        if self.names_itself:
            given.setdefault("iss", self.url)
        return Answer(302, headers={"Location": f"{asked['redirect_uri']}?{urlencode(given)}"})

    def _token(self, request: Request) -> Answer:
        if self.token_status != 200:
            return Answer(self.token_status, b"{}", "application/json")
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if not self._is_client(request, form):
            return Answer(401, b'{"error": "invalid_client"}', "application/json")
        asked = self.codes.pop(form["code"], None)  # each works once
        verifier = form.get("code_verifier", "").encode()
        challenge = urlsafe_b64encode(sha256(verifier).digest()).decode().rstrip("=")
        if (
            asked is None
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != asked["redirect_uri"]
            or challenge != asked["code_challenge"]
        ):
            return Answer(400, b'{"error": "invalid_grant"}', "application/json")
        claims: Mapping[str, Any] = {
            "aud": CLIENT,
            "sub": self.person,
            "nonce": asked["nonce"],
            **self.says,
        }
        told = {
            "access_token": secrets.token_urlsafe(),
            "token_type": "Bearer",
            "id_token": self.token(
                {name: value for name, value in claims.items() if value is not None},
                header=self.token_header,
            ),
        }
        return Answer(200, json.dumps(told).encode(), "application/json")

    def _is_client(self, request: Request, form: Mapping[str, str]) -> bool:
        proof = request.headers.get("Authorization")
        if self.secret is None:
            return proof is None and form["client_id"] == CLIENT
        if proof is None or not proof.startswith("Basic "):
            return False
        name, _, secret = b64decode(proof.removeprefix("Basic ")).decode().partition(":")
        return (unquote_plus(name), unquote_plus(secret)) == (CLIENT, self.secret)


@contextmanager
def issuing_logins() -> Iterator[LoginIssuer]:
    """An issuer that runs until the block ends."""
    issuer = LoginIssuer()
    with serving(issuer.respond) as url:
        issuer.url = url
        yield issuer
