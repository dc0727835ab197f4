"""Who told of attempts, and how many there were by what several told."""

from hypothesis import given
from hypothesis import strategies as st

from projections.detectors import detector_in, detector_of, most_told
from tests.histories import event

WHO = st.fixed_dictionaries(
    {},
    optional={
        "detector": st.sampled_from(["sshd", "fail2ban"]),
        "parser": st.sampled_from(["zegel-openssh/1", "zegel-fail2ban/1"]),
        "collector": st.just("zegel-watch/1"),
    },
)


@given(WHO)
def test_an_event_and_what_was_kept_of_it_name_one_detector(who: dict[str, str]) -> None:
    """A view and a promise would count the same attempts differently."""
    told = event("intrusion.attempt_detected", 1, ip="ip:203.0.113.7", **who)
    kept = {name: (value,) for name, value in who.items()}
    order = [who[name] for name in ("detector", "parser", "collector") if name in who]
    assert detector_of(told) == detector_in(kept) == detector_in(who) == [*order, ""][0]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9)), max_size=12))
def test_the_most_that_one_told_of_counts(told: list[tuple[str, int]]) -> None:
    """The same attempts would be counted once for each program that saw them."""
    sums = [sum(number for who, number in told if who == each) for each in "abc"]
    assert most_told(told) == max(sums)
