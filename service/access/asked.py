"""What is known of a request besides its headers, for whoever must say that it was refused."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from ledger.own_records import SERVICE

_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_MOST_RESOURCE: Final = 128
_PEER: Final = re.compile(r"ipv[46]:(?P<host>.+):[0-9]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a request went, and where it came from."""

    place: str = ""
    """The route or service that was asked for: `/v1/proofs/{index}`."""
    address: str | None = None
    """From where."""

    @property
    def resource(self) -> str:
        """The place as a name of the catalogue: `zegel/service/v1/proofs/index`."""
        words = [_BETWEEN.sub("-", part).strip("-") for part in self.place.lower().split("/")]
        return "/".join([SERVICE, *(word for word in words if word)])[:_MOST_RESOURCE].rstrip("/-")

    @property
    def origin(self) -> str | None:
        """The address as the log names it; `None` where it is none."""
        try:
            return None if self.address is None else f"ip:{ip_address(self.address)}"
        except ValueError:  # a socket without addresses, or a client of a test
            return None


def asked_over_grpc(service: str, peer: str) -> Asked:
    """What gRPC says of a call.

    Args:
        service: The name of the service that was called.
        peer: From where, such as `ipv4:192.0.2.7:5000` or `ipv6:%5B::1%5D:5000`.
    """
    matched = _PEER.fullmatch(peer)
    host = None if matched is None else matched["host"].strip("[]")
    if host is not None:
        host = host.removeprefix("%5B").removesuffix("%5D")
    return Asked(f"grpc/{service}", host)
