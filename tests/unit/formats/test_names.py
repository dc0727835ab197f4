"""Public words out of foreign names."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import convert

from formats.names import (
    address_of,
    case_of,
    resource_of,
    resource_under,
    word_after,
    word_of,
)
from ledger.units import ResourceName, Slug


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("LabSZ", "labsz"),
        ("dossier 123456782", None),
        ("123456783", "123456783"),
        ("nginx_http auth!", "nginx_http-auth"),
        ("--", None),
        ("203.0.113.77", None),
        ("2001:db8::1", None),
        ("x-203.0.113.77", None),
        ("ip-203-0-113-77", None),
        ("77.113.0.203.dynamic.example", None),
        ("203..0..113.77", None),
        ("web_2001:db8::7.example", None),
        ("2001-db8-0-0-0-0-0-7.example", None),
        ("x-::ffff:203.0.113.7", None),
        ("jan.jansen@example.nl", None),
        ("300.1.1.1", "300.1.1.1"),
        ("release-1.2.3", "release-1.2.3"),
        ("2025-11-22", "2025-11-22"),
        ("10:30:00", "10-30-00"),
        ("", None),
    ],
)
def test_a_word_keeps_what_may_be_public(name: str, word: str | None) -> None:
    """A jail or host could not be named in an event."""
    assert word_of(name) == word


@given(st.text())
def test_every_word_fits_the_types_of_public_names(name: str) -> None:
    """An event would be refused for the name of its source's host."""
    word = word_of(name)
    assert word is None or convert(word, Slug) == word
    resource = resource_under("ssh", name)
    assert convert(resource, ResourceName) == resource


@pytest.mark.parametrize("name", ["192.0.2.7", "2001:db8::1", None])
def test_an_address_never_becomes_part_of_a_resource(name: str | None) -> None:
    """Somebody's address would be sealed in public."""
    assert resource_under("ssh", name) == "ssh"


@given(
    st.ip_addresses(),
    st.sampled_from(["", "x-", "host.", "srv_"]),
    st.sampled_from(["", "-x", ".example.nl"]),
    st.sampled_from([".", "-", "_", None]),
)
def test_no_word_holds_an_address(
    address: IPv4Address | IPv6Address, before: str, after: str, mark: str | None
) -> None:
    """Somebody's address would be sealed in public as a part of the name of a machine."""
    whole = address.exploded if mark else str(address)
    name = f"{before}{whole.replace('.', mark).replace(':', mark) if mark else whole}{after}"
    is_told = mark or address.version == 4 or sum(map(bool, str(address).split(":"))) > 1
    assert word_of(name) is None or not is_told


@pytest.mark.parametrize(
    "hostile",
    ["a" * 200_000, ":" * 200_000, "1." * 100_000, "a@" * 100_000],
    ids=["letters", "colons", "numbers", "mails"],
)
def test_a_long_name_of_a_stranger_takes_no_longer_than_its_length(hostile: str) -> None:
    """Whoever names a thing could hold up the reading of all that comes after it."""
    assert len(word_of(hostile) or "") <= 64


def test_a_word_after_another_is_the_other_alone_where_it_would_hold_an_address() -> None:
    """A fact would be refused, or name a machine by an address."""
    assert word_after("audit-log", "DC-1") == "audit-log-dc-1"
    assert word_after("audit-log", "203.0.113.77") == "audit-log"
    assert word_after("audit-log", None) == "audit-log"


def test_addresses_are_told_from_host_names() -> None:
    """A host name would be blocked as if it were an address."""
    assert address_of("192.0.2.7") == "ip:192.0.2.7"
    assert address_of("2001:DB8:0::9%eth0") == "ip:2001:db8::9"
    assert address_of("host.example.org") is None
    assert address_of("300.0.0.1") is None


@given(st.lists(st.none() | st.text(), max_size=6))
def test_every_list_of_names_gives_a_resource(names: list[str | None]) -> None:
    """An event would be refused for the name of a group or a role."""
    resource = resource_of("realm", *names)
    assert convert(resource, ResourceName) == resource
    assert resource.startswith("realm")


def test_an_address_is_left_out_of_a_list_of_names() -> None:
    """Somebody's address would be sealed in public."""
    assert resource_of("windows", "192.0.2.7", "File") == "windows/file"


@given(st.text(max_size=500), st.text(max_size=500))
def test_every_id_of_a_case_fits(first: str, second: str) -> None:
    """A grant on a long path would be refused."""
    assert 0 < len(case_of("x", first, second)) <= 400


def test_long_ids_that_differ_at_their_end_stay_apart() -> None:
    """Two grants on long paths would become one."""
    assert case_of("x" * 500, "a") != case_of("x" * 500, "b")
    assert case_of("a", "b") == "a b"
