"""How often one caller may ask, with an answer that says when to ask again.

What is counted: with credentials, these (by their digest, true or not); without, the address. Who
was refused for credentials is counted by address as well, so that changing them helps nobody to
guess; that keeps out nobody whose credentials proved somebody before. Public evidence and probes
have a limit of their own.

Source: draft-ietf-httpapi-ratelimit-headers-11 §3 (RateLimit-Policy), §4 (RateLimit).
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from ledger.errors import TooOften
from ledger.serve_settings import ServeSettings

WINDOW_S: Final = 60
DIGEST_CHARACTERS: Final = 12
MOST_PROVED: Final = 10_000
"""Of credentials that are remembered; those that were used longest ago are forgotten first."""
_NETWORK_BITS: Final = 64
"""One subscriber of IPv6 has as many addresses as it likes, all in one network of this size."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one request left of the limit that it fell under."""

    policy: str
    most: int
    left: int
    reset_s: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that tell of it."""
        return [
            (b"ratelimit-policy", f'"{self.policy}";q={self.most};w={WINDOW_S}'.encode()),
            (b"ratelimit", f'"{self.policy}";r={self.left};t={self.reset_s}'.encode()),
        ]


class Rates:
    """The limits of one service, counted in this process."""

    def __init__(self, settings: ServeSettings) -> None:
        """Nobody has asked yet."""
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limits: dict[str, RateLimitItem] = {
            "caller": RateLimitItemPerMinute(settings.requests_per_minute),
            "public": RateLimitItemPerMinute(settings.public_requests_per_minute),
            "refused": RateLimitItemPerMinute(settings.refusals_per_minute),
        }
        self._proved: OrderedDict[bytes, None] = OrderedDict()

    def allow(self, address: str, credentials: bytes | None, *, public: bool = False) -> Allowance:
        """Counts a request; gives what is left.

        Args:
            address: From where it comes.
            credentials: Those that it brings, true or not.
            public: Whether it asks for what needs no login.

        Raises:
            TooOften: more than the limit came within a minute.
        """
        network = network_of(address)
        is_stranger = not public and _whole_digest(credentials) not in self._proved
        if is_stranger and not self._limiter.test(self._limits["refused"], network):
            raise self._too_often("refused", network)
        if public:
            return self._counted("public", network)
        return self._counted("caller", network if credentials is None else digest(credentials))

    def refused(self, address: str, credentials: bytes | None = None) -> None:
        """Counts a request whose credentials, if it had any, proved nobody."""
        self._limiter.hit(self._limits["refused"], network_of(address))
        self._proved.pop(_whole_digest(credentials), None)

    def proved(self, credentials: bytes) -> None:
        """Remembers credentials that proved somebody: they are let in beside one who guesses.

        Otherwise one program with an old key would shut out all that share its address.
        """
        known = _whole_digest(credentials)
        self._proved[known] = None
        self._proved.move_to_end(known)
        if len(self._proved) > MOST_PROVED:
            self._proved.popitem(last=False)

    def _counted(self, policy: str, key: str) -> Allowance:
        item = self._limits[policy]
        if not self._limiter.hit(item, key):
            raise self._too_often(policy, key)
        stats = self._limiter.get_window_stats(item, key)
        return Allowance(policy, item.amount, stats.remaining, _seconds_until(stats.reset_time))

    def _too_often(self, policy: str, key: str) -> TooOften:
        item = self._limits[policy]
        wait_s = _seconds_until(self._limiter.get_window_stats(item, key).reset_time)
        return TooOften(
            f"expected at most {item.amount} requests in {WINDOW_S} s ({policy}), found more",
            wait_s,
        )


def _whole_digest(credentials: bytes | None) -> bytes:
    return b"" if credentials is None else sha256(credentials).digest()


def digest(credentials: bytes) -> str:
    """What stands for credentials in counters and log lines; it does not lead back to them."""
    return sha256(credentials).hexdigest()[:DIGEST_CHARACTERS]


def network_of(address: str) -> str:
    """The address, or the network that one subscriber of IPv6 has."""
    try:
        found = ip_address(address)
    except ValueError:  # a client of a test, or a socket without addresses
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return f"{int(found) >> _NETWORK_BITS:x}/{_NETWORK_BITS}"
    return str(found)


def _seconds_until(instant: float) -> int:
    return max(1, round(instant - time.time()))
