"""Where the service may listen, and over what."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.errors import BadRequest, StoreUnavailable
from ledger.serve_settings import ServeSettings
from service.operations.listening import (
    addresses,
    grpc_credentials,
    is_loopback,
    listeners,
    require_protected,
    shown,
    tls_context,
    urls,
)
from tests.certificates import make_certificate


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"host": "localhost"},
        {"host": "127.0.0.2"},
        {"host": "::1"},
        {"host": "0.0.0.0", "tls_cert": "a", "tls_key": "b"},
        {"host": "0.0.0.0", "behind_proxy": ("192.0.2.0/24",)},
        {"require_tls": True, "behind_proxy": ("::1",), "grpc_port": None},
    ],
)
def test_what_cannot_be_read_on_its_way_is_allowed(said: dict[str, object]) -> None:
    """The simplest start on one machine would be refused."""
    require_protected(replace(ServeSettings(), **said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"host": "0.0.0.0"}, "host"),
        ({"host": "::"}, "host"),
        ({"host": "192.0.2.1"}, "host"),
        ({"require_tls": True}, "require_tls"),
        ({"require_tls": True, "behind_proxy": ("::1",)}, "require_tls"),
        ({"tls_key": "b"}, "tls_cert, tls_key"),
        ({"behind_proxy": ("proxy.example",)}, "behind_proxy"),
        ({"behind_proxy": ("*",)}, "behind_proxy"),
        ({"host": "no.such.host.invalid"}, "host"),
    ],
)
def test_what_could_be_read_on_its_way_is_refused(said: dict[str, object], named: str) -> None:
    """Keys and identities would cross a network in clear, or anybody would be believed."""
    with pytest.raises(BadRequest, match=f"^{named}: "):
        require_protected(replace(ServeSettings(), **said))  # type: ignore[arg-type]


def test_tls_starts_at_version_1_2(tmp_path: Path) -> None:
    """Broken versions of the protocol would be spoken with whoever asks for them."""
    chain, key, _ = make_certificate(tmp_path)
    context = tls_context(replace(ServeSettings(), tls_cert=chain, tls_key=key), tmp_path)
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_without_a_certificate_there_is_no_tls(tmp_path: Path) -> None:
    """A service on one machine would need a certificate."""
    assert tls_context(ServeSettings(), tmp_path) is None
    assert grpc_credentials(ServeSettings(), tmp_path) is None


@pytest.mark.parametrize("broken", ["absent", "no pem", "other key"])
def test_files_that_do_not_fit_are_named(tmp_path: Path, broken: str) -> None:
    """The service would start, and no handshake would ever succeed."""
    chain, key, _ = make_certificate(tmp_path)
    if broken == "absent":
        Path(key).unlink()
    elif broken == "no pem":
        Path(chain).write_text("no certificate")
    else:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        _, key, _ = make_certificate(elsewhere)
    settings = replace(ServeSettings(), tls_cert=chain, tls_key=key)
    with pytest.raises(StoreUnavailable, match=r"chain\.pem"):
        tls_context(settings, tmp_path)


def test_all_addresses_of_a_host_share_a_port() -> None:
    """A name with two addresses would be reached at another port over each."""
    opened = listeners("localhost", 0)
    try:
        ports = {each.getsockname()[1] for each in opened}
        assert len(opened) == len(addresses("localhost"))
        assert len(ports) == 1
        assert all(url.startswith("http://") for url in urls(opened, tls=False))
        with pytest.raises(StoreUnavailable, match=str(ports.copy().pop())):
            listeners("127.0.0.1", ports.pop())
    finally:
        for each in opened:
            each.close()


def test_an_address_of_ipv6_is_written_in_brackets() -> None:
    """The printed address could not be used."""
    assert shown("::1", 80) == "[::1]:80"
    assert shown("127.0.0.1", 80) == "127.0.0.1:80"


def test_loopback_is_told_from_the_rest() -> None:
    """The rule about TLS would stand on a guess."""
    assert is_loopback("::1")
    assert not is_loopback("fe80::1%eth0")
