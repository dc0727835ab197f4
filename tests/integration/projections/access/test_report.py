"""A review of access as one report."""

from ledger.ledger import Ledger
from projections.access.report import SECTIONS, access_report
from projections.cases.reading import Moment
from tests.access_facts import granted, used
from tests.histories import day, told


def test_one_section_is_told_as_among_all_of_them(ledger: Ledger) -> None:
    """A section that is asked for alone would say something else, or bring others with it."""
    told(ledger, granted(1), granted(1, "G-2"), used(2), used(3, None, resource="elsewhere"))
    moment = Moment(day(5), ledger.head().size)
    every = access_report(ledger, moment, {})
    assert list(every) == list(SECTIONS)
    assert every["held"]
    assert every["unused"]
    assert every["ungranted"]
    for name, rows in every.items():
        assert access_report(ledger, moment, {}, name) == {name: rows}
