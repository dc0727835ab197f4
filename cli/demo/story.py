"""The order of the story, told as it happens; every step uses what the other commands use."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cli.demo import (
    breach,
    early_recipient,
    infactor,
    infobuilder,
    ingressus,
    later,
    left_behind,
    ragiox,
    register,
    sources,
    statements,
    visitors,
    without_consent,
    wrong_destination,
    xential,
)
from cli.demo.fact import ZONE, Chapter
from cli.demo.intruders import GUARDS, measures, recorded_attempts, repeat_intruders
from cli.demo.judged import show_promises
from cli.demo.tampering import change_one_byte, copy_database, use_after_revocation
from cli.importing import Source, Summary, import_source
from cli.output import Column
from cli.reader import account
from cli.rendering import draw_gap, draw_heading, draw_line, draw_rows
from cli.state import columns_of
from cli.verify import draw_report
from formats import FORMATS
from formats.answers.log_row import log_row
from formats.reading import ReadContext, identity_of_source
from formats.sentences import counted
from ledger.events import event_from_mapping
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.query import EventQuery
from ledger.roles import found_roles, grant_roles
from ledger.units import utc_now
from projections import ViewAnswer, catch_up
from projections import state as view_state

if TYPE_CHECKING:
    from ledger.verification.findings import Report

YEAR_OF_LOG: Final = 2025
"""The server log names no year; the story takes place in this one."""

DATE_BEFORE: Final = b"2025-07-02T"
DATE_AFTER: Final = b"2025-06-02T"
"""One byte less, and the use of access lies before its revocation."""

STORY_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("sentence", "what happened", "prose"),
)
_SHOWN_COLUMNS: Final = {
    "access": ("grantee", "resource", "acts", "uses", "status", "indexes"),
    "exchanges": ("sender", "recipient", "count", "bytes", "blocked", "legal_bases"),
    "blocks": ("ip", "system", "since", "attempts", "indexes"),
}
_SHOWN_VIEWS: Final = (*_SHOWN_COLUMNS, "statements", "promises")
"""Folded in one pass over the log, because each by itself would read all of it."""
_MOST_ROWS: Final = 8


class Story:
    """One telling of the story in one home."""

    def __init__(
        self, ledger: Ledger, home: Path, key_file: Path, server_log: Path, zone: tzinfo
    ) -> None:
        """Takes the open log, its home and keys, the log to import, the zone of the reader."""
        self._ledger = ledger
        self._home = home
        self._key_file = key_file
        self._server_log = server_log
        self._zone = zone

    def tell(self) -> "Report":
        """The report about the tampered copy, after everything was told."""
        self._give_roles()
        for chapter in self._chapters():
            self._record(chapter)
        self._import_server_log()
        self._block_intruders()
        for chapter in self._late_chapters():
            self._record(chapter)
        catch_up(self._ledger, _SHOWN_VIEWS)
        for name in _SHOWN_COLUMNS:
            self._show_view(name)
        self._show_uncovered_use()
        show_promises(self._ledger, self._zone)
        self._verify()
        return self._tamper()

    def _give_roles(self) -> None:
        """Whoever tells the story may do all, and lets those who guard the server see addresses."""
        found_roles(self._ledger, account())
        grant_roles(self._ledger, GUARDS, ["resolve"], by=account(), reason="INF-08")

    def _chapters(self) -> Iterator[Chapter]:
        yield statements.opening_chapter(self._ledger.derive_id)
        yield ingressus.chapter()
        yield register.chapter()
        yield early_recipient.chapter()
        yield xential.chapter()
        yield ragiox.chapter(self._ledger.derive_id)
        yield without_consent.chapter()
        yield infobuilder.chapter()
        yield wrong_destination.chapter()
        yield infactor.chapter()
        yield left_behind.chapter()

    def _late_chapters(self) -> Iterator[Chapter]:
        """What happened at the end of the year, and what is known of the sources."""
        yield visitors.chapter()
        yield breach.chapter(self._ledger.derive_id)
        yield sources.chapter()
        yield later.chapter(self._ledger.derive_id)

    def _record(self, chapter: Chapter) -> None:
        first = self._ledger.head().size
        outcomes = self._ledger.record_many(list(chapter.events()))
        draw_gap()
        draw_heading(chapter.title)
        draw_line(f"{chapter.opening} {counted(len(outcomes), 'record')} sealed.", style="quiet")
        found = self._ledger.read(EventQuery(kinds=chapter.shown, start=first))
        draw_rows((self._told(opened) for opened in found), STORY_COLUMNS, self._zone)

    def _told(self, opened: OpenedRecord) -> dict[str, object]:
        row = log_row(opened, self._zone)
        actor = f"{row['actor']} " if row["actor"] else ""
        return {**row, "sentence": f"{actor}{row['sentence']}"}

    def _import_server_log(self) -> None:
        draw_gap()
        draw_heading("InFactor: what its server wrote")
        summary = self._imported()
        draw_line(
            f"{self._server_log.name}: {counted(summary.recorded, 'event')} recorded, "
            f"{counted(summary.skipped.total(), 'line')} that tell of nothing new, "
            f"{summary.unreadable} unreadable.",
            style="good",
            mark="✓",
        )

    def _imported(self) -> Summary:
        with self._server_log.open("rb") as stream:
            head = stream.peek()
            context = ReadContext(
                derive_id=self._ledger.derive_id,
                system=infactor.SYSTEM,
                zone=ZONE,
                year=YEAR_OF_LOG,
                source_identity=identity_of_source(head),
                now=utc_now(),
            )
            source = Source(
                name=str(self._server_log.resolve()),
                stream=stream,
                reader=FORMATS["openssh"],
                context=context,
                home=self._home,
                resumable=True,
            )
            return import_source(self._ledger, source, lambda _done: None)

    def _block_intruders(self) -> None:
        attempts = recorded_attempts(self._ledger, infactor.SYSTEM)
        intruders = repeat_intruders(attempts)
        addresses = {attempt.ip for attempt in attempts}
        decided_at = max(attempt.occurred_at for attempt in attempts) + timedelta(minutes=5)
        events = [
            event_from_mapping(each) for each in measures(intruders, infactor.SYSTEM, decided_at)
        ]
        self._ledger.record_many(events)
        draw_line(
            f"{counted(len(addresses), 'address', 'addresses')} made "
            f"{counted(len(attempts), 'attempt')}; "
            f"{len(intruders)} tried twice or more within 24 hours and are kept out, "
            f"{len(addresses) - len(intruders)} tried once: their addresses are not kept (INF-08).",
            style="good",
            mark="✓",
        )
        draw_line(
            "Looking at the addresses for this was itself recorded, as log.read.", style="quiet"
        )

    def _show_view(self, name: str) -> None:
        answer = view_state(self._ledger, name)
        draw_gap()
        draw_heading(f"zegel state {name}")
        wanted = _SHOWN_COLUMNS[name]
        columns = [column for column in columns_of(answer) if column.name in wanted]
        draw_rows(answer.rows[:_MOST_ROWS], columns, self._zone)
        rest = len(answer.rows) - _MOST_ROWS
        more = f"… and {rest} more. " if rest > 0 else ""
        draw_line(f"{more}{self._truth(answer)}", style="quiet")

    def _truth(self, answer: ViewAnswer) -> str:
        return f"True up to record {answer.known_size - 1}, root {answer.root.hex()[:16]}…"

    def _show_uncovered_use(self) -> None:
        for only, text in (
            ("unused", "never used"),
            ("ungranted", "used without a grant in force"),
        ):
            answer = view_state(self._ledger, "access", only=only)
            told = "; ".join(self._named(row) for row in answer.rows[:3])
            draw_line(f"{text}: {len(answer.rows)} ({told})", style="warning", mark="⚠")

    @staticmethod
    def _named(row: dict[str, object]) -> str:
        index = row.get("index", row.get("indexes"))
        place = index[0] if isinstance(index, list) and index else index
        return f"{row['resource']}, record {place}"

    def _verify(self) -> None:
        draw_gap()
        draw_heading("zegel verify")
        draw_report(self._ledger.verify(), self._zone)

    def _tamper(self) -> "Report":
        draw_gap()
        draw_heading("A rogue administrator changes one byte in a copy")
        copy = self._home / "tampered.db"
        copy_database(self._ledger, copy)
        index = use_after_revocation(self._ledger, ingressus.SYSTEM)
        done = change_one_byte(copy, index, DATE_BEFORE, DATE_AFTER)
        draw_line(f"Record {index}: access was used after it was taken away. Let it say otherwise:")
        draw_line(f"the database answers: {done.refusal}", style="quiet", indent=2)
        draw_line("who owns the file drops that trigger, and writes", indent=2)
        draw_line(f"{done.before} → {done.after}", style="strong", indent=4)
        draw_gap()
        with _opened(copy, self._key_file) as tampered:
            report = tampered.verify()
            draw_report(report, self._zone)
        return report


@contextmanager
def _opened(database: Path, key_file: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(database=f"sqlite:///{database}", key_file=key_file)
    try:
        yield ledger
    finally:
        ledger.close()


def packaged_log(folder: Path) -> Path:
    """A copy, in a folder, of the server log that comes with this program."""
    from importlib.resources import files  # noqa: PLC0415 - only where no other log is given

    target = folder / "auth.log"
    with (
        files("cli").joinpath("demo_data/auth.log").open("rb") as source,
        target.open("wb") as copy,
    ):
        shutil.copyfileobj(source, copy)
    return target
