"""`zegel verify --bundle`: verifies evidence that somebody handed over, without any log at hand."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.output import choose_form, note, write_csv, write_document, write_line
from cli.session import Session
from cli.verify import FINDING_COLUMNS, finding_row

if TYPE_CHECKING:
    from datetime import tzinfo

    from ledger.notes.checkpoint import KeyTerm
    from ledger.notes.policy import Policy
    from ledger.verification.bundle_check import CheckToken
    from ledger.verification.bundle_report import BundleReport

LONGEST_POLICY: Final = 1_048_576


def verify_bundle(
    session: Session,
    bundle: Path,
    *,
    keys: tuple[str, ...],
    keys_file: Path | None,
    policy: Path | None,
    stamp_roots: Path | None,
    form: str | None,
) -> int:
    """Verifies a bundle under keys or a policy of the caller; the exit code.

    Raises:
        UsageError: nothing to believe was given, or two things.
    """
    from cli.bundle_reading import open_bundle  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.verification.bundle_check import check_bundle  # noqa: PLC0415 - likewise

    chosen = choose_form(form)
    trust, terms = given_trust(keys, keys_file, policy)
    check_token = _token_check(stamp_roots) if stamp_roots is not None else None
    with open_bundle(bundle) as files:
        report = check_bundle(
            files.read, trust, terms=terms, present=files.paths, check_token=check_token
        )
    _write(report, chosen, session.zone)
    return _conclusion(report)


def given_trust(
    keys: tuple[str, ...], keys_file: Path | None, policy: Path | None
) -> "tuple[Policy, tuple[KeyTerm, ...]]":
    """What the caller believes: a policy, and which sizes its keys may sign.

    Raises:
        UsageError: nothing to believe was given, or two things.
        BadRequest: a file cannot be read.
    """
    given = sum((bool(keys), keys_file is not None, policy is not None))
    if given != 1:
        raise click.UsageError(
            "--bundle, --disclosures: expected --key VKEY, --keys-file FILE or --policy FILE "
            "beside it, because evidence cannot vouch for its own key; found "
            f"{given or 'none'} of them"
        )
    from ledger.errors import BadRequest  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.notes.note_keys import VerifierKey  # noqa: PLC0415 - likewise
    from ledger.notes.policy import Policy, PolicyLog  # noqa: PLC0415 - likewise
    from ledger.notes.policy_file import decode_policy  # noqa: PLC0415 - likewise

    if keys_file is not None:
        from ledger.signing.key_terms import read_terms  # noqa: PLC0415 - start time: see cli/app.py

        terms = read_terms(keys_file)
        return Policy(tuple(PolicyLog(term.key) for term in terms)), terms
    if policy is None:
        return Policy(tuple(PolicyLog(VerifierKey.from_vkey(key)) for key in keys)), ()
    try:
        with policy.open("rb") as file:
            return decode_policy(file.read(LONGEST_POLICY + 1)), ()
    except OSError as error:
        raise BadRequest(f"{policy}: expected a policy file, found: {error.strerror}") from error


def _token_check(roots: Path) -> "CheckToken":
    from ledger.anchors.time_stamps import (  # noqa: PLC0415 - start time: see cli/app.py
        TimestampTrust,
        read_certificates,
        stamped_bytes,
        verify_time_stamp,
    )

    trust = TimestampTrust(read_certificates(roots))
    return lambda token, checkpoint: verify_time_stamp(token, stamped_bytes(checkpoint), trust)


def _conclusion(report: "BundleReport") -> ExitCode:
    if report.outcome == "empty":
        note("zegel: nothing was verified: the bundle has no records")
        return ExitCode.UNAVAILABLE
    return ExitCode.EVIDENCE_BROKEN if report.outcome == "broken" else ExitCode.FINE


def bundle_document(report: "BundleReport") -> dict[str, Any]:
    """The report on a bundle as one JSON object."""
    checkpoint, manifest, fault = report.checkpoint, report.manifest, report.first_fault
    return {
        "outcome": report.outcome,
        "origin": checkpoint.origin if checkpoint else None,
        "size": checkpoint.size if checkpoint else None,
        "root": checkpoint.root if checkpoint else None,
        "signers": [one.key.vkey for one in checkpoint.log_signatures] if checkpoint else [],
        "witnesses": [one.key.name for one in checkpoint.cosignatures] if checkpoint else [],
        "question": dict(manifest.question) if manifest else None,
        "records_checked": report.records_checked,
        "entries_checked": report.entries_checked,
        "tiles_checked": report.tiles_checked,
        "disclosures_checked": report.disclosures_checked,
        "time_stamps_checked": report.tokens_checked,
        "time_stamps_unchecked": report.tokens_unchecked,
        "counts": dict(report.counts),
        "first_fault": finding_row(fault) if fault else None,
        "findings": [finding_row(finding) for finding in report.findings],
    }


def _write(report: "BundleReport", form: str, zone: "tzinfo") -> None:
    if form == "table":
        _draw(report, zone)
    elif form == "csv":
        write_csv((finding_row(finding) for finding in report.findings), FINDING_COLUMNS)
    elif form == "json":
        write_document(bundle_document(report))
    else:
        write_line(bundle_document(report))


_HEADLINES: Final = {
    "valid": ("VALID: every record in this bundle stands in the signed log", "good", "✓"),
    "empty": ("nothing verified: no records", "warning", "⚠"),
}


def _draw(report: "BundleReport", zone: "tzinfo") -> None:
    from cli.rendering import draw_facts, draw_line, draw_rows  # noqa: PLC0415 - Rich is loaded only to draw

    broken = (f"EVIDENCE BROKEN: {report.first_fault or 'nothing can be read'}", "bad", "✗")
    line, style, mark = _HEADLINES.get(report.outcome, broken)
    draw_line(line, style=style, mark=mark)
    document = bundle_document(report)
    names = ("origin", "size", "signers", "witnesses", "question")
    counts = [name for name in document if name.endswith("checked")]
    root = [("root", report.checkpoint.root.hex())] if report.checkpoint else []
    facts = [(name.replace("_", " "), document[name]) for name in (*names, *counts)]
    draw_facts([*facts[:2], *root, *facts[2:]], zone)
    if len(report.findings) > 1:
        draw_rows((finding_row(finding) for finding in report.findings), FINDING_COLUMNS, zone)
