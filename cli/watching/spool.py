"""Keeps what came from a journal or the network, durable, until the log has it.

Whoever takes something in appends it, calls `settle`, and only then takes more or says that it has
it. What reads the spool sees settled entries only. A spool is a folder of segments
(`cli.watching.spool_segment`); a segment is closed when it is large or old and removed once all of
it is recorded, so personal data does not stay behind.
"""

import contextlib
import errno
import os
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cli.watching.spool_segment import (
    IDENTITY_BYTES,
    encode_entry,
    encode_head,
    entries_of,
    read_head,
    segment_file,
    segment_numbers,
)
from formats.reading import MAX_LINE_BYTES
from ledger.durable_names import sync_names
from ledger.errors import StoreUnavailable
from ledger.units import Clock, utc_now

SEGMENT_BYTES: Final = 16 * 1024 * 1024
SEGMENT_AGE: Final = timedelta(days=1)
QUIET: Final = timedelta(minutes=10)
"""A reader begins anew with each segment, so an old one waits for a pause in what is said; but not
longer than its age once more."""

MOST_BYTES: Final = 1024 * 1024 * 1024
"""Of all segments together; beyond it nothing more is taken in."""

PENDING_BYTES: Final = 1024 * 1024
"""More than this is not kept in memory between two calls of `settle`."""

MAX_ENTRY_BYTES: Final = MAX_LINE_BYTES
"""Of the text of one entry; a reader would refuse a longer one."""


class SpoolFull(StoreUnavailable):
    """Nothing more is taken in until what is there has been recorded."""


