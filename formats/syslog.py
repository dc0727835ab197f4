"""Syslog, of RFC 5424 or of RFC 3164: the messages of many programs on many machines.

| Line | becomes |
|---|---|
| a message of a program that `formats.syslog_programs` knows | what its language makes of it |
| of a program that the owner of the source names | what that language makes of it |
| of another program, or of none | skipped and counted |
| a frame that a listener refused | unreadable, with the listener's reason |

Each line is one message, with or without priority and host. What a program said before counts per
machine, so that two of them never mix. A message that counts itself with `[meta sequenceId="…"]`
gives its number: of the machine where a daemon counts, of its process where a program does.

Source: RFC 5424 §6 and §7.3.1; RFC 3164 §4.1.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO, Final

from msgspec import structs

from formats.local_time import LocalTimes
from formats.reading import Line, Numbered, Outcome, ReadContext, Translated, translate_lines
from formats.syslog_entry import HEADER, SyslogEntry
from formats.syslog_header import Header, is_modern, modern_entry, older_entry, parse_header
from formats.syslog_programs import KNOWN_PROGRAMS, MachinePrograms
from formats.syslog_receipt import refusal_of

NAME: Final = "syslog"
PARSER: Final = "zegel-syslog/1"

NO_PROGRAM: Final = "a message that names no program"
_KEPT_MACHINES: Final = 10_000
_MODERN_LINE: Final = re.compile(r"<\d{1,3}>1 (?:-|\d{4}-\d\d-\d\dT\S+) \S+ \S+ \S+ \S+ [-\[]")


def looks_like(head: bytes, file_name: str) -> int:
    """How surely, 0 to 100, these first bytes are syslog of more than one language."""
    lines = head.decode(errors="replace").splitlines()
    if any(_MODERN_LINE.match(line) for line in lines):
        return 92
    programs = {match["program"] for line in lines if (match := HEADER.fullmatch(line))}
    known = {name.partition(".")[0] for name in programs if name} & KNOWN_PROGRAMS
    if "fail2ban" in known:
        return 91
    return 20 if programs and "syslog" in file_name else 5 * bool(programs)


def read(stream: BinaryIO, context: ReadContext) -> Iterator[Outcome]:
    """Every message as facts, skipped or unreadable, in the order of the log.

    Raises:
        SettingMissing: the lines have no year or zone and the context gives none.
    """
    reader = _Reader(context)
    for outcome in translate_lines(stream, reader.outcomes_of):
        yield _read_here(outcome, reader.take_number())
    context.tell_waiting(reader.waiting)


def _read_here(outcome: Outcome, number: Numbered | None) -> Outcome:
    """The outcome with its number, and with this reader where its language names none."""
    if isinstance(outcome, Translated) and outcome.event.parser is None:
        outcome = replace(outcome, event=structs.replace(outcome.event, parser=PARSER))
    return outcome if number is None else replace(outcome, numbered=number)


class _Reader:
    """Reads lines in order; memory stays bounded, whatever names of machines they bring."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._times = LocalTimes(context)
        self._machines: OrderedDict[str | None, MachinePrograms] = OrderedDict()
        self._number: Numbered | None = None

    def outcomes_of(self, line: Line) -> Outcome | tuple[Outcome, ...]:
        refusal = refusal_of(line.text)
        if refusal is not None:
            return line.unreadable(refusal)
        entry = self._modern(line) if is_modern(line.text) else older_entry(line, self._times)
        if entry is None:
            return line.skipped(NO_PROGRAM)
        return self._machine(entry.host).outcomes_of(entry)

    @property
    def waiting(self) -> int:
        return sum(programs.waiting for programs in self._machines.values())

    def take_number(self) -> Numbered | None:
        """The number of the message before, once: a message is counted with its first outcome."""
        number, self._number = self._number, None
        return number

    def _modern(self, line: Line) -> SyslogEntry | None:
        header = parse_header(line)
        self._number = self._numbered(header)
        entry = modern_entry(line, header, self._times)
        return None if entry.program is None else entry

    def _numbered(self, header: Header) -> Numbered | None:
        number = header.sequence_number
        if number is None:
            return None
        # The name of a machine may be that of its user, so the series has another one.
        series = self._context.own_id(NAME, b"sequenceId", (header.host or "").encode())
        process = " ".join(filter(None, (header.program, header.process))) or None
        return Numbered(f"sequence-id-{series.hex[-12:]}", number, process)

    def _machine(self, host: str | None) -> MachinePrograms:
        programs = self._machines.get(host)
        if programs is None:
            system = self._context.systems.get(host or "", self._context.system)
            programs = MachinePrograms(replace(self._context, system=system))
            self._machines[host] = programs
        self._machines.move_to_end(host)
        if len(self._machines) > _KEPT_MACHINES:
            self._machines.popitem(last=False)
        return programs
