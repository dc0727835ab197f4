"""What a spool took in is there after a crash, and leaves when it is recorded."""

import errno
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

import pytest

from cli.watching.spool import MAX_ENTRY_BYTES, Spool, SpoolFull
from cli.watching.spool_segment import entries_of, read_head, segment_file, segment_numbers
from ledger.errors import StoreUnavailable

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def kept(folder: Path) -> list[bytes]:
    """The text of every entry of every segment."""
    found = []
    for number in segment_numbers(folder):
        path = segment_file(folder, number)
        with path.open("rb") as file:
            found += [entry.text for entry in entries_of(file, read_head(file, path).end)]
    return found


def test_what_is_settled_survives(tmp_path: Path) -> None:
    """An entry whose sender was told that it is safe would be lost by a kill."""
    spool = Spool(tmp_path / "spool")
    spool.append(b"one\ntwo", AT, mark=b"c1")
    spool.append(b"", AT)
    spool.settle()
    spool.append(b"three", AT, mark=b"c2")
    assert kept(spool.folder) == [b"one\ntwo", b""]
    again = Spool(spool.folder)
    assert again.mark == b"c1"
    again.append(b"four", AT)
    again.close()
    assert kept(spool.folder) == [b"one\ntwo", b"", b"four"]


@pytest.mark.parametrize(
    "torn", [b"\0", b"\0\0\0\x20half", b"\xff" * 40, b"\0\0\0\x0a" + bytes(14)]
)
def test_what_a_crash_tore_is_cut_off(tmp_path: Path, torn: bytes) -> None:
    """All that comes after half an entry could never be read again."""
    with Spool(tmp_path) as spool:
        spool.append(b"whole", AT, mark=b"c1")
    with segment_file(tmp_path, 1).open("ab") as file:
        file.write(torn)
    with Spool(tmp_path) as spool:
        assert spool.mark == b"c1"
        spool.append(b"next", AT)
    assert kept(tmp_path) == [b"whole", b"next"]


def test_large_and_old_segments_are_closed(tmp_path: Path) -> None:
    """One file would grow for ever, and keep what was recorded long ago."""
    now = AT
    spool = Spool(tmp_path, segment_bytes=200, segment_age=timedelta(hours=1), clock=lambda: now)
    spool.append(b"x" * 200, AT, mark=b"c1")
    spool.append(b"small", AT)
    assert segment_numbers(tmp_path) == [1, 2]
    spool.settle()
    now += timedelta(minutes=59)
    spool.roll_when_due()
    assert segment_numbers(tmp_path) == [1, 2]
    now += timedelta(minutes=1)
    spool.roll_when_due()
    spool.roll_when_due()
    assert segment_numbers(tmp_path) == [1, 2, 3]
    assert spool.durable[0] == 3
    spool.drop_before(9)
    assert segment_numbers(tmp_path) == [3]
    spool.close()
    assert Spool(tmp_path).mark == b"c1"


def test_an_old_segment_waits_for_a_pause_but_not_for_ever(tmp_path: Path) -> None:
    """A session would be cut in two in the middle of its lines, or raw lines be kept for weeks."""
    now = AT
    spool = Spool(tmp_path, segment_age=timedelta(hours=1), clock=lambda: now)
    for _ in range(23):
        spool.append(b"busy", now)
        now += timedelta(minutes=5)
        spool.roll_when_due()
    assert segment_numbers(tmp_path) == [1]
    now += timedelta(minutes=5)
    spool.append(b"after two hours", now)
    assert segment_numbers(tmp_path) == [1, 2]
    now += timedelta(minutes=60)
    spool.roll_when_due()
    assert segment_numbers(tmp_path) == [1, 2, 3]


def test_a_full_spool_takes_nothing_until_there_is_room(tmp_path: Path) -> None:
    """A log that is away would fill the disk of the machine."""
    spool = Spool(tmp_path, segment_bytes=100, most_bytes=400)
    while not spool.is_full:
        spool.append(b"x" * 100, AT)
    with pytest.raises(SpoolFull, match="less than 400 bytes"):
        spool.append(b"x", AT)
    spool.drop_before(spool.durable[0])
    spool.append(b"y", AT)