class Spool:
    """The spool of one source; safe to append to from several threads of one process."""

    def __init__(
        self,
        folder: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        segment_age: timedelta = SEGMENT_AGE,
        most_bytes: int = MOST_BYTES,
        clock: Clock = utc_now,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Opens the spool of a folder, or makes one; what a crash left half written is cut off.

        Raises:
            StoreUnavailable: it cannot be written or read.
        """
        self.folder = folder
        self._segment_bytes, self._segment_age = segment_bytes, segment_age
        self._most_bytes = most_bytes
        self._clock, self._random_bytes = clock, random_bytes
        self._appending = threading.Lock()
        self._settling = threading.Lock()
        self._grown = threading.Condition()
        self._pending = bytearray()
        self._descriptor: int | None = None
        self._mark = b""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._begin()
        except OSError as error:
            raise StoreUnavailable(f"{folder} cannot be written: {error.strerror}") from error

    def __enter__(self) -> Self:
        """The spool itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Closes it."""
        self.close()

    @property
    def mark(self) -> bytes:
        """The mark of the newest entry that has one, such as the cursor of a journal."""
        return self._mark

    @property
    def durable(self) -> tuple[int, int]:
        """The newest segment, and up to which byte of it entries are durable."""
        return self._durable

    @property
    def is_full(self) -> bool:
        """Whether nothing more is taken in; a listener stops reading from its peers then."""
        return self._bytes_before + self._end >= self._most_bytes

    def append(self, text: bytes, observed_at: datetime, *, mark: bytes = b"") -> None:
        """Takes one entry; it is durable after the next `settle`.

        Args:
            text: One line or frame without its ending; line ends inside it are kept.
            observed_at: When the collector first saw it; aware.
            mark: What its source is asked with for what follows; remembered as `mark`.

        Raises:
            ValueError: the text is longer than `MAX_ENTRY_BYTES`.
            SpoolFull: the spool is full.
            StoreUnavailable: the disk cannot be written.
        """
        if len(text) > MAX_ENTRY_BYTES:
            message = f"expected at most {MAX_ENTRY_BYTES} bytes, found {len(text)}"
            raise ValueError(message)
        entry = encode_entry(text, observed_at, mark)
        with self._appending:
            if self.is_full:
                raise SpoolFull(
                    f"{self.folder}: expected less than {self._most_bytes} bytes unread"
                )
            try:
                if self._is_due():
                    self._roll()
                elif len(self._pending) >= PENDING_BYTES:
                    self._flush()
            except OSError as error:
                raise StoreUnavailable(
                    f"{self.folder} cannot be written: {error.strerror}"
                ) from error
            self._pending += entry
            self._came_at = self._clock()
            self._end += len(entry)
            self._mark = mark or self._mark

    def settle(self) -> None:
        """Returns when everything that was appended before is durable; wakes who waits for it.

        Raises:
            StoreUnavailable: the disk cannot be written. What was appended is kept in memory:
                settle again, do not append it again.
        """
        wanted = (self._number, self._end)
        with self._settling:
            if self._durable >= wanted:
                return  # another thread has settled it along with its own
            with self._appending:
                try:
                    self._flush()
                except OSError as error:
                    raise StoreUnavailable(
                        f"{self.folder} cannot be written: {error.strerror}"
                    ) from error
        with self._grown:
            self._grown.notify_all()

    def wait(self, seen: tuple[int, int], timeout_s: float) -> None:
        """Returns when more is durable than was seen, at the latest after the timeout."""
        with self._grown:
            self._grown.wait_for(lambda: self._durable != seen, timeout_s)

    def wake(self) -> None:
        """Has whoever waits look again, such as at being told to stop."""
        with self._grown:
            self._grown.notify_all()

    def roll_when_due(self) -> None:
        """Closes a segment that is old, though nothing comes that would begin a new one.

        Where the disk takes no new one, the old one waits: whoever appends is told.
        """
        with self._settling, self._appending, contextlib.suppress(OSError):
            if self._end > self._head_end and self._is_due():
                self._roll()

    def drop_before(self, number: int) -> None:
        """Removes the segments below a number: all of them is recorded. The newest one stays."""
        with self._appending:
            for each in segment_numbers(self.folder):
                if each < min(number, self._number):
                    path = segment_file(self.folder, each)
                    self._bytes_before -= path.stat().st_size
                    path.unlink()

    def close(self) -> None:
        """Settles what was appended and closes the file."""
        with self._settling, self._appending:
            if self._descriptor is not None:
                self._flush()
                os.close(self._descriptor)
                self._descriptor = None
        self.wake()

    def _begin(self) -> None:
        numbers = segment_numbers(self.folder)
        self._bytes_before = sum(
            segment_file(self.folder, each).stat().st_size for each in numbers[:-1]
        )
        if not numbers:
            self._open_new(1)
            return
        path = segment_file(self.folder, numbers[-1])
        with path.open("rb") as file:
            head = read_head(file, path)
            self._mark, end = head.mark, head.end
            first: datetime | None = None
            for entry in entries_of(file, head.end):
                end, self._mark = entry.end, entry.mark or self._mark
                first = first or entry.observed_at
        descriptor = os.open(path, os.O_WRONLY)
        os.ftruncate(descriptor, end)
        os.fsync(descriptor)
        self._use(descriptor, (numbers[-1], head.end, end), first)

    def _open_new(self, number: int) -> None:
        """Begins a segment; it gets its name only when its head is durable."""
        path = segment_file(self.folder, number)
        beside = path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        head = encode_head(self._random_bytes(IDENTITY_BYTES), self._mark)
        try:
            _write_all(descriptor, head, 0)
            os.fsync(descriptor)
            beside.replace(path)
            sync_names(self.folder)
        except OSError:
            os.close(descriptor)
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)  # its mark would be older than what comes meanwhile
            raise
        self._use(descriptor, (number, len(head), len(head)), None)

    def _use(self, descriptor: int, extent: tuple[int, int, int], first: datetime | None) -> None:
        self._descriptor = descriptor
        self._number, self._head_end, self._end = extent
        self._pending = bytearray()
        self._began_at = first or self._clock()
        self._came_at = self._clock()
        self._durable = (self._number, self._end)

    def _is_due(self) -> bool:
        if self._end >= self._segment_bytes:
            return True
        now = self._clock()
        age, is_quiet = now - self._began_at, now - self._came_at >= QUIET
        is_old = age >= (self._segment_age if is_quiet else 2 * self._segment_age)
        return is_old and self._end > self._head_end

    def _roll(self) -> None:
        """Closes the segment once the next one is there: until then it goes on."""
        self._flush()
        closed, size = self._descriptor, self._end
        self._open_new(self._number + 1)
        self._bytes_before += size
        if closed is not None:
            os.close(closed)

    def _flush(self) -> None:
        """Writes what is pending behind what is durable; after an error the same again."""
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the spool is closed")
        _write_all(self._descriptor, self._pending, self._durable[1])
        os.fsync(self._descriptor)
        self._pending.clear()
        self._durable = (self._number, self._end)


def _write_all(descriptor: int, content: bytes | bytearray, position: int) -> None:
    rest = memoryview(bytes(content))
    while rest:
        written = os.pwrite(descriptor, rest, position)
        rest, position = rest[written:], position + written
