"""`zegel import FILE|-…`: records what files of other systems say."""

import dataclasses
import io
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from cli.compressed import is_decompressed
from cli.exit_codes import ExitCode
from cli.known_systems import remember_systems
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note, write_document, write_line
from cli.progress import progress
from cli.recognition import (
    FAIL2BAN_ROWS,
    STANDARD_INPUT,
    Recognised,
    head_of_stream,
    recognised_files,
)
from cli.session import Session
from cli.stated_pairs import programs_of, systems_of
from cli.words import format_word, system_word
from ledger.errors import BadRequest
from ledger.identifiers import masked
from ledger.units import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.importing import Source, Summary
    from formats import Format
    from formats.reading import Outcome, ReadContext
    from ledger.ledger import Ledger

NO_FORMAT: Final = "empty"
"""What a source with nothing in it speaks."""
_GO_ON: Final = (
    "they are recorded once it has grown and is imported again; where it goes on in another file, "
    "import the two put together instead of that one"
)
EXAMPLES: Final = (
    "zegel import /var/log/auth.log --system infactor-web --year 2026",
    "zegel import events.ndjson spans.json --dry-run",
    "journalctl -u ssh -o short-iso | zegel import - --from openssh --system web-1",
)


@click.command(
    "import",
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Record what files of other systems say.",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE|-...")
@click.option(
    "--from",
    "format_name",
    type=format_word(),
    metavar="FORMAT",
    help="The format, where it is not to be detected.",
)
@click.option(
    "--system", type=system_word(), metavar="ID", help="The system that the files come from."
)
@click.option(
    "--zone",
    "zone_name",
    metavar="ZONE",
    help="Zone of times that name none. Default: that of the home.",
)
@click.option(
    "--year", type=click.IntRange(1970, 9999), help="Year of the first time that names none."
)
@click.option(
    "--program",
    "programs",
    multiple=True,
    metavar="NAME=FORMAT",
    help="The format of what a program writes to syslog. Repeatable.",
)
@click.option(
    "--machine",
    "machines",
    multiple=True,
    metavar="NAME=ID",
    help="The system that a machine in syslog is. Repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Read and count, record nothing.")
