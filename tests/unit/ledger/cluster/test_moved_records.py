"""What two workers saw of one record that was moved is told as a move."""

from ledger.cluster.moved_records import with_moves
from ledger.verification.findings import Finding, FindingLog


def _found(*findings: Finding) -> FindingLog:
    log = FindingLog()
    log.add_all(findings)
    return log


def _changed(index: int, expected: str, found: str) -> Finding:
    return Finding("MODIFIED", index, "sealed", f"leaf hash {expected}", f"leaf hash {found}")


def test_records_that_changed_places_are_reordered() -> None:
    """Whoever swapped two records would be said to have changed their contents."""
    told = with_moves(_found(_changed(5, "aa", "bb"), _changed(900, "bb", "aa")))
    assert [(one.verdict, one.index, one.found) for one in told.kept] == [
        ("REORDERED", 5, "the record of index 900"),
        ("REORDERED", 900, "the record of index 5"),
    ]
    assert told.counts == {"REORDERED": 2}


def test_a_copy_of_another_record_is_told_by_its_origin() -> None:
    """It would not be said which record was put in the place of another."""
    inserted = Finding("INSERTED", 12, "sealed", "no record", "leaf hash aa")
    told = with_moves(_found(_changed(5, "aa", "cc"), inserted))
    assert [one.verdict for one in told.kept] == ["MODIFIED", "REORDERED"]


def test_a_changed_record_stays_changed() -> None:
    """A changed record would be said to have come from elsewhere."""
    column = Finding("MODIFIED", 7, "column kind", "leaf hash aa", "leaf hash bb")
    before = _found(_changed(5, "aa", "cc"), _changed(6, "dd", "dd"), column)
    told = with_moves(before)
    assert (told.kept, told.counts) == (before.kept, before.counts)


def test_findings_that_were_not_kept_are_counted_still() -> None:
    """The counts of a report would shrink."""
    log = _found(*(_changed(index, f"{index:x}", "ff00") for index in range(1_500)))
    assert with_moves(log).counts == {"MODIFIED": 1_500}
