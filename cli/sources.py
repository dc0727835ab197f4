"""`zegel sources`: which sources are heard, which are silent, and what of them is missing."""

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.session import Session
from cli.words import system_word

if TYPE_CHECKING:
    from datetime import datetime

    from cli.exit_codes import ExitCode
    from ledger.home import Home
    from projections.investigation.sources_now import Key, SourceGap, SourceNow

EXAMPLES: Final = (
    "zegel sources",
    "zegel sources --silent --ndjson | jq -r .system",
    "zegel sources --gaps --system gateway",
)
COLUMNS: Final = (
    Column("system", "source", "word"),
    Column("format", "as", "word"),
    Column("state", "state", "state"),
    Column("records", "records", "count"),
    Column("last_heard_at", "last heard", "instant"),
    Column("silence", "silent for", "duration"),
    Column("silent_after", "may be", "duration"),
    Column("covered_until", "connected until", "instant"),
    Column("missing", "missing", "count"),
    Column("unreadable", "unreadable", "count"),
    Column("in_quarantine", "in quarantine", "count"),
    Column("collector", "collector", "word"),
    Column("parser", "parser", "word"),
)
GAP_COLUMNS: Final = (
    Column("system", "source", "word"),
    Column("format", "as", "word"),
    Column("series_id", "series", "word"),
    Column("first_missing", "first missing", "count"),
    Column("missing", "missing", "count"),
    Column("missing_from", "after", "instant"),
    Column("missing_until", "before", "instant"),
    Column("collector", "collector", "word"),
    Column("index", "rests on", "index"),
)
_NONE: Final = "no source is known"
_NO_SYSTEM: Final = "(no system)"
"""What people see of lines that were read without saying whose they are."""


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show which sources are heard, silent or have gaps.",
)
@click.option("--system", type=system_word(), metavar="ID", help="One system alone.")
@click.option(
    "--silent", is_flag=True, help="Only sources that are silent for longer than they may."
)
@click.option("--gaps", is_flag=True, help="Each gap in the running numbers of a source, instead.")
@output_options
@click.pass_obj
def sources(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show every source: heard when, connected until when, silent, with gaps, unreadable lines.

    A source is silent when it says nothing for longer than `silent_after` in the configuration of
    zegel watch. Records and coverage are those of the system, whatever languages it is read in.
    What lies in the quarantine of this home is counted beside what the log says.
    """
    from ledger.units import utc_now  # noqa: PLC0415 - start time: see cli/app.py
    from projections.investigation.sources_now import gaps_found, sources_now  # noqa: PLC0415

    chosen = choose_form(form)
    home = session.open_home()
    with session.open_ledger() as ledger:
        if typed["gaps"]:
            gaps = [_gap_row(gap) for gap in gaps_found(ledger, source=typed["system"])]
            write_rows(_named(gaps, chosen), GAP_COLUMNS, chosen, session.zone)
            if not gaps:
                note("no gap is known")
            return 0
        found = [
            each
            for each in sources_now(ledger, utc_now(), signs=_signs(home, ledger.origin))
            if typed["system"] in {None, each.system} and (each.is_silent or not typed["silent"])
        ]
    kept, code = _in_quarantine(home)
    rows = [_row(each, kept) for each in found]
    if chosen not in {"table", "csv"}:
        rows = [row | {"state": row["state"].partition(" ")[2]} for row in rows]
    write_rows(_named(rows, chosen), COLUMNS, chosen, session.zone)
    if not rows:
        note("no source is silent for longer than it may" if typed["silent"] else _NONE)
    return code


def _named(rows: list[dict[str, Any]], form: str) -> list[dict[str, Any]]:
    """The rows with a word for people where nobody said of which system a source is."""
    if form != "table":
        return rows
    return [row | {"system": row["system"] or _NO_SYSTEM} for row in rows]


def _signs(home: "Home", origin: str) -> "dict[Key, datetime]":
    """When this machine last got a line of each source, fact or not."""
    from cli.sources_state import all_states  # noqa: PLC0415 - start time: see cli/app.py

    found: dict[Key, datetime] = {}
    for state in all_states(home.folder):
        key = (state.system, state.format)
        if state.heard_at is not None and state.origin == origin:
            found[key] = max(state.heard_at, found.get(key, state.heard_at))
    return found


def _in_quarantine(home: "Home") -> "tuple[dict[Key, int], ExitCode]":
    """How many lines of each source lie in the quarantine of this home; how the command ends."""
    from cli.quarantine_named import named_files, of_each  # noqa: PLC0415 - start time, as above

    found: dict[Key, int] = {}
    counted, code = of_each(
        named_files(home, ()),
        lambda file: Counter((line.system, line.format) for line in file.read()),
    )
    for each in counted:
        for key, lines in each.items():
            found[key] = found.get(key, 0) + lines
    return found, code


def _row(source: "SourceNow", kept: "dict[Key, int]") -> dict[str, Any]:
    return {
        "system": source.system,
        "format": source.source_format,
        "organisation": source.organisation,
        "state": _state(source),
        "records": source.records,
        "last_heard_at": source.last_heard_at,
        "silence": source.silence,
        "silent_after": source.silent_after,
        "silent": source.is_silent,
        "covered": source.is_covered,
        "covered_until": source.covered_until,
        "gaps": source.gaps,
        "missing": source.missing,
        "unreadable": source.unreadable,
        "in_quarantine": kept.get((source.system, source.source_format), 0),
        "medium": source.medium,
        "collector": source.collector,
        "parser": source.parser,
        "rests_on": list(source.rests_on),
    }


def _state(source: "SourceNow") -> str:
    if source.is_silent:
        return "✗ silent"
    if source.last_heard_at is None:
        return "? never heard"
    if source.gaps:
        return "? has gaps"
    return "✓ heard" if source.silent_after is not None or source.is_covered else "… not watched"


def _gap_row(gap: "SourceGap") -> dict[str, Any]:
    event = gap.event
    return {
        "system": event.source,
        "format": event.source_format,
        "series_id": str(event.series_id),
        "first_missing": event.first_missing,
        "missing": event.missing,
        "missing_from": event.missing_from,
        "missing_until": event.missing_until,
        "collector": event.collector,
        "index": gap.index,
    }
