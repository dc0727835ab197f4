"""Time-stamp tokens: what is stamped, the request, and what a kept response proves.

The token covers the checkpoint's text and the log's own signatures, so that whoever steals the
signing key later cannot make an older checkpoint. The whole response is kept as it came: it can be
verified again at any time, by `openssl ts -verify` too.

Source: RFC 3161, RFC 5816.
"""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerifierBuilder,
    decode_timestamp_response,
)
from rfc3161_client import VerificationError as TokenRefused
from rfc3161_client.tsp import TimeStampTokenInfo

from ledger.anchors.token_structure import UNREADABLE, take_apart, timestamp_invalid
from ledger.errors import BadRequest, StoreUnavailable
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.signed_note import encode_note

_SHA256: Final = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_ONLY_USAGE: Final = [ExtendedKeyUsageOID.TIME_STAMPING]


@dataclass(frozen=True, slots=True)
class TimestampTrust:
    """What a verifier trusts about one authority; never taken from a token."""

    certificates: tuple[x509.Certificate, ...]
    """Roots (self-signed), and intermediates that tokens do not carry."""
    policies: tuple[str, ...] = ()
    """Dotted object identifiers of accepted policies; none: every policy."""


@dataclass(frozen=True, slots=True)
class TimestampRequest:
    """A query and what its answer must repeat."""

    body: bytes
    """DER of a TimeStampReq: SHA-256, a random nonce, certificates wanted."""
    nonce: int


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """What a verified token says."""

    stamped_at: datetime
    """By the authority's clock; aware, UTC."""
    policy: str
    """The dotted object identifier under which it was issued."""
    serial: int
    """Unique for the authority."""


def stamped_bytes(checkpoint: VerifiedCheckpoint) -> bytes:
    """What a token of this checkpoint covers: text, empty line, every line under the log's name.

    Cosignatures are left out: they come later and would change what was stamped.
    """
    own = [
        (line.name, line.key_id)
        for line in checkpoint.note.signatures
        if line.name == checkpoint.origin
    ]
    return encode_note(checkpoint.note.signed_by(own))


def time_stamp_request(message: bytes) -> TimestampRequest:
    """A query for a token over the message.

    Source: RFC 3161 §2.4.1.
    """
    made = (
        TimestampRequestBuilder()
        .data(message)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    nonce = made.nonce
    if nonce is None:
        raise BadRequest("time-stamp request: expected a nonce, found none")
    return TimestampRequest(made.as_bytes(), nonce)


def verify_time_stamp(
    response: bytes, message: bytes, trust: TimestampTrust, *, nonce: int | None = None
) -> TimeStamp:
    """What the token in a response says, if it holds for this message.

    The chain is checked at the token's own time: certificates may have ended since.

    Args:
        response: DER of a TimeStampResp, from anywhere.
        message: The bytes that were to be stamped.
        trust: Roots and policies of the caller.
        nonce: What the request held; `None` for a kept response, whose request is gone.

    Raises:
        VerificationError: status, imprint, nonce, signature, ESS identifier, key usage, chain or
            policy is wrong, or it is no response at all (TIMESTAMP_INVALID).

    Source: RFC 3161 §2.2 and §2.3; RFC 5816 §2.2.1.
    """
    with warnings.catch_warnings():
        # Of certificates that bend a rule which does not matter here; they would go to stderr.
        warnings.simplefilter("ignore", UserWarning)
        parts = take_apart(response)
        _require_usage(parts.signer)
        info = _verified_info(parts.ordered, message, trust, nonce)
    imprint = info.message_imprint
    if imprint.hash_algorithm != _SHA256 or imprint.message != hashlib.sha256(message).digest():
        raise timestamp_invalid("expected the SHA-256 of our bytes, found another imprint")
    policy = info.policy.dotted_string
    if trust.policies and policy not in trust.policies:
        raise timestamp_invalid(f"expected a policy of {trust.policies}, found {policy}")
    return TimeStamp(info.gen_time.astimezone(UTC), policy, info.serial_number)


def read_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, in its order; at least one.

    Raises:
        StoreUnavailable: the file cannot be read.
        BadRequest: it holds no certificates.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreUnavailable(f"certificates {path}: {error.strerror}") from error
    except ValueError as error:  # a null byte in the path
        raise BadRequest(f"certificates {str(path)!a}: {error}") from error
    try:
        return tuple(x509.load_pem_x509_certificates(content))
    except ValueError as error:
        raise BadRequest(f"certificates {path}: expected PEM, found: {error}") from error


def _require_usage(signer: x509.Certificate) -> None:
    """Returns only if the certificate is for time-stamps alone. Source: RFC 3161 §2.3."""
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, *UNREADABLE) as error:
        raise timestamp_invalid("expected a certificate with an extended key usage") from error
    if not usage.critical or list(usage.value) != _ONLY_USAGE:
        raise timestamp_invalid("expected a certificate whose critical usage is time-stamps alone")


def _verified_info(
    response: bytes, message: bytes, trust: TimestampTrust, nonce: int | None
) -> TimeStampTokenInfo:
    roots, intermediates = _divided(trust.certificates)
    try:
        decoded = decode_timestamp_response(response)
        verifier = VerifierBuilder(roots=roots, intermediates=intermediates, nonce=nonce).build()
        verifier.verify_message(decoded, message)
        info = decoded.tst_info
    except (TokenRefused, *UNREADABLE) as error:
        raise timestamp_invalid(f"expected a valid token, found: {str(error)[:200]}") from error
    return info


def _divided(
    certificates: Sequence[x509.Certificate],
) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """The roots, which name themselves as issuer, and the others."""
    roots = [each for each in certificates if each.issuer == each.subject]
    if not roots:
        raise BadRequest("certificates: expected a self-signed root among them, found none")
    return roots, [each for each in certificates if each.issuer != each.subject]
