"""Whether a reading showed somebody."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.events.log_integrity import LogRead
from ledger.looking import Looked, looks_at
from ledger.shown_records import runs_of

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_JAN, _PIET = UUID(int=1), UUID(int=2)


def _looked(*places: int) -> Looked:
    looked = Looked(_JAN, Looked.of(_JAN, []).places)
    looked.places.extend(places)
    return looked


def _reading(shown: str | None, subjects: str | None = None) -> LogRead:
    return LogRead(
        occurred_at=_NOW, question="q", records=1, shown=shown, shown_subjects=subjects,
        shown_exactly=True,
    )  # fmt: skip


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_a_reading_shows_whoever_stands_in_its_records(shown: set[int], places: set[int]) -> None:
    """Somebody would be told that nobody looked at them, or that somebody did who had not."""
    looked = _looked(*sorted(places))
    assert looks_at(_reading(runs_of(shown).text()), looked) == bool(shown & places)


def test_a_reading_about_some_shows_nobody_else() -> None:
    """Who stands beside somebody in a record would seem to have been looked at too."""
    assert looks_at(_reading("3", f"person#{_JAN.hex} ip#{_PIET.hex}"), _looked(3))
    assert not looks_at(_reading("3", f"ip#{_PIET.hex}"), _looked(3))
    assert not looks_at(_reading("", ""), _looked(3))


def test_a_reading_that_cannot_be_read_shows_nobody() -> None:
    """A reading of an older version, or of an erased reader, would end the question."""
    for shown in (None, "", "withheld"):
        assert not looks_at(_reading(shown), _looked(3))
