"""Where the service listens, and when it refuses to: beyond this machine only over TLS.

Source: NEN LDV 1.0.0 §3.2.1 (a logbook can enforce TLS); RFC 8996 (no TLS below 1.2).
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from socket import AF_INET6, SOCK_STREAM, AddressFamily, gaierror, getaddrinfo, has_dualstack_ipv6
from socket import create_server as bound
from socket import socket as Socket  # noqa: N812 - a class

import grpc

from ledger.errors import BadRequest, StoreUnavailable
from ledger.serve_settings import ServeSettings

BACKLOG = 2048


def require_protected(settings: ServeSettings) -> None:
    """Returns only if what is sent to the service cannot be read on its way.

    Raises:
        BadRequest: it would listen beyond this machine without TLS and without a proxy that
            terminates it, TLS is required and nobody gives it, or a proxy's address is none.
    """
    for text in settings.behind_proxy:
        with suppress(ValueError):
            ip_network(text)
            continue
        raise BadRequest(f"behind_proxy: expected addresses or networks, found {text!r:.80}")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise BadRequest("tls_cert, tls_key: expected both or none of them, found one")
    if settings.tls_cert is not None:
        return
    if settings.require_tls and settings.behind_proxy and settings.grpc_port is not None:
        raise BadRequest(
            "require_tls: expected tls_cert and tls_key for gRPC, or grpc_port none, found "
            "neither: of gRPC a proxy does not tell how its callers came"
        )
    if settings.behind_proxy:
        return
    if settings.require_tls:
        raise BadRequest(
            "require_tls: expected tls_cert and tls_key, or behind_proxy with the address of the "
            "proxy that terminates TLS, found neither"
        )
    beyond = [address for _, address in addresses(settings.host) if not is_loopback(address)]
    if beyond:
        raise BadRequest(
            f"host: expected an address of this machine only (127.0.0.1, ::1), found {beyond[0]}; "
            "beyond it the service listens with --tls-cert and --tls-key, or with --behind-proxy "
            "and the address of the proxy that terminates TLS"
        )


def addresses(host: str) -> list[tuple[AddressFamily, str]]:
    """The addresses that a name stands for.

    Raises:
        BadRequest: it stands for none.
    """
    try:
        found = getaddrinfo(host, None, type=SOCK_STREAM)
    except (gaierror, UnicodeError) as error:
        raise BadRequest(f"host: expected a name or an address, found {host!r:.80}") from error
    return list(dict.fromkeys((family, str(place[0])) for family, _, _, _, place in found))


def is_loopback(address: str) -> bool:
    """Whether only programs on this machine can reach it."""
    return ip_address(address.partition("%")[0]).is_loopback


def listeners(host: str, port: int) -> list[Socket]:
    """Sockets that listen at every address of a host, all at the same port.

    Raises:
        StoreUnavailable: the port is taken, or may not be taken.
    """
    opened: list[Socket] = []
    for family, address in addresses(host):
        both = family == AF_INET6 and address == "::" and has_dualstack_ipv6()
        chosen = opened[0].getsockname()[1] if opened else port
        try:
            opened.append(
                bound((address, chosen), family=family, backlog=BACKLOG, dualstack_ipv6=both)
            )
        except OSError as error:
            for each in opened:
                each.close()
            raise StoreUnavailable(
                f"{shown(address, chosen)}: cannot listen there: {error.strerror}"
            ) from error
    return opened


def shown(address: str, port: int) -> str:
    """An address with its port as a URL has it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def urls(sockets: Sequence[Socket], *, tls: bool) -> list[str]:
    """What callers type to reach the sockets."""
    scheme = "https" if tls else "http"
    return [f"{scheme}://{shown(*each.getsockname()[:2])}" for each in sockets]


def tls_context(settings: ServeSettings, folder: Path) -> ssl.SSLContext | None:
    """What answers TLS handshakes, from version 1.2 on; `None` without a certificate.

    Args:
        settings: Name the files.
        folder: Where relative paths start.

    Raises:
        StoreUnavailable: a file cannot be read, or they do not belong together.
    """
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate, key = folder / settings.tls_cert, folder / settings.tls_key
    try:
        # Without a word for it a protected key would make OpenSSL ask on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except OSError as error:  # ssl.SSLError is one
        raise StoreUnavailable(
            f"{certificate}, {key}: expected a certificate chain and its key without passphrase, "
            f"found: {error.strerror or error}"
        ) from error
    return context


def grpc_credentials(settings: ServeSettings, folder: Path) -> grpc.ServerCredentials | None:
    """What answers TLS handshakes of gRPC; `None` without a certificate.

    Raises:
        StoreUnavailable: a file cannot be read.
    """
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    try:
        certificate = (folder / settings.tls_cert).read_bytes()
        key = (folder / settings.tls_key).read_bytes()
    except OSError as error:
        raise StoreUnavailable(f"{error.filename}: {error.strerror}") from error
    return grpc.ssl_server_credentials([(key, certificate)])
