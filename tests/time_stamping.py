"""A time-stamp authority for tests: an own CA, and Debian's ``openssl ts`` behind loopback HTTP.

The certificates are made for each test, so that a test decides what is wrong with them: validity,
usage, issuer. The tokens are made by OpenSSL, which is not the library that verifies them.
"""

import contextlib
import ipaddress
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ledger.units import utc_now
from tests.loopback_server import Answer, Request, serving

POLICY: Final = "1.3.6.1.4.1.13762.3"
OTHER_POLICY: Final = "1.3.6.1.4.1.13762.4"
TIME_STAMPING: Final = (ExtendedKeyUsageOID.TIME_STAMPING,)

_CONFIGURATION: Final = """\
[tsa]
default_policy = {policy}
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
{certs}signer_digest = sha256
digests = {digests}
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = {ess_digest}
"""


@dataclass(frozen=True)
class Certified:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def key_pem(self) -> bytes:
        """The key as PEM, without passphrase."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )


def certify(
    name: str,
    issuer: Certified | None = None,
    *,
    usages: tuple[x509.ObjectIdentifier, ...] | None = None,
    critical: bool = True,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
) -> Certified:
    """A new certificate; without an issuer the root of a CA, with usages that of a service."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = utc_now()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from or now - timedelta(days=1))
        .not_valid_after(valid_until or now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=usages is None, path_length=None), critical=True)
    )
    if usages is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
    return Certified(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


@dataclass(frozen=True)
class TimeStamping:
    """A time-stamp authority in a folder of its own."""

    folder: Path
    root: Certified
    service: Certified
    policy: str = POLICY
    digests: str = "sha256"
    ess_digest: str = "sha256"
    with_root: bool = False
    """Whether tokens carry the root beside the certificate of the service."""
    requests: list[bytes] = field(default_factory=list)

    @property
    def root_file(self) -> Path:
        """The certificate of the CA, as a verifier configures it."""
        return self.folder / "root.pem"

    def prepare(self) -> "TimeStamping":
        """Writes certificates and configuration; needed once."""
        self.folder.mkdir(parents=True)
        self.root_file.write_bytes(self.root.pem())
        (self.folder / "tsa.pem").write_bytes(self.service.pem())
        (self.folder / "tsa.key").write_bytes(self.service.key_pem())
        (self.folder / "serial").write_text("01\n")
        (self.folder / "tsa.cnf").write_text(
            _CONFIGURATION.format(
                folder=self.folder,
                policy=self.policy,
                digests=self.digests,
                ess_digest=self.ess_digest,
                certs=f"certs = {self.root_file}\n" if self.with_root else "",
            )
        )
        return self

    def reply(self, query: bytes) -> bytes:
        """What OpenSSL answers to this TimeStampReq; a refusal is an answer too."""
        self.requests.append(query)
        (self.folder / "query.tsq").write_bytes(query)
        answer = self.folder / "answer.tsr"
        answer.unlink(missing_ok=True)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-section", "tsa"]
        files = ["-queryfile", "query.tsq", "-out", "answer.tsr"]
        subprocess.run([*command, *files], cwd=self.folder, check=False, capture_output=True)
        return answer.read_bytes()

    def signed_by(
        self,
        response: bytes,
        signer: Certified,
        *options: str,
        content_type: str = "1.2.840.113549.1.9.16.1.4",
    ) -> bytes:
        """What a good response says, signed as CMS by anybody: what ``ts -reply`` refuses to do.

        Args:
            response: A good one, whose time-stamp information is taken.
            signer: Whose certificate is embedded and whose key signs.
            options: Of ``openssl cms``; ``-cades`` adds the ESS attribute.
            content_type: That of time-stamp information, unless a test says otherwise.
        """
        (self.folder / "signer.pem").write_bytes(signer.pem())
        (self.folder / "signer.key").write_bytes(signer.key_pem())
        (self.folder / "info.der").write_bytes(time_stamp_information(response))
        command = ["openssl", "cms", "-sign", "-nodetach", "-binary", "-nosmimecap", *options]
        content = ["-econtent_type", content_type, "-in", "info.der"]
        keys = ["-md", "sha256", "-signer", "signer.pem", "-inkey", "signer.key"]
        made = subprocess.run(
            [*command, *content, *keys, "-outform", "DER"],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )
        return der_sequence(der_sequence(b"\x02\x01\x00") + made.stdout)

    def respond(self, request: Request) -> Answer:
        """The answer to an HTTP request. Source: RFC 3161 §3.4."""
        if request.headers.get("Content-Type") != "application/timestamp-query":
            return Answer(415)
        return Answer(200, self.reply(request.body), "application/timestamp-reply")

    def openssl_verify(self, response: bytes, message: bytes, *options: str) -> None:
        """Returns only if ``openssl ts -verify`` accepts the response for the message."""
        (self.folder / "checked.tsr").write_bytes(response)
        (self.folder / "checked.data").write_bytes(message)
        command = ["openssl", "ts", "-verify", "-data", "checked.data", "-in", "checked.tsr"]
        trust = ["-CAfile", "root.pem", "-untrusted", "tsa.pem"]
        found = subprocess.run(
            [*command, *trust, *options],
            cwd=self.folder,
            check=False,
            capture_output=True,
            text=True,
        )
        assert found.returncode == 0, found.stdout + found.stderr


def certify_server(address: str, folder: Path) -> Path:
    """A PEM file with key and self-signed certificate of a server at an IP address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    now = utc_now()
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
    )
    server = Certified(built.sign(key, hashes.SHA256()), key)
    path = folder / "server.pem"
    path.write_bytes(server.key_pem() + server.pem())
    return path


def certify_again(certificate: x509.Certificate, authority: "TimeStamping") -> bytes:
    """DER of a second certificate by the same root: same name, serial, key and length."""
    ends = certificate.not_valid_after_utc - timedelta(hours=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(certificate.subject)
        .issuer_name(certificate.issuer)
        .public_key(authority.service.key.public_key())
        .serial_number(certificate.serial_number)
        .not_valid_before(certificate.not_valid_before_utc)
        .not_valid_after(ends)
    )
    for extension in certificate.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    length = len(certificate.public_bytes(serialization.Encoding.DER))
    while True:  # ECDSA signatures differ in length by a byte or two
        again = builder.sign(authority.root.key, hashes.SHA256())
        encoded = again.public_bytes(serialization.Encoding.DER)
        if len(encoded) == length:
            return encoded


def der_sequence(content: bytes) -> bytes:
    """A SEQUENCE of 0 to 65,535 bytes. Source: X.690 §8.1.3 and §8.9."""
    if len(content) < 0x80:
        return bytes([0x30, len(content)]) + content
    length = len(content).to_bytes(2, "big").lstrip(b"\0")
    return bytes([0x30, 0x80 | len(length)]) + length + content


def time_stamp_information(response: bytes) -> bytes:
    """The signed TSTInfo of a response, as OpenSSL cuts it out."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "response.tsr")
        path.write_bytes(response)
        token = ["openssl", "ts", "-reply", "-in", str(path), "-token_out"]
        cut = subprocess.run(token, check=True, capture_output=True).stdout
        verify = ["openssl", "cms", "-verify", "-noverify", "-nosigs", "-inform", "DER"]
        return subprocess.run(verify, input=cut, check=True, capture_output=True).stdout


def authority_in(
    folder: Path,
    *,
    service: Callable[[Certified], Certified] | None = None,
    ess_digest: str = "sha256",
    digests: str = "sha256",
) -> TimeStamping:
    """A new authority under a new root; `service` makes its certificate, given the root."""
    root = certify(f"{folder.name} root")
    made = service or (lambda issuer: certify(f"{folder.name} tsa", issuer, usages=TIME_STAMPING))
    return TimeStamping(folder, root, made(root), ess_digest=ess_digest, digests=digests).prepare()


@contextlib.contextmanager
def running_authority(authority: TimeStamping) -> Iterator[str]:
    """The URL at which the authority answers, until the block ends."""
    with serving(authority.respond) as url:
        yield url
