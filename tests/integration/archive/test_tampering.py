"""Whatever is changed in an archive is found, and named by its file and record."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.archive.archive_check import ArchiveReport, check_archive
from ledger.archive.layout import SegmentRange
from ledger.archive.manifest import read_manifest
from ledger.errors import VerificationError
from ledger.notes.signed_note import decode_note, encode_note
from tests.archived_home import ArchivedHome
from tests.sealed_home import ORIGIN, SealedHome, without_passphrase

SECOND: Final = SegmentRange(64, 128)


@pytest.fixture
def archived(small_home: ArchivedHome) -> ArchivedHome:
    """The home with its four segments written."""
    small_home.write_archive()
    return small_home


def report_on(home: ArchivedHome) -> ArchiveReport:
    """What verifying the archive found."""
    return check_archive(home.place, ORIGIN, home.signing.terms())


def at(home: ArchivedHome, ending: str) -> Path:
    """A file of the second segment."""
    return Path(home.place) / (SECOND.stem + ending)


def test_an_archive_in_order_is_valid(archived: ArchivedHome) -> None:
    """A sound archive would be called broken."""
    report = report_on(archived)
    assert (report.outcome, report.findings, report.unsigned) == ("valid", (), ())
    assert (report.segments, report.first, report.stop, report.records_checked) == (4, 0, 256, 256)


COLUMNS: Final[dict[str, Callable[[Any], Any]]] = {
    "idx": lambda value: value + 1000,
    "sealed": lambda value: value.replace(b"access", b"excess"),
    "leaf_hash": lambda _: bytes(32),
    "stream": lambda _: bytes(16),
    "version": lambda value: value + 1,
    "kind": lambda _: "access.revoked.v1",
    "event_id": lambda _: bytes(16),
    "recorded_at_us": lambda value: value + 1,
    "occurred_at_us": lambda value: value - 1,
    "system": lambda _: "elsewhere",
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_field_of_a_record_is_named(archived: ArchivedHome, column: str) -> None:
    """Somebody could rewrite one field of one record in the archive."""
    path = at(archived, ".parquet")
    table = pq.read_table(path)
    values = table.column(column).to_pylist()
    values[20] = COLUMNS[column](values[20])
    place = table.schema.get_field_index(column)
    changed = table.set_column(
        place, table.schema.field(place), pa.array(values, table.schema.types[place])
    )
    pq.write_table(changed, path, store_schema=False)
    report = report_on(archived)
    assert report.outcome == "broken"
    places = {(one.index, one.place) for one in report.findings}
    assert (None, f"{SECOND.stem}.parquet") in places
    assert any(index in {84, 1084} for index, _ in places), report.findings


def test_a_taken_and_an_added_record_are_found(archived: ArchivedHome) -> None:
    """A record could vanish from the archive, or one be put into it."""
    path = at(archived, ".parquet")
    table = pq.read_table(path)
    for changed in (
        pa.concat_tables([table.slice(0, 20), table.slice(21)]),
        pa.concat_tables([table.slice(0, 21), table.slice(20)]),
    ):
        pq.write_table(changed, path, store_schema=False)
        report = report_on(archived)
        assert any(one.index in {84, 85} for one in report.findings), report.findings


@pytest.mark.parametrize("ending", [".parquet", ".checkpoint"])
def test_a_missing_file_is_named(archived: ArchivedHome, ending: str) -> None:
    """A part of the evidence could be taken away."""
    at(archived, ending).unlink()
    (found,) = report_on(archived).findings
    assert (found.verdict, found.place) == ("MISSING", SECOND.stem + ending)


def test_a_missing_segment_is_named(archived: ArchivedHome) -> None:
    """A gap between two segments would be taken for the whole history."""
    at(archived, ".manifest").unlink()
    report = report_on(archived)
    assert [(one.verdict, one.index) for one in report.findings] == [("MISSING", 64)]
    assert report.unsigned == (f"{SECOND.stem}.checkpoint", f"{SECOND.stem}.parquet")
    with pytest.raises(VerificationError) as refused:
        archived.archive()
    assert (refused.value.verdict, refused.value.index) == ("MISSING", 64)


LINES: Final = range(13)


@pytest.mark.parametrize("line", LINES)
def test_a_changed_line_of_a_manifest_is_found(archived: ArchivedHome, line: int) -> None:
    """A manifest could say something that the log never signed."""
    path = at(archived, ".manifest")
    note = decode_note(path.read_bytes())
    lines = note.text.split("\n")
    old = lines[line]
    lines[line] = old[:-1] + ("B" if old[-1] != "B" else "C")
    path.write_bytes(path.read_bytes().replace(note.text.encode(), "\n".join(lines).encode()))
    report = report_on(archived)
    assert report.outcome == "broken"
    assert any(SECOND.stem in one.place or one.index == 64 for one in report.findings)


def test_a_manifest_that_somebody_else_signed_is_refused(
    archived: ArchivedHome, tmp_path: Path
) -> None:
    """Whoever has any key could write an archive."""
    other = SealedHome(f"sqlite:///{tmp_path}/other.db", tmp_path / "other")
    other.create()
    path = at(archived, ".manifest")
    note = decode_note(path.read_bytes())
    signed = other.signing.current(without_passphrase).sign(note.text)
    path.write_bytes(encode_note(type(note)(note.text, (signed,))))
    findings = report_on(archived).findings
    assert ("UNKNOWN_KEY", 64) in {(one.verdict, one.index) for one in findings}


def test_a_checkpoint_of_another_segment_is_found(archived: ArchivedHome) -> None:
    """The signed root beside a segment could be one that does not cover it."""
    checkpoint = at(archived, ".checkpoint")
    other = Path(archived.place) / f"{SegmentRange(0, 64).stem}.checkpoint"
    assert checkpoint.read_bytes() != other.read_bytes()
    checkpoint.write_bytes(other.read_bytes())
    places = {one.place for one in report_on(archived).findings}
    assert f"{SECOND.stem}.checkpoint" in places


def test_segments_of_two_histories_do_not_join(archived: ArchivedHome) -> None:
    """A segment of a forked log could stand between those of the first."""
    manifest = read_manifest(at(archived, ".manifest").read_bytes())
    assert manifest.before != manifest.after
    first = Path(archived.place) / f"{SegmentRange(0, 64).stem}.manifest"
    at(archived, ".manifest").write_bytes(first.read_bytes())
    report = report_on(archived)
    assert report.outcome == "broken"
    assert report.findings[0].index == 64


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> ArchivedHome:
    """A home with its archive, for a test that puts every file back."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        home = ArchivedHome(f"sqlite:///{folder}/log.db", folder / "home", patch)
        home.create()
        home.add(150)
        home.seal()
        home.write_archive()
    return home


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_found(
    kept: ArchivedHome, data: st.DataObject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There would be a byte of the archive that nobody checks."""
    from ledger.archive import layout  # noqa: PLC0415 - patched for the length of one example

    monkeypatch.setattr(layout, "SEGMENT_RECORDS", 64)
    paths = sorted(path for path in Path(kept.place).rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(paths))
    raw = path.read_bytes()
    place = data.draw(st.integers(0, len(raw) - 1))
    flipped = bytes([raw[place] ^ data.draw(st.integers(1, 255))])
    path.write_bytes(raw[:place] + flipped + raw[place + 1 :])
    try:
        report = report_on(kept)
    finally:
        path.write_bytes(raw)
    name = path.name.partition(".")[0]
    assert report.outcome == "broken"
    assert any(name in one.place or one.index == int(name) for one in report.findings), (
        report.findings
    )


def test_a_changed_archive_is_found_by_its_log(archived: ArchivedHome) -> None:
    """The log would go on reading from an archive that somebody changed."""
    archived.move()
    assert archived.verify().outcome == "valid"
    path = at(archived, ".parquet")
    raw = path.read_bytes()
    table = pq.read_table(path)
    sealed = table.column("sealed").to_pylist()
    sealed[20] = sealed[20].replace(b"access", b"excess")
    field = table.schema.field(1)
    pq.write_table(table.set_column(1, field, pa.array(sealed, field.type)), path)
    faults = archived.faults()
    assert ("MODIFIED", 84) in faults
    assert {index for _, index in faults} <= {None, 84, 85}
    with closing(archived.open()) as ledger, pytest.raises(VerificationError, match="SHA-256"):
        list(ledger.log.scan(80, 90))
    path.write_bytes(raw)
    assert archived.verify().outcome == "valid"
    path.write_bytes(raw + b"more")  # all records in it are right
    assert archived.verify().outcome == "broken"
