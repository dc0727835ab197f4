"""Whatever is done to a stored log is found, at its index, and nothing else is blamed."""

from functools import cache
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from ledger.stored import RawRecord
from ledger.units import Hash32, Size
from ledger.verification.findings import Report
from tests.sealed_logs import SmallLog, small_log

SIZES: Final = (1, 2, 3, 7, 8, 13)
RECORD_COLUMNS: Final = RawRecord._fields[1:]


@cache
def log_of(size: int) -> SmallLog:
    """The same log each time: building one costs more than verifying it."""
    return small_log(size, foreign_every=5)


logs = st.sampled_from(SIZES).map(log_of)
hashes = st.lists(st.binary(max_size=33), max_size=4).map(tuple)


@st.composite
def changed_value(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401 - of any column
    """The value with one byte, character, bit or digit changed; never the value itself."""
    match value:
        case bytes() if value:
            place = draw(st.integers(0, len(value) - 1))
            flip = draw(st.integers(1, 255))
            return value[:place] + bytes([value[place] ^ flip]) + value[place + 1 :]
        case str() if value:
            place = draw(st.integers(0, len(value) - 1))
            char = draw(st.characters(codec="ascii").filter(lambda char: char != value[place]))
            return value[:place] + char + value[place + 1 :]
        case int():
            return value ^ (1 << draw(st.integers(0, 50)))
        case _:
            return draw(st.sampled_from(["x", 7, b"\x01"]))


def faults(report: Report) -> set[tuple[str, int | None]]:
    """Verdicts and indexes of all faults."""
    return {(fault.verdict, fault.index) for fault in report.findings if fault.is_fault}


@given(logs)
def test_an_untouched_log_is_valid(log: SmallLog) -> None:
    """Honest evidence would be called broken."""
    report = log.verify()
    assert (report.outcome, report.findings) == ("valid", ())
    assert report.records_checked == log.head.size
    assert report.disclosures_checked == len(log.disclosures)


@given(st.data(), logs, st.sampled_from(RECORD_COLUMNS))
def test_one_change_in_one_column_is_found_there_only(
    data: st.DataObject, log: SmallLog, column: str
) -> None:
    """Somebody could change a stored byte unseen, or an honest record would be blamed for it."""
    index = data.draw(st.integers(0, log.head.size - 1))
    value = data.draw(changed_value(getattr(log.records[index], column)))
    report = log.with_record(index, **{column: value}).verify()
    assert faults(report) == {("MODIFIED", index)}
    found = report.first_fault
    assert found is not None
    assert found.place == ("sealed" if column == "sealed" else f"column {column}")
    assert len(report.findings) == 1


@given(st.data(), logs)
def test_a_record_with_its_hash_made_to_fit_is_found(data: st.DataObject, log: SmallLog) -> None:
    """Whoever changes a record and its leaf hash would go unseen."""
    index = data.draw(st.integers(0, log.head.size - 1))
    sealed = log.records[index].sealed
    place = data.draw(st.integers(0, len(sealed) - 1))
    new = bytes([sealed[place] ^ data.draw(st.integers(1, 255))])
    changed = sealed[:place] + new + sealed[place + 1 :]
    report = log.resealed(index, sealed, changed).verify()
    assert faults(report) == {("MODIFIED", index)}
    assert len(report.findings) == 1


@given(st.data(), st.sampled_from(SIZES[2:]).map(log_of))
def test_two_changed_records_are_both_found(data: st.DataObject, log: SmallLog) -> None:
    """A second change could hide behind the first."""
    one, other = sorted(
        data.draw(st.sets(st.integers(0, log.head.size - 1), min_size=2, max_size=2))
    )
    twice = log
    for index in (one, other):
        value = data.draw(changed_value(log.records[index].sealed))
        twice = twice.with_record(index, sealed=value)
    assert faults(twice.verify()) == {("MODIFIED", one), ("MODIFIED", other)}


@given(st.data(), logs)
def test_deleted_records_are_missing(data: st.DataObject, log: SmallLog) -> None:
    """A record could disappear."""
    size = log.head.size
    gone = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    report = log.with_rows(*(row for row in log.records if row.index not in gone)).verify()
    named: set[int] = set()
    for fault in report.findings:
        assert fault.index is not None
        last = fault.index if fault.last_index is None else fault.last_index
        named |= set(range(fault.index, last + 1))
        assert fault.verdict == ("TRUNCATED" if last == size - 1 else "MISSING")
    assert named == gone


@given(st.data(), st.sampled_from(SIZES[1:]).map(log_of))
def test_swapped_records_are_reordered(data: st.DataObject, log: SmallLog) -> None:
    """Two records could change places, or a third would be blamed."""
    one, other = sorted(
        data.draw(st.sets(st.integers(0, log.head.size - 1), min_size=2, max_size=2))
    )
    with_leaf_hash = data.draw(st.booleans())
    swapped = log
    for index, source in ((one, other), (other, one)):
        columns = {"sealed": log.records[source].sealed}
        if with_leaf_hash:
            columns["leaf_hash"] = log.records[source].leaf_hash
        swapped = swapped.with_record(index, **columns)
    report = swapped.verify()
    assert faults(report) == {("REORDERED", one), ("REORDERED", other)}


@given(st.data(), logs)
def test_a_record_under_a_taken_index_is_inserted(data: st.DataObject, log: SmallLog) -> None:
    """A second record could stand beside the true one."""
    index = data.draw(st.integers(0, log.head.size - 1))
    row = log.records[index]
    second = row._replace(sealed=data.draw(changed_value(row.sealed)))
    pair = (row, second) if data.draw(st.booleans()) else (second, row)
    report = log.with_rows(*log.records[:index], *pair, *log.records[index + 1 :]).verify()
    assert faults(report) == {("INSERTED", index)}


@given(st.data(), logs)
def test_a_record_beyond_the_head_is_inserted(data: st.DataObject, log: SmallLog) -> None:
    """A record could be added without the head knowing."""
    source = data.draw(st.sampled_from(log.records))
    index = log.head.size + data.draw(st.integers(0, 3))
    report = log.with_rows(*log.records, source._replace(index=index)).verify()
    assert faults(report) == {("INSERTED", index)}


@given(st.data(), st.sampled_from(SIZES[1:]).map(log_of))
def test_a_record_under_another_index_is_found(data: st.DataObject, log: SmallLog) -> None:
    """A record could be moved away from its place."""
    index = data.draw(st.integers(0, log.head.size - 2))
    moved = log.records[index]._replace(index=log.head.size + 5)
    report = log.with_rows(*log.records[:index], *log.records[index + 1 :], moved).verify()
    assert faults(report) == {("MISSING", index), ("REORDERED", log.head.size + 5)}


@given(st.data(), logs)
def test_a_changed_head_is_found(data: st.DataObject, log: SmallLog) -> None:
    """The row on which all evidence rests could be changed, or a record would be blamed for it."""
    column = data.draw(st.sampled_from(["size", "last_leaf_hash", "last_recorded_at", "frontier"]))
    value: Any
    match column:
        case "size":
            value = Size(log.head.size + data.draw(st.integers(-log.head.size, 5)))
        case "last_leaf_hash":
            value = Hash32(data.draw(changed_value(log.head.last_leaf_hash)))
        case "last_recorded_at":
            assert log.head.last_recorded_at is not None
            value = log.head.last_recorded_at.replace(microsecond=data.draw(st.integers(0, 9)))
        case _:
            place = data.draw(st.integers(0, len(log.head.frontier) - 1))
            hashes = list(log.head.frontier)
            hashes[place] = Hash32(data.draw(changed_value(hashes[place])))
            value = tuple(hashes)
    report = log.with_head(**{column: value}).verify()
    if value == getattr(log.head, column):
        assert report.outcome == "valid"
        return
    assert faults(report) == {("MODIFIED", None)}
    assert [fault.place.partition("[")[0] for fault in report.findings] == [f"head.{column}"]


@given(st.data(), logs)
def test_a_rewritten_tail_contradicts_the_head(data: st.DataObject, log: SmallLog) -> None:
    """Whoever recomputes every hash but those of the head would go unseen."""
    index = data.draw(st.integers(0, log.head.size - 1))
    sealed = log.records[index].sealed
    changed = sealed + b" "
    report = log.resealed(index, sealed, changed, links=True).verify()
    last = log.head.size - 1
    assert ("MODIFIED", last) in faults(report)
    assert faults(report) <= {("MODIFIED", last), ("MODIFIED", None)}


@given(st.data(), logs.filter(lambda log: bool(log.disclosures)))
def test_one_change_in_one_disclosure_is_found_there_only(
    data: st.DataObject, log: SmallLog
) -> None:
    """What opens a personal field could be changed unseen, or another record would be blamed."""
    place = data.draw(st.integers(0, len(log.disclosures) - 1))
    row = log.disclosures[place]
    column = data.draw(st.sampled_from(["subject_id", "fields", "ciphertext"]))
    if column == "subject_id":
        value: object = type(row.subject_id)(int=row.subject_id.int ^ 1)
    else:
        value = data.draw(changed_value(getattr(row, column)))
    report = log.with_disclosure(place, **{column: value}).verify()
    assert {fault.index for fault in report.findings} == {row.index}
    assert ("DISCLOSURE_MISMATCH", row.index) in faults(report)


@given(st.data(), logs.filter(lambda log: bool(log.disclosures)))
def test_a_deleted_disclosure_is_a_missing_payload(data: st.DataObject, log: SmallLog) -> None:
    """A personal value could be destroyed without the erasure being recorded."""
    place = data.draw(st.integers(0, len(log.disclosures) - 1))
    rest = [*log.disclosures[:place], *log.disclosures[place + 1 :]]
    report = log.with_disclosures(*rest).verify()
    assert faults(report) == {("MISSING_PAYLOAD", log.disclosures[place].index)}


@given(st.data(), logs.filter(lambda log: bool(log.disclosures)))
def test_a_moved_disclosure_is_found_at_both_ends(data: st.DataObject, log: SmallLog) -> None:
    """A disclosure could be attached to another event."""
    place = data.draw(st.integers(0, len(log.disclosures) - 1))
    row = log.disclosures[place]
    index = data.draw(st.integers(-2, log.head.size + 3).filter(lambda other: other != row.index))
    report = log.with_disclosure(place, index=index).verify()
    assert faults(report) == {("MISSING_PAYLOAD", row.index), ("DISCLOSURE_MISMATCH", index)}


@given(st.data(), logs)
def test_any_damage_to_several_rows_is_reported_and_never_raised(
    data: st.DataObject, log: SmallLog
) -> None:
    """Badly damaged evidence would end in a crash, or pass."""
    damaged = log
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, log.head.size - 1))
        column = data.draw(st.sampled_from(RECORD_COLUMNS))
        old = getattr(log.records[index], column)
        new = data.draw(st.one_of(changed_value(old), st.sampled_from([None, "", b"", 2**64])))
        damaged = damaged.with_record(index, **{column: new})
    if data.draw(st.booleans()):
        leaf = data.draw(st.one_of(changed_value(log.head.last_leaf_hash), st.binary(max_size=40)))
        damaged = damaged.with_head(last_leaf_hash=leaf, frontier=data.draw(st.just(()) | hashes))
    report = damaged.verify()
    assert report.outcome == ("valid" if damaged == log else "broken")
