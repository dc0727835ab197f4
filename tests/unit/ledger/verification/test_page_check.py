"""A page passes as a whole only if every column is what the sealed bytes say."""

import pytest

from ledger.verification.findings import Report
from ledger.verification.log_check import verify_log
from tests.sealed_logs import small_log, unlock

LOG = small_log(20)


@pytest.mark.parametrize("column", ["version", "recorded_at_us", "occurred_at_us"])
def test_a_fraction_in_a_column_of_whole_numbers_is_named(column: str) -> None:
    """SQLite keeps a fraction there, which would be cut off where the header is written again."""
    whole = getattr(LOG.records[7], column)
    log = LOG.with_record(7, **{column: whole + 0.25})
    (found,) = log.verify().findings
    assert (found.verdict, found.index, found.place) == ("MODIFIED", 7, f"column {column}")
    assert found.found == str(whole + 0.25)


def test_plain_tuples_give_the_same_report() -> None:
    """Rows as the driver gives them would be judged otherwise than rows with names."""
    rows = [tuple(row) for row in LOG.records]
    beside = [(row[0], row[1].bytes, *row[2:]) for row in LOG.disclosures]

    def report(change: int | None) -> Report:
        kept = [row for row in beside if row[0] != change]
        return verify_log(LOG.origin, LOG.head, rows, kept, unlock)  # type: ignore[arg-type]  # as the driver gives them

    assert report(None) == LOG.verify()
    left = [row for row in LOG.disclosures if row.index != 3]
    assert report(3) == LOG.with_disclosures(*left).verify()
    assert report(3).counts == {"MISSING_PAYLOAD": 1}
