"""What verifications found is kept as it was found, and never made up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from ledger import verification_record
from ledger.errors import StoreUnavailable
from ledger.verification.findings import Finding
from ledger.verification_record import Anchored, AnchoredBy, Fault, Run, keeper_of

ORIGIN = "record.example/log"
NOON = datetime(2026, 11, 20, 12, 0, 0, 123_456, tzinfo=UTC)
BROKEN = Run(
    began_at=NOON - timedelta(seconds=2),
    ended_at=NOON,
    outcome="broken",
    first_index=4,
    size=9,
    root="ab" * 32,
    records_checked=5,
    disclosures_checked=7,
    signed_size=8,
    fault=Fault.of(Finding("MODIFIED", 6, "sealed", "leaf hash aa", "leaf hash bb", 7)),
    faults=2,
)
ANCHORED = Anchored(
    asked=2,
    size=8,
    anchored_at=NOON,
    by=(AnchoredBy(kind="witness", authority="one.example", size=8, anchored_at=NOON),),
    waiting_since=None,
)


def test_what_was_found_comes_back_the_same(tmp_path: Path) -> None:
    """A restart would forget that evidence is broken."""
    keeper = keeper_of(tmp_path, ORIGIN)
    assert keeper.read().since is None
    keeper.change(
        lambda record: msgspec.structs.replace(
            record, since=BROKEN, anchored=ANCHORED, note="a note\n"
        )
    )
    found = keeper_of(tmp_path, ORIGIN).read()
    assert (found.since, found.anchored, found.note) == (BROKEN, ANCHORED, "a note\n")
    assert found.full is None


def test_the_record_of_another_log_counts_for_nothing(tmp_path: Path) -> None:
    """A home that was made anew would vouch for a log that nobody verified."""
    keeper_of(tmp_path, "other.example/log").change(
        lambda record: msgspec.structs.replace(record, full=BROKEN)
    )
    assert keeper_of(tmp_path, ORIGIN).read().full is None


@pytest.mark.parametrize("content", [b"", b"{", b'{"origin": 4}', b"\xff\xfe"])
def test_a_damaged_record_is_as_none(tmp_path: Path, content: bytes) -> None:
    """Half a file would keep the service from verifying at all."""
    keeper = keeper_of(tmp_path, ORIGIN)
    keeper.change(lambda record: record)
    keeper.path.write_bytes(content)
    assert keeper.read() == verification_record.VerificationRecord(origin=ORIGIN)


def test_others_may_not_read_it(tmp_path: Path) -> None:
    """How the log stands would be told to every user of the machine."""
    keeper = keeper_of(tmp_path, ORIGIN)
    keeper.change(lambda record: record)
    assert keeper.path.stat().st_mode & 0o777 == 0o600


def test_what_cannot_be_written_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk would hide that evidence is broken."""
    keeper = keeper_of(tmp_path, ORIGIN)
    keeper.change(lambda record: record)

    def refuse(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(verification_record, "replace_file", refuse)
    with pytest.raises(StoreUnavailable, match="No space left on device"):
        keeper.change(lambda record: msgspec.structs.replace(record, full=BROKEN))
    assert keeper.read().full == BROKEN
    monkeypatch.undo()
    keeper.change(lambda record: msgspec.structs.replace(record, since=BROKEN))
    found = keeper_of(tmp_path, ORIGIN).read()
    assert (found.full, found.since) == (BROKEN, BROKEN)
