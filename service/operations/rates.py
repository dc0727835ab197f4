"""How often one caller may ask, with an answer that says when to ask again.

What is counted: with credentials that proved somebody, these; with others and without any, the
address. Whoever was refused for credentials is counted by these, so that a program with an old key
stops itself alone. Each new guess is counted by address as well, so that changing them helps nobody
to guess, and keeps out nobody whose credentials proved somebody before. Public evidence and probes
have a limit of their own.

Source: draft-ietf-httpapi-ratelimit-headers-11 §3 (RateLimit-Policy), §4 (RateLimit).
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from ledger.errors import TooOften
from ledger.serve_settings import ServeSettings
from service.operations.rate_counts import WindowCounts

WINDOW_S: Final = 60
DIGEST_CHARACTERS: Final = 12
MOST_PROVED: Final = 10_000
"""Of credentials that are remembered; those that were used longest ago are forgotten first."""
_NOTHING: Final = "nothing"
"""Shown by those without credentials: they share one count, which nobody with a key meets."""
_UNKNOWN: Final = "unknown"
"""Those of one address whose credentials proved nobody yet share another one."""
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
        self._limiter = SlidingWindowCounterRateLimiter(WindowCounts())
        self._limits: dict[str, RateLimitItem] = {
            "caller": RateLimitItemPerMinute(settings.requests_per_minute),
            "public": RateLimitItemPerMinute(settings.public_requests_per_minute),
            "refused": RateLimitItemPerMinute(settings.refusals_per_minute),
        }
        self._proved: OrderedDict[str, None] = OrderedDict()

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
        if public:
            return self._counted("public", network)
        shown = _shown(credentials)
        if shown is None:
            self._require_few("refused", network, _NOTHING)
            return self._counted("caller", network)
        if shown in self._proved:
            return self._counted("caller", shown)
        self._require_few("refused", network, shown)
        self._require_few("refused", network)
        return self._counted("caller", network, _UNKNOWN)

    def refused(self, address: str, credentials: bytes | None = None) -> None:
        """Counts a request whose credentials, if it had any, proved nobody."""
        item, network = self._limits["refused"], network_of(address)
        shown = _shown(credentials)
        if shown is not None:
            self._proved.pop(shown, None)
            known = self._limiter.get_window_stats(item, network, shown).remaining < item.amount
            if not known:
                self._limiter.hit(item, network)
        self._limiter.hit(item, network, shown or _NOTHING)

    def proved(self, credentials: bytes | None) -> None:
        """Remembers credentials that proved somebody: they are let in beside one who guesses.

        Otherwise one program with an old key would shut out all that share its address.
        """
        known = _shown(credentials)
        if known is None:
            return
        if known not in self._proved:  # the request that proved it counts as one of its own
            self._limiter.hit(self._limits["caller"], known)
        self._proved[known] = None
        self._proved.move_to_end(known)
        if len(self._proved) > MOST_PROVED:
            self._proved.popitem(last=False)

    def _require_few(self, policy: str, *key: str) -> None:
        if not self._limiter.test(self._limits[policy], *key):
            raise self._too_often(policy, *key)

    def _counted(self, policy: str, *key: str) -> Allowance:
        item = self._limits[policy]
        if not self._limiter.hit(item, *key):
            raise self._too_often(policy, *key)
        stats = self._limiter.get_window_stats(item, *key)
        return Allowance(policy, item.amount, stats.remaining, _seconds_until(stats.reset_time))

    def _too_often(self, policy: str, *key: str) -> TooOften:
        item = self._limits[policy]
        wait_s = _seconds_until(self._limiter.get_window_stats(item, *key).reset_time)
        return TooOften(
            f"expected at most {item.amount} requests in {WINDOW_S} s ({policy}), found more",
            wait_s,
        )


def _shown(credentials: bytes | None) -> str | None:
    """What stands for a key or token, however often blanks or its scheme are written anew."""
    words = (credentials or b"").split()
    return sha256(words[-1]).hexdigest() if words else None


def digest(credentials: bytes) -> str:
    """What stands for credentials in counters and log lines; it does not lead back to them."""
    return sha256(credentials).hexdigest()[:DIGEST_CHARACTERS]


@lru_cache(MOST_PROVED)
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
