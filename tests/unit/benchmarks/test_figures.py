"""The figures of several runs in one file."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.comparison import Comparison, Footprint, Part, Planned, Profile
from benchmarks.figures import Figures, Run, read_figures, write_figures
from benchmarks.measuring import Rate

RUN = Run(date(2026, 11, 22), "a machine", "make bench")


def _planned(area: str, database: str = "SQLite", size: int | None = 10_000) -> Planned:
    return Planned(area, database, size, lambda: Comparison("never made", "events/s", []))


def _made(median: float) -> Comparison:
    return Comparison("a title", "events/s", [Rate("ours", (median,)), Rate("theirs", (1.0,))])


def test_a_part_that_is_measured_again_replaces_itself_alone() -> None:
    """A page would show two answers to one question, or lose what another run found."""
    figures = Figures()
    for planned, median in (
        (_planned("append"), 1.0),
        (_planned("append", size=100_000), 2.0),
        (_planned("append", "PostgreSQL"), 3.0),
        (_planned("append"), 4.0),
    ):
        figures = figures.including(planned, _made(median), RUN)
    kept = [(*one.place, one.comparison.rates[0].median) for one in figures.comparisons]
    assert kept == [
        ("append", "PostgreSQL", 10_000, 3.0),
        ("append", "SQLite", 10_000, 4.0),
        ("append", "SQLite", 100_000, 2.0),
    ]


_SIZES = st.sampled_from((None, 10_000, 100_000))
_RATES = st.floats(0.001, 1e9).map(lambda number: float(f"{number:.4g}"))


@given(st.lists(st.tuples(st.sampled_from(("append", "verify")), _SIZES, _RATES), max_size=5))
def test_figures_are_read_as_they_were_written(
    measured: list[tuple[str, int | None, float]],
) -> None:
    """The documentation would show something that nobody measured."""
    figures = Figures()
    for area, size, rate in measured:
        figures = figures.including(_planned(area, size=size), _made(rate), RUN)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "figures.json"
        write_figures(figures, file)
        assert read_figures(file) == Figures(list(figures.comparisons), [], [])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A run that fills in a part would lose the other parts."""
    figures = Figures().including(_planned("append", size=None), _made(1234.0), RUN)
    weighed = Footprint("verify", "SQLite", 10_000, 200_000_000)
    figures = figures.including(_planned("verify"), weighed, RUN)
    shares = (Part("ledger/merkle.py", "the tree", 0.75), Part("", "3 others", 0.25))
    profile = Profile("where it goes", shares)
    figures = figures.including(_planned("profile: verify"), profile, RUN)
    file = tmp_path / "figures.json"
    write_figures(figures, file)
    assert read_figures(file) == figures
    assert not list(tmp_path.glob("*.partial"))


def test_no_file_is_no_figures(tmp_path: Path) -> None:
    """The first run would end in an error."""
    assert read_figures(tmp_path / "figures.json") == Figures()
