"""Our disclosures in the hands of an implementation of RFC 9901 that is not ours.

The body of a sealed record is signed as the payload of an SD-JWT with a throw-away key; what that
library makes of body and disclosures must be the event.
"""

import json
from typing import Any, Final

import pytest
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]  # it brings no types
from jwcrypto.jws import JWS  # type: ignore[import-untyped]  # likewise
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]  # likewise

from ledger.disclosure import encode_disclosure
from ledger.record import decode_record
from tests.vectors.records import chain, disclosures

KEY: Final = JWK.generate(kty="EC", crv="P-256")
RECORD: Final = decode_record(chain(5)[4])


def _verified(texts: list[bytes]) -> dict[str, Any]:
    jws = JWS(RECORD.body)
    jws.add_signature(KEY, alg="ES256", protected=json.dumps({"alg": "ES256", "typ": "dc+sd-jwt"}))
    parts = [jws.serialize(compact=True), *(text.decode() for text in texts), ""]
    verifier = SDJWTVerifier("~".join(parts), lambda _issuer, _header: KEY)
    found: dict[str, Any] = verifier.get_verified_payload()
    return found


def test_their_verifier_opens_our_disclosures() -> None:
    """An auditor with a tool of their own could not read what we opened."""
    opened = _verified(disclosures(4))
    assert opened["actor"] == "person:clerk4@example.org"
    assert opened["note"] == "Möbius \N{EM DASH} “quoted”"
    assert opened["resource"] == "customer-file"
    assert "_sd" not in opened


def test_their_verifier_keeps_closed_what_we_do_not_grant() -> None:
    """Their reading of the digests would differ from ours."""
    opened = _verified(disclosures(4)[:1])
    assert "actor" in opened
    assert "note" not in opened


@pytest.mark.parametrize(
    "text", [disclosures(3)[0], encode_disclosure(bytes(16), "actor", "person:other@example.org")]
)
def test_their_verifier_shows_nothing_of_a_foreign_disclosure(text: bytes) -> None:
    """They would take a value for sealed that we would refuse."""
    try:
        opened = _verified([text])
    except ValueError:
        return
    assert "actor" not in opened
