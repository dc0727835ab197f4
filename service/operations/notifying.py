"""Tells the service manager that the service is ready, or about to stop.

Source: sd_notify(3): a datagram to the socket that `NOTIFY_SOCKET` names; a name that begins with
`@` is in the abstract namespace.
"""

import logging
import os
from collections.abc import Mapping
from socket import AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM
from socket import socket as Socket  # noqa: N812 - a class
from typing import Final, Literal

VARIABLE: Final = "NOTIFY_SOCKET"
_LOG: Final = logging.getLogger("zegel.service")

State = Literal["READY=1", "STOPPING=1"]


def notify(state: State, environment: Mapping[str, str] = os.environ) -> None:
    """Tells it; without such a manager, and where it does not listen, nothing happens."""
    address = environment.get(VARIABLE)
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with Socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC) as manager:
            manager.connect(address)
            manager.sendall(state.encode())
    except OSError as error:
        _LOG.warning("the service manager was not told: %s", error.strerror)
