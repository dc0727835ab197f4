"""Where a `listen = …` source listens and what it puts up with, checked before a port is opened."""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, Protocol

from formats.reading import MAX_LINE_BYTES
from ledger.errors import BadRequest

Transport = Literal["tcp", "tls", "udp", "unix"]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAX_FRAME_BYTES: Final = 64 * 1024
MAX_CONNECTIONS: Final = 256
MAX_CONNECTIONS_PER_PEER: Final = 32
FRAME_S: Final = 30
IDLE_S: Final = 3600

_EXPECTED: Final = "an address such as tcp:127.0.0.1:6514, tls:[::1]:6514, udp:… or unix:/dev/log"
_ADDRESS: Final = re.compile(r"(tcp|tls|udp):(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(\d{1,5})")
_TRANSPORTS: Final[dict[str, Transport]] = {"tcp": "tcp", "tls": "tls", "udp": "udp"}
_NETWORKS: Final = 'a list of networks such as ["192.0.2.0/24"]'
_UNIX: Final = re.compile(r"unix:(/.+)", re.DOTALL)
_MOST_UNIX_BYTES: Final = 107
"""The kernel knows no longer path of a socket."""
_MOST_PORT: Final = 65_535
_COUNTS: Final = {
    "max_frame_bytes": (1024, MAX_LINE_BYTES, MAX_FRAME_BYTES),
    "max_connections": (1, 10_000, MAX_CONNECTIONS),
    "max_connections_per_peer": (1, 10_000, MAX_CONNECTIONS_PER_PEER),
    "frame_s": (1, 3600, FRAME_S),
    "idle_s": (1, 7 * 24 * 3600, IDLE_S),
}
"""Least, most, and what counts when it is not stated."""
_OF_STREAMS: Final = ("max_connections", "max_connections_per_peer", "frame_s", "idle_s")
_OF_TLS: Final = ("certificate", "key", "client_ca", "client_names")


class ListenTable(Protocol):
    """What the configuration says of one source that is listened for."""

    @property
    def place(self) -> str:
        """The address, such as `tcp:127.0.0.1:6514`."""

    @property
    def table(self) -> str:
        """Where it stands in the configuration."""

    @property
    def options(self) -> Any:  # noqa: ANN401 - a mapping of whatever TOML holds
        """All other keys that only a listener has."""


@dataclass(frozen=True, slots=True)
class ListenSettings:
    """One address and its limits."""

    table: str
    """Where it stands in the configuration, for messages."""
    transport: Transport
    host: str
    """An address of this machine; empty for a socket of the file system."""
    port: int
    """0: a free one."""
    path: Path | None
    tls: ssl.SSLContext | None
    allow: tuple[Network, ...]
    """Peers outside these networks are not heard; none stated: all are."""
    client_names: tuple[str, ...] = ()
    """Names of which a client's certificate has to show one; none stated: all of its authority."""
    max_frame_bytes: int = MAX_FRAME_BYTES
    max_connections: int = MAX_CONNECTIONS
    max_connections_per_peer: int = MAX_CONNECTIONS_PER_PEER
    frame_s: int = FRAME_S
    """So long may a frame take from its first byte to its last."""
    idle_s: int = IDLE_S
    """So long may a connection be silent between two frames."""

    def knows(self, certificate: Mapping[str, Any] | None) -> bool:
        """Whether a client is heard by its certificate, as `ssl.SSLSocket.getpeercert` gives it.

        Source: RFC 5425 §5.2 (names to which a sender is bound); RFC 9525 §6.3 for their place.
        """
        names = (certificate or {}).get("subjectAltName", ())
        shown = {value.lower() for kind, value in names if kind in {"DNS", "IP Address"}}
        return not self.client_names or bool(shown.intersection(self.client_names))

    def admits(self, peer: str) -> bool:
        """Whether this peer is heard; `peer` is an address."""
        address = ipaddress.ip_address(peer)
        return not self.allow or any(address in network for network in self.allow)


def listen_settings(source: ListenTable) -> ListenSettings:
    """The settings of a source; its certificate is loaded, no port is opened.

    Raises:
        BadRequest: a key is missing, not known or not of its type; names file, table and key.
    """
    return _Options(source.table, dict(source.options)).settings(source.place)


