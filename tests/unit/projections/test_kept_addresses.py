"""From when on an address had tried repeatedly."""

from hypothesis import given
from hypothesis import strategies as st

from projections.kept_addresses import Attempts, Tried, tried

DAY = 24 * 60 * 60 * 1_000_000
HISTORIES = st.lists(
    st.builds(
        Attempts, st.integers(0, 5 * DAY), st.integers(0, 3), st.sampled_from(["sshd", "fail2ban"])
    ),
    max_size=12,
).map(sorted)


def _is_repeated(attempts: list[Attempts]) -> bool:
    """The rule as it is said: two attempts of one detector at most a day apart, or a report."""
    return any(each.times > 1 for each in attempts) or any(
        abs(one.at - other.at) <= DAY and one.told_by == other.told_by
        for place, one in enumerate(attempts)
        for other in attempts[place + 1 :]
    )


@given(HISTORIES, st.integers(0, 6 * DAY))
def test_an_address_is_repeated_from_the_moment_the_rule_holds(
    attempts: list[Attempts], moment: int
) -> None:
    """An address would be kept too early, or called unrepeated though it was not."""
    found = tried(attempts)
    until = [each for each in attempts if each.at <= moment]
    assert _is_repeated(until) == (found.repeated_at is not None and found.repeated_at <= moment)
    if not _is_repeated(until):
        assert [each for each in found.before if each.at <= moment] == until


def test_a_day_is_the_limit() -> None:
    """One second more or less would decide otherwise than the rule."""
    first = Attempts(0, 1)
    assert tried([first, Attempts(DAY, 1)]) == Tried((first,), DAY)
    assert tried([first, Attempts(DAY + 1, 1)]).repeated_at is None
    assert tried([Attempts(5, 2)]) == Tried((), 5)


def test_what_two_detectors_told_of_one_attempt_is_no_repetition() -> None:
    """Whoever tried once would be called repeated where two programs saw it."""
    both = [Attempts(5, 1, "sshd"), Attempts(5, 1, "fail2ban")]
    assert tried(both).repeated_at is None
    assert tried([*both, Attempts(6, 1, "fail2ban")]).repeated_at == 6
