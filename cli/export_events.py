"""Writes the history, or a part of it, in the language of another program: `zegel export --as`.

Invariants: the records are those that `zegel log` shows for the same filters, in the order of their
index, up to the size that the log had when it was asked; that they were handed out is recorded
durably before anybody gets a byte, and that record is not among them.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from cli.exit_codes import ExitCode
from cli.export_events_release import Target, release, target_of
from cli.handing_out import recipient_fields, write_facts
from cli.history import conclude, history_query, refuse_contradictions, watched
from cli.output import note
from cli.progress import progress
from cli.pruned_note import say_pruned
from cli.reader import account, may_see_identities, reading_of, require_purpose
from cli.session import Session
from formats.export import export_format
from formats.export.exported import exported_record
from formats.export.settings import chosen_settings
from formats.export.writing import Exported, ExportFormat, Provenance, Records
from ledger import __version__
from ledger.handing_out import record_handing_out
from ledger.reading import has_more
from ledger.tree_at import checkpoint_within, root_at

if TYPE_CHECKING:
    from cli.progress import Advance
    from ledger.ledger import Ledger
    from ledger.opening import OpenedRecord
    from ledger.query import EventQuery

_LONGEST_QUESTION = 8_192
"""Characters that a text of an event holds."""


def write_export(session: Session, typed: Mapping[str, Any]) -> ExitCode:
    """Writes what was asked for, and says how it ended.

    Args:
        session: The command line.
        typed: The filters of the history, and the options of `zegel export`.

    Raises:
        UsageError: options contradict each other.
        BadRequest: an option cannot be understood, or something stands where it should be written.
        StoreUnavailable: the database cannot be read, or the file not be written.
    """
    chosen = export_format(typed["language"])
    require_purpose(typed)
    refuse_contradictions(typed)
    settings = chosen_settings(chosen, typed["settings"])
    recipient = recipient_fields(typed["recipient"])
    target = target_of(chosen, typed["target"])
    damaged: list[int] = []
    with session.open_ledger() as ledger:
        query, checkpoint = _question(session, ledger, typed)
        say_pruned(ledger)
        opens = typed["identities"] and may_see_identities(ledger, "export")
        provenance = dataclasses.replace(
            _provenance(session, ledger, query, opens=opens),
            checkpoint=checkpoint,
            settings=settings,
        )
        with progress("exporting", provenance.size, "records") as advance:
            query = dataclasses.replace(query, limit=_least(query.limit, chosen.most_records))
            reading = reading_of(typed["purpose"]) if opens else None
            found = watched(_advancing(ledger.read(query, reading=reading), advance), damaged)
            given = _given(found, session, tells_looking=query.looked_at is not None)
            more = partial(has_more, ledger, query, identities=opens)
            records = Records(given, more, limit=query.limit)
            facts = _release(
                ledger,
                chosen,
                records,
                provenance,
                target=target,
                fields={"reason": typed["purpose"], **recipient},
            )
    _tell(facts, records, target, session)
    if damaged:
        return conclude(damaged)
    if typed["identities"] and not opens:
        return ExitCode.NOT_AUTHORISED
    is_cut = records.ending.truncated_at is not None
    return ExitCode.UNAVAILABLE if is_cut else ExitCode.FINE


def _question(
    session: Session, ledger: "Ledger", typed: Mapping[str, Any]
) -> "tuple[EventQuery, str | None]":
    """What is asked of which size of the log, and the signed note over it where it was asked for.

    Asked before anything is recorded about this export, so that nothing of that is in it.

    Raises:
        BadRequest: a filter cannot be understood, it is about records that are not there yet, or
            there is no checkpoint.
    """
    query = history_query(session, ledger, typed)
    query = query.below(int(ledger.head().size))
    if not typed["sealed"]:
        return query, None
    terms = session.signing_folder().terms()
    checkpoint = checkpoint_within(ledger.log, int(query.known_size or 0), terms)
    return query.below(checkpoint.size), checkpoint.raw.decode()


def _provenance(
    session: Session,
    ledger: "Ledger",
    query: "EventQuery",
    *,
    opens: bool,
) -> Provenance:
    size = int(query.known_size or 0)
    asked = dataclasses.replace(
        query, known_size=None, since=_in_utc(query.since), until=_in_utc(query.until)
    )
    return Provenance(
        origin=ledger.origin,
        size=size,
        root_hash=root_at(ledger.log, size),
        question=asked.text(ledger.vault.subjects.find),
        identities=opens,
        program=f"zegel/{__version__}",
        zone=str(session.zone),
    )


def _in_utc(instant: datetime | None) -> datetime | None:
    """The same instant, told alike wherever it was typed."""
    return None if instant is None else instant.astimezone(UTC)


def _least(*limits: int | None) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _advancing(found: "Iterator[OpenedRecord]", advance: "Advance") -> "Iterator[OpenedRecord]":
    for opened in found:
        yield opened
        advance(int(opened.stored.index) + 1)


def _given(
    found: "Iterator[OpenedRecord]", session: Session, *, tells_looking: bool
) -> Iterator[Exported]:
    zone = session.zone
    for opened in found:
        yield exported_record(opened, zone, tells_looking=tells_looking)


def _release(
    ledger: "Ledger",
    chosen: ExportFormat,
    records: Records,
    provenance: Provenance,
    *,
    target: Target,
    fields: Mapping[str, Any],
) -> dict[str, Any]:
    """Writes the export and records that it was handed out; what it holds, for the answer."""
    facts: dict[str, Any] = {}

    def before(digest: str) -> None:
        facts.update(
            {
                "to": "-" if target.path is None else str(target.path),
                "format": chosen.name,
                "origin": provenance.origin,
                "size": provenance.size,
                "root": provenance.root_hash,
                "records": records.ending.count,
                "first_index": records.first_index,
                "ending": records.ending.text,
                "manifest_sha256": digest,
            }
        )
        record_handing_out(
            ledger,
            facts,
            account(),
            export_format=chosen.name,
            question=provenance.question[:_LONGEST_QUESTION],
            **fields,
        )

    release(chosen, records, provenance, target, before=before)
    return facts


def _tell(facts: Mapping[str, Any], records: Records, target: Target, session: Session) -> None:
    ending = records.ending.text
    note(f"zegel: {ending}; {facts['origin']} at size {facts['size']}, root {facts['root'].hex()}")
    if target.path is not None:
        headline = f"export written to {facts['to']}, {ending}"
        is_whole = records.ending.truncated_at is None
        write_facts(headline, facts, None, session, is_whole=is_whole)