@dataclass(frozen=True, slots=True)
class _Options:
    """The keys of one table that only a listener has."""

    table: str
    found: dict[str, Any]

    def settings(self, place: str) -> ListenSettings:
        unix, network = _UNIX.fullmatch(place), _ADDRESS.fullmatch(place)
        transport: Transport = "unix"
        host, port, path = "", 0, None
        if unix is not None and len(unix[1].encode()) <= _MOST_UNIX_BYTES:
            path = Path(unix[1])
        elif network is not None:
            transport = _TRANSPORTS[network[1]]
            host, port = self._host(network[2] or network[3]), self._port(network[4])
        else:
            self._refuse("listen", _EXPECTED, place)
        self._refuse_unknown(transport)
        return ListenSettings(
            table=self.table,
            transport=transport,
            host=host,
            port=port,
            path=path,
            client_names=self._client_names(),
            tls=self._tls() if transport == "tls" else None,
            allow=self._allow(),
            **{name: self._count(name) for name in _COUNTS},
        )

    def _host(self, text: str) -> str:
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            self._refuse("listen", "an address of this machine, such as 127.0.0.1", text)

    def _port(self, text: str) -> int:
        if int(text) > _MOST_PORT:
            self._refuse("listen", f"a port up to {_MOST_PORT}", text)
        return int(text)

    def _refuse_unknown(self, transport: Transport) -> None:
        known = ["max_frame_bytes"]
        known += [] if transport == "unix" else ["allow"]
        known += _OF_STREAMS if transport in {"tcp", "tls"} else []
        known += _OF_TLS if transport == "tls" else []
        for key in self.found:
            if key not in known:
                expected = f"one of {', '.join(known)} beside the address {transport}:…"
                raise BadRequest(f"{self.table}, key {key}: expected {expected}, found this key")

    def _count(self, key: str) -> int:
        least, most, default = _COUNTS[key]
        value = self.found.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self._refuse(key, f"a number from {least} to {most}", value)
        return value

    def _allow(self) -> tuple[Network, ...]:
        value = self._texts("allow", _NETWORKS)
        try:
            return tuple(map(ipaddress.ip_network, value))
        except ValueError:
            self._refuse("allow", _NETWORKS, value)

    def _client_names(self) -> tuple[str, ...]:
        value = self._texts("client_names", 'a list of names such as ["gateway.example.org"]')
        if value and "client_ca" not in self.found:
            self._refuse("client_names", "client_ca beside it, whose certificates show them", value)
        return tuple(each.lower() for each in value)

    def _texts(self, key: str, expected: str) -> list[str]:
        """The texts of a list that is not empty; none where the key is absent."""
        if key not in self.found:
            return []
        value = self.found[key]
        if not isinstance(value, list) or not value:
            self._refuse(key, expected, value)
        if not all(isinstance(each, str) and each for each in value):
            self._refuse(key, expected, value)
        return value

    def _file(self, key: str) -> Path:
        value = self.found.get(key)
        if not isinstance(value, str) or not Path(value).is_absolute() or "\0" in value:
            self._refuse(key, "an absolute path of a PEM file", value)
        return Path(value)

    def _tls(self) -> ssl.SSLContext:
        """What a server over TLS shows of itself and asks of its clients.

        Source: RFC 5425 §4.2 (certificates on both sides); RFC 9662 §3 (TLS 1.2 at least).
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # Senders of syslog write only: a ticket that nobody reads would hide from them that the
        # connection has ended, and what they send next would be lost.
        context.num_tickets = 0
        certificate, key = self._file("certificate"), self._file("key")
        try:
            # A password that is none: without one OpenSSL would ask for it on the terminal.
            context.load_cert_chain(certificate, key, password=lambda: "")
        except (OSError, ValueError) as error:
            self._refuse("certificate", "a certificate and its key without a password", str(error))
        if "client_ca" in self.found:
            authority = self._file("client_ca")
            try:
                context.load_verify_locations(authority)
            except (OSError, ValueError) as error:
                self._refuse("client_ca", "certificates of an authority", str(error))
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _refuse(self, key: str, expected: str, found: object) -> NoReturn:
        shown = "none" if found is None else repr(found)
        raise BadRequest(f"{self.table}, key {key}: expected {expected}, found {shown}")
