"""What a question means, before any database is asked."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from ledger.errors import BadRequest
from ledger.query import EventQuery, full_identity, matching_subject, record_query

_JAN = UUID("01a200f9-f5a5-72d0-bebd-5b0f05f4251b")


def _find(identity: str) -> UUID | None:
    return {"person:jan": _JAN, "ip:203.0.113.7": _JAN}.get(identity)


def test_every_filter_reaches_the_store() -> None:
    """A filter would be dropped, and more be shown than was asked for."""
    query = EventQuery(
        since=datetime(2026, 1, 1, tzinfo=UTC),
        until=datetime(2026, 2, 1, tzinfo=UTC),
        kinds=("access.granted", "access.revoked.v1"),
        system="infactor",
        actor="Jan",
        ip="::ffff:203.0.113.7",
        subject="person:JAN",
        known_size=50,
        start=3,
        stop=70,
        limit=9,
        reverse=True,
    )
    asked = record_query(query, _find)
    assert asked is not None
    assert (asked.since, asked.until) == (query.since, query.until)
    assert asked.kinds == ("access.granted.v1", "access.revoked.v1")
    assert asked.subject_ids == (({_JAN}, {"actor"}), ({_JAN}, None), ({_JAN}, None))
    assert (asked.system, asked.start, asked.stop) == ("infactor", 3, 50)
    assert (asked.limit, asked.reverse) == (9, True)


def test_a_limit_waits_for_the_pattern() -> None:
    """The first ten records would be searched instead of the first ten matches be shown."""
    asked = record_query(EventQuery(grep="x", limit=10), _find)
    assert asked is not None
    assert asked.limit is None


def test_an_unknown_identity_matches_nothing() -> None:
    """A question about a stranger would be answered with everybody's records."""
    assert record_query(EventQuery(actor="piet"), _find) is None


def test_the_recorded_question_names_nobody() -> None:
    """The record of a reading would keep an identity beyond its erasure."""
    query = EventQuery(actor="jan", subject="person:piet", system="infactor", reverse=True)
    assert query.text(_find) == (
        f"system=infactor; actor=person#{_JAN.hex}; subject=nobody known; reverse=True"
    )
    assert EventQuery().text(_find) == "everything"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("actor", "jan", "person:jan"),
        ("actor", "person:jan", "person:jan"),
        ("actor", f"person#{_JAN.hex}", f"person#{_JAN.hex}"),
        ("ip", "203.0.113.7", "ip:203.0.113.7"),
        ("ip", "2001:db8::1", "ip:2001:db8::1"),
        ("subject", "data-subject:BSN:1", "data-subject:BSN:1"),
    ],
)
def test_a_filter_implies_its_namespace(name: str, value: str, expected: str) -> None:
    """People would have to type what the filter says already."""
    assert full_identity(name, value) == expected


def test_a_token_needs_no_look_up_and_nonsense_is_refused() -> None:
    """A token copied from a table would find nobody, a typing error find nobody silently."""
    assert matching_subject(f"person#{_JAN.hex}", lambda _: None) == _JAN
    with pytest.raises(BadRequest, match="expected person:NAME"):
        matching_subject("jan", _find)
