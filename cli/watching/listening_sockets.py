"""The sockets that a listener opens, and what the file system keeps of them."""

import contextlib
import errno
import ipaddress
import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cli.watching.listen_settings import ListenSettings
from ledger.errors import BadRequest

BACKLOG: Final = 128
RECEIVE_BUFFER_BYTES: Final = 4 * 1024 * 1024
"""The kernel keeps datagrams there while the disk is busy; it may grant less."""

COUNT_DROPPED: Final = 40
"""`SO_RXQ_OVFL`: has the kernel say how many datagrams it had no room for (socket(7))."""

_OPEN_TO_ALL: Final = 0o666
"""Programs of every account of the machine write to it, as to the socket of a syslog daemon."""


@contextmanager
def opened(settings: ListenSettings) -> Iterator[socket.socket]:
    """A socket that does not block, bound and, for streams, listening; closed at the end.

    Raises:
        BadRequest: the address is taken, not of this machine, or not for this account.
    """
    try:
        bound = _bound(settings)
    except OSError as error:
        raise BadRequest(
            f"{settings.table}, key listen: expected an address that can be listened at, "
            f"found: {error.strerror}"
        ) from error
    with bound, _removed_at_end(settings.path):
        bound.setblocking(False)  # noqa: FBT003 - its one argument
        yield bound


def peer_address(address: object) -> str | None:
    """The address of a peer, an IPv4 one as such wherever it was heard; `None` when it has none."""
    if not isinstance(address, tuple) or not address:
        return None
    found = ipaddress.ip_address(str(address[0]).partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def _bound(settings: ListenSettings) -> socket.socket:
    if settings.path is not None:
        return _bound_path(settings.path)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    if settings.transport == "udp":
        bound = socket.socket(family, socket.SOCK_DGRAM)
        try:
            _prepare_datagrams(bound)
            bound.bind((settings.host, settings.port))
        except OSError:
            bound.close()
            raise
        return bound
    return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)


def _bound_path(path: Path) -> socket.socket:
    """A datagram socket at a path; one that a program left behind when it died is replaced."""
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        _prepare_datagrams(bound)
        try:
            bound.bind(str(path))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not _is_left_behind(path):
                raise
            path.unlink()
            bound.bind(str(path))
        path.chmod(_OPEN_TO_ALL)
    except OSError:
        bound.close()
        raise
    return bound


def _is_left_behind(path: Path) -> bool:
    if not stat.S_ISSOCK(path.lstat().st_mode):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as probe:
        return probe.connect_ex(str(path)) == errno.ECONNREFUSED


def _prepare_datagrams(bound: socket.socket) -> None:
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    with contextlib.suppress(OSError):  # counting losses is of Linux only
        bound.setsockopt(socket.SOL_SOCKET, COUNT_DROPPED, 1)


@contextmanager
def _removed_at_end(path: Path | None) -> Iterator[None]:
    """Removes the path of a socket at the end, unless somebody else's stands there by then."""
    if path is None:
        yield
        return
    ours = path.lstat()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if os.path.samestat(ours, path.lstat()):
                path.unlink()
