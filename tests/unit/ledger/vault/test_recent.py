"""The bounded memory of look-ups."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.vault.recent import Recent


@given(st.lists(st.integers(0, 20), max_size=200), st.integers(1, 5))
def test_it_remembers_lately_used_values_and_stays_bounded(keys: list[int], capacity: int) -> None:
    """Memory would grow with the history, or a value would come back under another key."""
    recent: Recent[int, str] = Recent(capacity)
    for key in keys:
        assert recent.get(key) in {None, str(key)}
        recent.put(key, str(key))
        assert recent.get(key) == str(key)
    remembered = [key for key in range(21) if key in recent._young or key in recent._old]
    assert len(remembered) <= 2 * capacity


def test_what_is_asked_for_again_is_kept() -> None:
    """The busiest subjects would be unwrapped anew for every batch."""
    recent: Recent[int, str] = Recent(2)
    recent.put(0, "often")
    for other in range(1, 50):
        recent.put(other, "once")
        assert recent.get(0) == "often"