@click.option("--again", is_flag=True, help="Read from the beginning, whatever was read before.")
@output_options
@click.pass_obj
def import_file(session: Session, /, files: tuple[str, ...], form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Record what files of other systems say.

    All files are recognised before anything is recorded. The same file again adds only what is new
    in it. What cannot be read is reported with its place and kept in the quarantine folder of the
    home; the rest goes in.
    """
    chosen = choose_form(form)
    nothing_readable = is_defect = False
    with (
        session.open_ledger() as ledger,
        recognised_files(files, typed["format_name"]) as recognised,
    ):
        for each in recognised:
            summary = _import_one(session, ledger, each, typed)
            remember_systems(session, summary.systems)
            _write_summary(summary, chosen, session, dry_run=typed["dry_run"])
            nothing_readable = nothing_readable or summary.nothing_readable
            is_defect = is_defect or summary.defects > 0
    if is_defect:
        return ExitCode.UNEXPECTED
    return ExitCode.USAGE if nothing_readable else ExitCode.FINE


def _import_one(
    session: Session, ledger: "Ledger", recognised: Recognised, typed: dict[str, Any]
) -> "Summary":
    from cli.importing import (  # noqa: PLC0415 - start time: see cli/app.py
        Summary,
        import_source,
        preview_source,
    )

    file, reader = recognised.file, recognised.reader
    if reader is None:
        return Summary(masked(file), NO_FORMAT)
    with recognised.opened() as stream:
        source = _source(ledger, session.open_home().folder, file, (stream, reader), typed)
        total = Path(source.name).stat().st_size if source.resumable and not source.size else None
        with progress(masked(Path(file).name), total, "bytes") as advance, _named(file):
            if typed["dry_run"]:
                return preview_source(source, advance)
            return import_source(ledger, source, advance, again=typed["again"])


@contextmanager
def _named(file: str) -> "Iterator[None]":
    """Names the file too where a line of it shows that a setting is missing."""
    from formats.reading import SettingMissing  # noqa: PLC0415 - start time: see cli/app.py

    try:
        yield
    except SettingMissing as error:
        raise SettingMissing(f"{file}, {error.place}", error.expected, error.found) from error


def _source(
    ledger: "Ledger",
    home: Path,
    file: str,
    opened: tuple[io.BufferedReader, "Format"],
    typed: dict[str, Any],
) -> "Source":
    from cli.fail2ban_rows import Fail2banRows  # noqa: PLC0415 - start time: see cli/app.py
    from cli.importing import Source  # noqa: PLC0415 - likewise
    from formats.reading import ReadContext, identity_of_source  # noqa: PLC0415 - likewise
    from ledger.home import Home  # noqa: PLC0415 - likewise

    stream, reader = opened
    head = head_of_stream(stream)
    is_rows = isinstance(stream, Fail2banRows)
    return Source(
        name=file if file == STANDARD_INPUT else str(Path(file).resolve()),
        stream=stream,
        reader=_beside_the_log(ledger, reader) if reader.name == FAIL2BAN_ROWS else reader,
        context=ReadContext(
            derive_id=ledger.derive_id,
            system=typed["system"],
            zone=_zone(typed["zone_name"] or Home(home).settings().zone),
            year=typed["year"],
            source_identity=identity_of_source(head),
            now=utc_now(),
            programs=programs_of(typed["programs"]),
            systems=systems_of(typed["machines"]),
        ),
        home=home,
        resumable=file != STANDARD_INPUT and Path(file).is_file() and not is_rows,
        size=sys.maxsize if is_decompressed(stream) else None,
        head=head,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadRequest(
            f"--zone: expected a zone such as Europe/Amsterdam, found {name!r}"
        ) from error


def _beside_the_log(ledger: "Ledger", reader: "Format") -> "Format":
    """A reader of bans that skips those of which the log was told in another way."""
    from cli.reconciling import without_told  # noqa: PLC0415 - start time: see cli/app.py

    def read(stream: BinaryIO, context: "ReadContext") -> "Iterator[Outcome]":
        return iter(without_told(ledger, reader.read(stream, context), context.system))

    return dataclasses.replace(reader, read=read)


def summary_document(summary: "Summary", *, dry_run: bool) -> dict[str, Any]:
    """What became of one source, as one JSON object."""
    return {
        "source": summary.source,
        "format": summary.format,
        "dry_run": dry_run,
        "recorded": summary.recorded,
        "already_there": summary.already_there,
        "conflicts": summary.conflicts,
        "skipped": dict(summary.skipped),
        "unreadable": summary.unreadable,
        "defects": summary.defects,
        "waiting": summary.waiting,
        "quarantine": summary.quarantine,
        "resumed_at_byte": summary.resumed_at,
        "warnings": dict(summary.warnings),
    }


def _write_summary(summary: "Summary", form: str, session: Session, *, dry_run: bool) -> None:
    for place, reason in summary.first_unreadable:
        note(f"{summary.source}, {place}: {reason}")
    if summary.unreadable > len(summary.first_unreadable):
        rest = summary.unreadable - len(summary.first_unreadable)
        note(f"… and {rest} more that could not be read")
    if summary.waiting:
        told = f"facts that wait for lines after its end: {summary.waiting}"
        note(f"{summary.source}: {told}; {_GO_ON}")
    document = summary_document(summary, dry_run=dry_run)
    if form == "json":
        write_document(document)
    elif form != "table":
        write_line(document)
    else:
        _draw_summary(summary, session, dry_run=dry_run)


def _draw_summary(summary: "Summary", session: Session, *, dry_run: bool) -> None:
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    good = summary.unreadable == 0 and summary.conflicts == 0
    draw_line(
        f"{summary.source} ({summary.format})",
        style="good" if good else "warning",
        mark="✓" if good else "⚠",
    )
    facts: list[tuple[str, object]] = [
        ("would be recorded" if dry_run else "recorded", summary.recorded),
        ("already there", summary.already_there),
    ]
    facts += [(f"skipped: {reason}", count) for reason, count in summary.skipped.most_common()]
    facts += [(f"warning: {text}", count) for text, count in summary.warnings.most_common()]
    if summary.conflicts:
        facts.append(("refused: same id, other content", summary.conflicts))
    facts.append(("unreadable", summary.unreadable))
    if summary.defects:
        facts.append(("by a defect of the reader", summary.defects))
    if summary.quarantine:
        facts.append(("kept in", summary.quarantine))
    if summary.waiting:
        facts.append(("waiting for lines after its end", summary.waiting))
    if summary.resumed_at:
        facts.append(("continued after byte", summary.resumed_at))
    draw_facts(facts, session.zone)
