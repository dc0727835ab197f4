"""`zegel verify --disclosures`: verifies and shows opened fields that somebody handed over."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.exit_codes import ExitCode
from cli.output import Column, Form, choose_form, note, write_csv, write_document, write_line
from cli.session import Session
from cli.verify import FINDING_COLUMNS, finding_row
from cli.verify_bundle import bundle_document, given_trust

if TYPE_CHECKING:
    from datetime import tzinfo

    from ledger.verification.bundle_report import BundleReport

FIELD_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("occurred_at", "occurred", "instant"),
    Column("kind", "kind", "word"),
    Column("field", "field", "word"),
    Column("value", "value"),
)


def verify_disclosures(
    session: Session,
    path: Path,
    *,
    keys: tuple[str, ...],
    keys_file: Path | None,
    policy: Path | None,
    form: str | None,
) -> int:
    """Verifies a disclosure file under keys or a policy of the caller; the exit code.

    Values are shown only if everything in the file holds.

    Raises:
        UsageError: nothing to believe was given, or two things.
        BadRequest: there is no such file.
    """
    from ledger.errors import BadRequest  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.verification.disclosure_file import (  # noqa: PLC0415 - likewise
        MAX_DISCLOSURE_FILE_BYTES,
        check_disclosure_file,
    )

    chosen = choose_form(form)
    trust, terms = given_trust(keys, keys_file, policy)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_DISCLOSURE_FILE_BYTES + 1)
    except OSError as error:
        raise BadRequest(f"{path}: expected a disclosure file, found: {error.strerror}") from error
    report = check_disclosure_file(raw, trust, terms=terms)
    rows = list(_fields(raw)) if report.outcome == "valid" else []
    _write(report, rows, chosen, session.zone)
    if report.outcome == "empty":
        note("zegel: nothing was verified: the file has no records")
        return ExitCode.UNAVAILABLE
    return ExitCode.EVIDENCE_BROKEN if report.outcome == "broken" else ExitCode.FINE


def _fields(raw: bytes) -> Iterator[dict[str, Any]]:
    """One row for each field that was opened or is said to be erased, of a file that holds."""
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    from ledger.body import body_digests  # noqa: PLC0415 - likewise
    from ledger.disclosure import decode_disclosure  # noqa: PLC0415 - likewise
    from ledger.notes.spelling import decode_base64  # noqa: PLC0415 - likewise
    from ledger.record import decode_record  # noqa: PLC0415 - likewise
    from ledger.verification.disclosure_file import decode_disclosure_file  # noqa: PLC0415 - likewise

    for each in decode_disclosure_file(raw).records:
        record = decode_record(decode_base64(each.sealed, "sealed"))
        public = msgspec.json.decode(record.body, type=dict[str, Any])
        row = {
            "index": each.index,
            "occurred_at": _instant(public.get("occurred_at")),
            "kind": record.kind.removesuffix(".v1"),
        }
        for text in each.disclosures:
            _, name, value = decode_disclosure(text.encode("ascii"))
            yield row | {"field": name, "value": value}
        for gone in each.erased:
            yield row | {"field": gone.field, "value": f"erased (by event {gone.event})"}
        closed = len(body_digests(record.body)) - len(each.disclosures) - len(each.erased)
        if closed > 0:
            yield row | {"field": f"{closed} more", "value": "closed"}


def _instant(stated: object) -> object:
    """When it occurred; what is no instant stays as it stands."""
    try:
        return datetime.fromisoformat(str(stated))
    except ValueError:
        return stated


def _write(report: "BundleReport", rows: list[dict[str, Any]], form: Form, zone: "tzinfo") -> None:
    if form == "table":
        _draw(report, rows, zone)
    elif form == "csv":
        if report.findings:
            write_csv(map(finding_row, report.findings), FINDING_COLUMNS)
        else:
            write_csv(rows, FIELD_COLUMNS)
    else:
        document = {**bundle_document(report), "fields": rows}
        (write_document if form == "json" else write_line)(document)


def _draw(report: "BundleReport", rows: list[dict[str, Any]], zone: "tzinfo") -> None:
    from cli.rendering import draw_facts, draw_line, draw_rows  # noqa: PLC0415 - Rich is loaded only to draw

    if report.outcome == "valid":
        draw_line("VALID: every opened field is the one that was sealed", style="good", mark="✓")
    elif report.outcome == "empty":
        draw_line("nothing verified: no records", style="warning", mark="⚠")
    else:
        fault = report.first_fault or "nothing can be read"
        draw_line(f"EVIDENCE BROKEN: {fault}", style="bad", mark="✗")
    document = bundle_document(report)
    names = ("origin", "size", "signers", "witnesses", "question", "records_checked")
    facts = [(name.replace("_", " "), document[name]) for name in names]
    draw_facts([*facts, ("fields checked", report.disclosures_checked)], zone)
    if rows:
        draw_rows(rows, FIELD_COLUMNS, zone)
    if len(report.findings) > 1:
        draw_rows(map(finding_row, report.findings), FINDING_COLUMNS, zone)
