"""Addresses of peers, as they are told to who may speak and to who is recorded."""

import pytest

from cli.watching.listening_sockets import peer_address


@pytest.mark.parametrize(
    ("address", "peer"),
    [
        (("192.0.2.7", 514), "192.0.2.7"),
        (("2001:db8::7", 514, 0, 0), "2001:db8::7"),
        (("::ffff:192.0.2.7", 514, 0, 0), "192.0.2.7"),
        (("fe80::7%eth0", 514, 0, 2), "fe80::7"),
        (None, None),
        ("", None),
        (b"\0abstract", None),
    ],
)
def test_a_peer_has_one_address_wherever_it_was_heard(address: object, peer: str | None) -> None:
    """A peer that is allowed would be turned away, or one machine have two names."""
    assert peer_address(address) == peer
