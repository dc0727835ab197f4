"""What a `listen = …` source may say."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from cli.watching.listen_settings import ListenSettings, listen_settings
from ledger.errors import BadRequest
from tests.certificates import make_certificate


@dataclass(frozen=True)
class Table:
    """One table of a configuration."""

    place: str
    options: dict[str, Any] = field(default_factory=dict)
    table: str = "watch.toml, [[source]] 2"


def settings(place: str, **options: Any) -> ListenSettings:  # noqa: ANN401 - whatever TOML holds
    return listen_settings(Table(place, options))


def test_addresses_are_read_with_their_limits() -> None:
    """A listener would listen elsewhere, or put up with more than it was told."""
    udp = settings("udp:[::1]:514", allow=["192.0.2.0/24", "2001:db8::/32"], max_frame_bytes=2048)
    assert (udp.transport, udp.host, udp.port, udp.max_frame_bytes) == ("udp", "::1", 514, 2048)
    assert [udp.admits(peer) for peer in ("192.0.2.9", "2001:db8::9", "198.51.100.9")] == [
        True,
        True,
        False,
    ]
    unix = settings("unix:/dev/log")
    assert (unix.transport, unix.path, unix.tls) == ("unix", Path("/dev/log"), None)
    tcp = settings("tcp:127.0.0.1:6514", idle_s=9)
    assert (tcp.transport, tcp.idle_s, tcp.frame_s) == ("tcp", 9, 30)
    assert tcp.admits("198.51.100.9")


def test_tls_asks_clients_for_certificates_where_an_authority_is_named(tmp_path: Path) -> None:
    """Whoever reaches the port could write into the log."""
    chain, key, _ = make_certificate(tmp_path)
    open_to_all = settings("tls:127.0.0.1:6514", certificate=chain, key=key).tls
    closed = settings("tls:127.0.0.1:6514", certificate=chain, key=key, client_ca=chain).tls
    assert open_to_all is not None
    assert closed is not None
    assert (open_to_all.verify_mode, closed.verify_mode) == (ssl.CERT_NONE, ssl.CERT_REQUIRED)
    assert closed.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(
    ("place", "options", "key"),
    [
        ("127.0.0.1:6514", {}, "listen"),
        ("tcp:localhost:6514", {}, "listen"),
        ("tcp:300.0.0.1:6514", {}, "listen"),
        ("tcp:127.0.0.1:65536", {}, "listen"),
        ("tcp:::1:6514", {}, "listen"),
        ("unix:dev/log", {}, "listen"),
        ("unix:/" + "x" * 107, {}, "listen"),
        ("unix:/dev/log", {"allow": ["192.0.2.0/24"]}, "allow"),
        ("udp:127.0.0.1:514", {"idle_s": 5}, "idle_s"),
        ("tcp:127.0.0.1:6514", {"certificate": "/x"}, "certificate"),
        ("tcp:127.0.0.1:6514", {"allow": []}, "allow"),
        ("tcp:127.0.0.1:6514", {"allow": [1]}, "allow"),
        ("tcp:127.0.0.1:6514", {"allow": ["192.0.2.1/24"]}, "allow"),
        ("tcp:127.0.0.1:6514", {"max_connections": 0}, "max_connections"),
        ("tcp:127.0.0.1:6514", {"max_connections": True}, "max_connections"),
        ("tcp:127.0.0.1:6514", {"max_frame_bytes": 10_000_000}, "max_frame_bytes"),
        ("tcp:127.0.0.1:6514", {"colour": "red"}, "colour"),
        ("tls:127.0.0.1:6514", {"client_names": ["a"]}, "client_names"),
        ("tls:127.0.0.1:6514", {"client_names": [], "client_ca": "/x"}, "client_names"),
        ("tls:127.0.0.1:6514", {"client_names": "a", "client_ca": "/x"}, "client_names"),
        ("tls:127.0.0.1:6514", {}, "certificate"),
        ("tls:127.0.0.1:6514", {"certificate": "chain.pem", "key": "/k"}, "certificate"),
        ("tls:127.0.0.1:6514", {"certificate": "/none/chain.pem", "key": "/k"}, "certificate"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    place: str, options: dict[str, Any], key: str
) -> None:
    """Whoever wrote the file would have to guess which line is wrong."""
    with pytest.raises(BadRequest) as refusal:
        settings(place, **options)
    said = str(refusal.value)
    assert said.startswith(f"watch.toml, [[source]] 2, key {key}: expected ")
    assert ", found " in said


def test_an_authority_that_is_none_is_refused(tmp_path: Path) -> None:
    """Everybody's certificate would be accepted, or nobody's."""
    chain, key, _ = make_certificate(tmp_path)
    with pytest.raises(BadRequest, match="key client_ca: expected"):
        settings("tls:127.0.0.1:6514", certificate=chain, key=key, client_ca=key)


def test_a_key_with_a_password_is_refused_and_nobody_is_asked_for_it(tmp_path: Path) -> None:
    """A service that starts with the machine would wait for somebody to type."""
    chain, key, _ = make_certificate(tmp_path)
    private = load_pem_private_key(Path(key).read_bytes(), None)
    closed = BestAvailableEncryption(b"secret")
    Path(key).write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed))
    with pytest.raises(BadRequest, match="key certificate: expected"):
        settings("tls:127.0.0.1:6514", certificate=chain, key=key)