def test_an_entry_that_no_reader_takes_is_refused(tmp_path: Path) -> None:
    """It would be kept, and then be unreadable for good."""
    spool = Spool(tmp_path)
    with pytest.raises(ValueError, match="expected at most"):
        spool.append(b"x" * (MAX_ENTRY_BYTES + 1), AT)
    spool.append(b"x" * MAX_ENTRY_BYTES, AT)


def test_a_full_disk_loses_nothing_that_was_appended(tmp_path: Path) -> None:
    """Entries would be torn, or be there twice, once there is room again."""
    spool = Spool(tmp_path)
    spool.append(b"one", AT)
    write = os.pwrite
    left = [7]

    def short(descriptor: int, content: memoryview, position: int) -> int:
        if not left:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(descriptor, content[: left.pop()], position)

    with mock.patch("os.pwrite", short), pytest.raises(StoreUnavailable, match="No space left"):
        spool.settle()
    spool.append(b"two", AT)
    spool.settle()
    assert kept(tmp_path) == [b"one", b"two"]


@pytest.mark.parametrize(
    "step",
    [
        *("os.open", "os.pwrite", "os.fsync", "pathlib.Path.replace"),
        "cli.watching.spool.sync_names",
    ],
)
def test_a_segment_goes_on_while_no_other_can_be_begun(tmp_path: Path, step: str) -> None:
    """A disk that is full for a while would end the collecting, or close another's file."""
    spool = Spool(tmp_path, segment_bytes=200)
    spool.append(b"x" * 200, AT)
    spool.settle()
    opened = len(list(Path("/proc/self/fd").iterdir()))
    full = OSError(errno.ENOSPC, "No space left on device")
    with mock.patch(step, side_effect=full):
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                spool.append(b"refused", AT)
        spool.roll_when_due()
    assert len(list(Path("/proc/self/fd").iterdir())) == opened
    assert segment_numbers(tmp_path) == [1]
    spool.append(b"second", AT)
    spool.close()
    assert segment_numbers(tmp_path) == [1, 2]
    assert kept(tmp_path) == [b"x" * 200, b"second"]


def test_threads_append_and_settle_at_once(tmp_path: Path) -> None:
    """Frames of two connections would be mixed up, or one of them lost."""
    spool = Spool(tmp_path, segment_bytes=2000)

    def send(peer: int) -> None:
        for number in range(50):
            spool.append(b"%d-%d" % (peer, number), AT)
            spool.settle()

    threads = [threading.Thread(target=send, args=(peer,)) for peer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = kept(tmp_path)
    assert len(found) == 200
    for peer in range(4):
        mine = [text for text in found if text.startswith(b"%d-" % peer)]
        assert mine == [b"%d-%d" % (peer, number) for number in range(50)]


def test_who_waits_is_woken_by_what_comes(tmp_path: Path) -> None:
    """A fact would lie in the spool until the reader happens to look."""
    spool = Spool(tmp_path)
    seen = spool.durable
    woken = threading.Event()

    def wait() -> None:
        spool.wait(seen, 60)
        woken.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    spool.append(b"x", AT)
    spool.settle()
    assert woken.wait(30)


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Lines that name people would lie open."""
    with Spool(tmp_path / "spool") as spool:
        assert spool.folder.stat().st_mode & 0o077 == 0
        assert segment_file(spool.folder, 1).stat().st_mode & 0o077 == 0


def test_another_file_in_its_place_is_refused(tmp_path: Path) -> None:
    """Somebody's file would be cut off and written into."""
    segment_file(tmp_path, 1).write_bytes(b"something else")
    with pytest.raises(StoreUnavailable, match="expected a segment of a spool"):
        Spool(tmp_path)
    assert segment_file(tmp_path, 1).read_bytes() == b"something else"
