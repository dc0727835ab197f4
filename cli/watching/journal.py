"""Takes in entries of systemd's journal: `journalctl` writes them, the spool keeps them as lines.

An entry becomes a line as rsyslog writes it to a file, which readers of syslog understand. Its
cursor is the mark of the spool, so the journal is asked for what follows the last durable entry.

Source: systemd.journal-fields(7) for the names; journalctl(1), JSON: a field that is no UTF-8 is
    an array of bytes, one above 4,096 bytes is null unless `--all` is asked for, one that comes
    twice is an array.
"""

import os
import select
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, Final

import msgspec

from cli.watching.collecting import Tell
from cli.watching.spool import MAX_ENTRY_BYTES, Spool, SpoolFull
from ledger.errors import StoreUnavailable
from ledger.units import Clock, utc_now

PROGRAM: Final = "journalctl"
FIELDS: Final = (
    "MESSAGE", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_COMM", "SYSLOG_PID", "_PID",
)  # fmt: skip
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 30.0
_LOOK_S: Final = 0.25
_CHUNK_BYTES: Final = 65_536
LONGEST_ENTRY: Final = 8 * 1024 * 1024
"""Bytes of one entry in JSON; of a longer one its beginning is kept, for the reader to refuse."""
_END_S: Final = 5.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TOO_LONG: Final = b"(a message that the journal did not give: too long)"


class JournalCollector:
    """Entries of some units or identifiers of the journal, or all of it."""

    def __init__(
        self, names: Sequence[str], *, follow: bool = True, clock: Clock = utc_now
    ) -> None:
        """Starts nothing yet.

        Args:
            names: Units such as `ssh.service`, or identifiers such as `sshd`.
            follow: Go on with what comes, or end with what is there.
            clock: Gives the present.
        """
        self._names, self._follow, self._clock = tuple(names), follow, clock
        self.is_connected = False
        """Whether it follows a journal that gave an entry once: others may be closed to it."""

    def collect(self, spool: Spool, stop: Event, tell: Tell) -> None:
        """Takes in until told to stop; starts `journalctl` again whenever it ends.

        Raises:
            StoreUnavailable: not following, and the journal or the disk cannot be used.
        """
        wait_s, is_told = FIRST_WAIT_S, False
        while not stop.is_set():
            try:
                taken = self._run(spool, stop)
            except SpoolFull:
                if not self._follow:
                    return  # the next run takes in what is left
            except StoreUnavailable as error:
                if not self._follow:
                    raise
                if not is_told:
                    tell(f"{error}; trying again")
                is_told, wait_s = True, min(2 * wait_s, LONGEST_WAIT_S)
            else:
                if not self._follow:
                    return
                wait_s, is_told = (FIRST_WAIT_S, False) if taken else (wait_s, is_told)
            stop.wait(wait_s)

    def command(self, cursor: str) -> list[str]:
        """How `journalctl` is called to give what follows a cursor; empty: all there is."""
        command = [PROGRAM, "--output=json", f"--output-fields={','.join(FIELDS)}"]
        command += ["--all", "--quiet"]
        command += [
            f"--unit={name}" if "." in name else f"--identifier={name}" for name in self._names
        ]
        command += ["--follow", "--no-tail"] if self._follow else []
        return command + ([f"--after-cursor={cursor}"] if cursor else [])

    def _run(self, spool: Spool, stop: Event) -> int:
        """How many entries came until `journalctl` ended or it was time to stop."""
        try:
            spool.settle()  # what an error of the disk left in memory comes first
            running = subprocess.Popen(  # noqa: S603 - a fixed program, no shell, checked names
                self.command(spool.mark.decode()),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise StoreUnavailable(f"{PROGRAM} cannot be started: {error.strerror}") from error
        try:
            # `journalctl` follows in silence a journal that its account may not read.
            self.is_connected = bool(spool.mark)
            taken = self._take(running, spool, stop)
        finally:
            self.is_connected = False
            said = _ended(running)
        if running.returncode and not stop.is_set():
            raise StoreUnavailable(f"{PROGRAM} ended with {running.returncode}: {said}")
        return taken

    def _take(self, running: "subprocess.Popen[bytes]", spool: Spool, stop: Event) -> int:
        assert running.stdout is not None  # noqa: S101 - it is a pipe, as asked for
        descriptor, pieces, taken = running.stdout.fileno(), EntryLines(), 0
        while not stop.is_set():
            if not select.select([descriptor], [], [], _LOOK_S)[0]:
                continue
            chunk = os.read(descriptor, _CHUNK_BYTES)
            if not chunk:
                break
            lines = pieces.feed(chunk)
            for line in lines:
                text, mark = line_of_entry(line)
                spool.append(text[:MAX_ENTRY_BYTES], self._clock(), mark=mark)
                taken += 1
            if lines:
                spool.settle()
                self.is_connected = True
        return taken


class EntryLines:
    """Cuts what `journalctl` writes into lines; holds one, of limited size."""

    def __init__(self, longest: int = LONGEST_ENTRY) -> None:
        """Begins before the first byte; `longest` is the most that is kept of one line."""
        self._longest = longest
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that end in these bytes, in order, without their ends."""
        *ended, rest = chunk.split(b"\n")
        lines = []
        for piece in ended:
            self._add(piece)
            lines.append(bytes(self._rest))
            self._rest.clear()
        self._add(rest)
        return lines

    def _add(self, piece: bytes) -> None:
        self._rest += piece[: self._longest - len(self._rest)]


def line_of_entry(entry: bytes) -> tuple[bytes, bytes]:
    """One entry of `journalctl --output=json` as a line of syslog, and its cursor.

    What is no entry is given as it is, without a cursor, for the reader to refuse.
    """
    try:
        fields = msgspec.json.decode(entry, type=dict[str, Any])
        moment = _EPOCH + timedelta(microseconds=int(fields["__REALTIME_TIMESTAMP"]))
        cursor = str(fields["__CURSOR"]).encode()
    except (msgspec.DecodeError, KeyError, ValueError, TypeError, OverflowError, UnicodeError):
        return entry, b""
    program = _text(fields, "SYSLOG_IDENTIFIER") or _text(fields, "_COMM") or b"unknown"
    pid = _text(fields, "SYSLOG_PID") or _text(fields, "_PID")
    host = _text(fields, "_HOSTNAME") or b"localhost"
    where = program + (b"[" + pid + b"]" if pid else b"")
    message = _bytes(fields.get("MESSAGE")) if "MESSAGE" in fields else b""
    if message is None:
        message = _TOO_LONG
    time = moment.isoformat(timespec="microseconds").encode()
    return b"%s %s %s: %s" % (time, host, where, message), cursor


def _text(fields: Mapping[str, Any], name: str) -> bytes:
    """A field as one word."""
    return b"_".join((_bytes(fields.get(name)) or b"").split())


def _bytes(value: object) -> bytes | None:
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, list) and value and all(isinstance(each, int) for each in value):
        return bytes(each & 0xFF for each in value)
    if isinstance(value, list) and value:
        return _bytes(value[0])
    return None


def _ended(running: "subprocess.Popen[bytes]") -> str:
    """The last that it said on standard error, once it has ended."""
    if running.poll() is None:
        running.terminate()
    try:
        _, said = running.communicate(timeout=_END_S)
    except subprocess.TimeoutExpired:
        running.kill()
        _, said = running.communicate()
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "without a word"
