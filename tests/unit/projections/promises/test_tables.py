"""Links are found by numbers: of any text one that a database holds, and close for what is new."""

from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from projections.promises.tables import number_of

_KEYS = st.text() | st.uuids().map(str) | st.uuids().map(lambda one: f"ip#{one.hex}")


def _case(milliseconds: int) -> UUID:
    """An id that was made at a moment."""
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | 5)


@given(st.integers(0, 10**4), _KEYS)
def test_every_link_has_a_number_that_a_database_holds(need: int, key: str) -> None:
    """An event with an odd key would keep its whole batch from being stored."""
    assert 0 <= number_of(f"{need} {key}") < 2**63


@given(st.integers(0, 2**31 - 2**20 - 1), st.integers(1, 2**20), st.sampled_from(["87", "101"]))
def test_what_was_made_later_stands_behind_what_was_made_before(
    made: int, later: int, need: str
) -> None:
    """New cases would be written all over an index, and each batch would write most of it."""
    first, second = _case(made), _case(made + later)
    for before, after in (
        (f"{need} {first}", f"12 {second}"),
        (f"{need} person#{first.hex}", f"9 data-subject#{second.hex}"),
        (f"{need} person#{first.hex}", f"9 {second}"),
    ):
        assert 0 <= number_of(after) - number_of(before) < (later + 1) << 32


def test_links_of_one_moment_have_numbers_of_their_own() -> None:
    """A case would be found by whoever looks for another one that came with it."""
    links = [f"{need} {_case(1_700_000_000_000)}" for need in range(100)]
    links += [f"17 {key}" for key in ("", "withheld", "consent-stream", "consent-streams")]
    numbers = sorted(map(number_of, links))
    assert all(one != other for one, other in pairwise(numbers))
