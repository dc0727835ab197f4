"""A time-stamp response taken apart, so far as verification needs it.

`rfc3161-client` verifies signature and chain; it neither binds the signer's certificate by its ESS
attribute nor takes certificates in another than DER order, which real authorities send. So every
response comes here first, and what does not have this shape never reaches the library.

Source: RFC 3161 §2.4.2, RFC 5652 §5, RFC 5035 §3-4 (ESS), RFC 5816.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from ledger.errors import VerificationError

MAX_RESPONSE_BYTES: Final = 65_536
"""Far above a response with its chain; a limit on hostile input."""

UNREADABLE: Final = (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm)
"""What `cryptography` raises for hostile certificates, names and extensions."""

_SIGNED_DATA: Final = ObjectIdentifier("1.2.840.113549.1.7.2")
_TST_INFO: Final = ObjectIdentifier("1.2.840.113549.1.9.16.1.4")
_SIGNING_CERTIFICATE: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.12")
_SIGNING_CERTIFICATE_V2: Final = ObjectIdentifier("1.2.840.113549.1.9.16.2.47")
_SHA256: Final = ObjectIdentifier("2.16.840.1.101.3.4.2.1")
_DIGESTS: Final[dict[ObjectIdentifier, Callable[[bytes], "hashlib._Hash"]]] = {
    _SHA256: hashlib.sha256,
    ObjectIdentifier("2.16.840.1.101.3.4.2.2"): hashlib.sha384,
    ObjectIdentifier("2.16.840.1.101.3.4.2.3"): hashlib.sha512,
}
_SHOWN: Final = 200


@asn1.sequence
class _Status:
    status: int
    text: list[str] | None
    failure: asn1.BitString | None


@asn1.sequence
class _ContentInfo:
    kind: ObjectIdentifier
    content: Annotated[asn1.TLV, asn1.Explicit(0)]


@asn1.sequence
class _Response:
    status: _Status
    token: _ContentInfo | None


@asn1.sequence
class _Content:
    kind: ObjectIdentifier
    content: Annotated[bytes, asn1.Explicit(0)]


@asn1.sequence
class _Attribute:
    kind: ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class _IssuerAndSerial:
    issuer: asn1.TLV
    serial: int


@asn1.sequence
class _SignerInfo:
    version: int
    signer: _IssuerAndSerial
    digest: asn1.TLV
    signed: Annotated[list[_Attribute], asn1.Implicit(0)]
    algorithm: asn1.TLV
    signature: bytes
    unsigned: Annotated[list[_Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class _SignedData:
    version: int
    digests: asn1.SetOf[asn1.TLV]
    content: _Content
    # Lists, because the order of these sets is not always that of DER.
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    revocations: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signers: asn1.SetOf[_SignerInfo]


@asn1.sequence
class _SignedToken:
    kind: ObjectIdentifier
    content: Annotated[_SignedData, asn1.Explicit(0)]


@asn1.sequence
class _GrantedResponse:
    status: _Status
    token: _SignedToken


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _IssuerSerial:
    issuer: list[asn1.TLV]
    serial: int


@asn1.sequence
class _CertificateId:
    digest: bytes
    issuer: _IssuerSerial | None


@asn1.sequence
class _CertificateIdV2:
    algorithm: _Algorithm | None
    digest: bytes
    issuer: _IssuerSerial | None


@asn1.sequence
class _SigningCertificate:
    certificates: list[_CertificateId]
    policies: list[asn1.TLV] | None


@asn1.sequence
class _SigningCertificateV2:
    certificates: list[_CertificateIdV2]
    policies: list[asn1.TLV] | None


@dataclass(frozen=True, slots=True)
class SignedToken:
    """The parts of a granted response that are needed beside the library."""

    signer: x509.Certificate
    """The embedded certificate that the signed attributes name."""
    ordered: bytes
    """The response with its certificates in DER order; they are outside the signature."""


def take_apart(response: bytes) -> SignedToken:
    """The parts of a granted response with exactly one signer.

    Raises:
        VerificationError: it is too long, malformed, not granted, or the signer's certificate is
            absent or not the one that the signed attributes name (TIMESTAMP_INVALID).
    """
    if len(response) > MAX_RESPONSE_BYTES:
        raise timestamp_invalid(
            f"expected at most {MAX_RESPONSE_BYTES:,} bytes, found {len(response):,}"
        )
    try:
        _require_granted(asn1.decode_der(_Response, response).status)
        granted = asn1.decode_der(_GrantedResponse, response)
        return _parts(granted)
    except UNREADABLE as error:
        raise timestamp_invalid(
            f"expected a response with a signed token, found: {str(error)[:_SHOWN]}"
        ) from error


def timestamp_invalid(message: str) -> VerificationError:
    """The error of a response that proves nothing."""
    return VerificationError("TIMESTAMP_INVALID", None, f"time-stamp: {message}")


def _require_granted(status: _Status) -> None:
    # 1, granted with modifications, is no answer to what was asked; the library refuses it too.
    if status.status != 0:
        said = f", which says {' '.join(status.text)[:_SHOWN]!r}" if status.text else ""
        raise timestamp_invalid(f"expected status 0 (granted), found {status.status}{said}")


def _parts(granted: _GrantedResponse) -> SignedToken:
    data = granted.token.content
    if granted.token.kind != _SIGNED_DATA or data.content.kind != _TST_INFO:
        raise timestamp_invalid("expected signed time-stamp information, found other content")
    signers = data.signers.as_list()
    if len(signers) != 1:
        raise timestamp_invalid(f"expected exactly one signer, found {len(signers)}")
    data.certificates = sorted(data.certificates or [], key=asn1.encode_der)
    signer = _certificate_of(signers[0], [asn1.encode_der(each) for each in data.certificates])
    return SignedToken(signer, asn1.encode_der(granted))


def _certificate_of(signer: _SignerInfo, certificates: list[bytes]) -> x509.Certificate:
    """The certificate that the first ESS identifier names and that the signer names too.

    Source: RFC 5035 §5.4: the first identifier is that of the certificate that verifies.
    """
    named = [each for each in certificates if _names(signer, each)]
    if len(named) != 1:
        raise timestamp_invalid(f"expected one certificate of its signer, found {len(named)}")
    return x509.load_der_x509_certificate(named[0])


def _names(signer: _SignerInfo, encoded: bytes) -> bool:
    certificate = x509.load_der_x509_certificate(encoded)
    return (
        certificate.serial_number == signer.signer.serial
        and certificate.issuer.public_bytes() == asn1.encode_der(signer.signer.issuer)
        and _ess_digest_fits(signer, encoded)
    )


def _ess_digest_fits(signer: _SignerInfo, encoded: bytes) -> bool:
    """Whether every ESS attribute starts with this certificate, and there is at least one."""
    checks = [
        _fits(attribute.kind, value, encoded)
        for attribute in signer.signed
        if attribute.kind in (_SIGNING_CERTIFICATE, _SIGNING_CERTIFICATE_V2)
        for value in attribute.values.as_list()
    ]
    return bool(checks) and all(checks)


def _fits(kind: ObjectIdentifier, value: asn1.TLV, encoded: bytes) -> bool:
    if kind == _SIGNING_CERTIFICATE:
        first = value.parse(_SigningCertificate).certificates[:1]
        # SHA-1 is what this older attribute is defined with; the chain is checked besides.
        found = hashlib.sha1(encoded, usedforsecurity=False).digest()
        return [each.digest for each in first] == [found]
    newer = value.parse(_SigningCertificateV2).certificates[:1]
    return [each.digest for each in newer] == [
        digest(encoded).digest()
        for each in newer
        if (digest := _DIGESTS.get(each.algorithm.algorithm if each.algorithm else _SHA256))
    ]
