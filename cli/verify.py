"""`zegel verify`: checks that the whole history is unchanged, and says where it is not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.cluster import spark_option
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_csv, write_document, write_line
from cli.seconds import Seconds
from cli.session import Session
from cli.verify_levels import conclusion_of, signed_facts, verify_stored

if TYPE_CHECKING:
    from datetime import tzinfo

    from ledger.verification.findings import Finding, Report

EXAMPLES: Final = (
    "zegel verify --json | jq .findings",
    "zegel verify --checkpoint monday.checkpoint",
    "zegel verify --bundle dossier.zip --policy trust.policy",
)

_FILE: Final = click.Path(path_type=Path, dir_okay=False, exists=True)

_OF_A_BUNDLE: Final = ("bundle", "disclosures", "keys", "keys_file", "policy", "stamp_roots")
FINDING_COLUMNS: Final = (
    Column("verdict", "verdict", "word"),
    Column("index", "index", "index"),
    Column("last_index", "to", "index"),
    Column("place", "place"),
    Column("expected", "expected"),
    Column("found", "found"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Check that the whole history is unchanged."
)
@click.option(
    "--quick",
    is_flag=True,
    help="Check signatures and roots of the newest checkpoints only; read no records.",
)
@click.option(
    "--since",
    type=_FILE,
    metavar="CHECKPOINT",
    help="Check what came after a checkpoint file that was kept elsewhere.",
)
@click.option(
    "--checkpoint",
    "held",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help="A checkpoint that was kept elsewhere; the history must lead to it too. Repeatable.",
)
@click.option(
    "--max-age",
    "max_age_s",
    type=Seconds(1),
    metavar="SECONDS",
    help="The newest signed record must be no older: 3720 where zegel seal --loop watches the log.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Let so many processes work at the same time; by default one for each usable core.",
)
@spark_option(
    "Let workers of this Spark cluster, spark://HOST:PORT or local[N], check the archived records."
)
@click.option(
    "--sealed-only",
    is_flag=True,
    help="With --spark, for workers that reach the archive alone: check its sealed records there.",
)
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Check a bundle of evidence, a folder or zip file, instead; needs no log and no network.",
)
@click.option(
    "--disclosures",
    type=_FILE,
    metavar="FILE",
    help="Check opened fields of chosen records, as zegel export disclosures writes them.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VKEY",
    help="Believe this verifier key of a log; with --bundle or --disclosures, repeat for more.",
)
@click.option(
    "--keys-file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Believe each key of this verifier-keys file for the sizes it may sign; with --bundle.",
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Believe the logs and witnesses of this C2SP policy file; with --bundle.",
)
@click.option(
    "--stamp-roots",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Check time stamps under these root certificates, PEM; with --bundle.",
)
@output_options
@click.pass_obj
def verify(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Check that the whole history is unchanged.

    Hashes every stored record again, checks links, indexes, copies in columns, every personal
    value that can be opened against its digest, and every signed checkpoint against the records.
    Ends with 3 when anything is wrong, with 4 when nothing could be checked.

    Only a checkpoint that was kept elsewhere shows that a history was cut off, restored from an
    old backup, or rewritten completely with new hashes.
    """
    of_a_bundle = {name: typed.pop(name) for name in _OF_A_BUNDLE}
    handed = [name for name in ("bundle", "disclosures") if of_a_bundle[name] is not None]
    if handed:
        if any(typed.values()) or len(handed) > 1:
            raise click.UsageError(
                f"--{handed[0]}: expected no --quick, --since, --checkpoint, --max-age, --jobs, "
                "--spark beside it, and not both --bundle and --disclosures"
            )
        return _verify_handed_out(session, form, of_a_bundle)
    if any(of_a_bundle.values()):
        raise click.UsageError(
            "--key, --keys-file, --policy, --stamp-roots: expected --bundle or --disclosures "
            "beside it"
        )
    chosen = choose_form(form)
    report = verify_stored(session, **typed)
    write_report(report, chosen, session.zone)
    return conclusion(report)


def _verify_handed_out(session: Session, form: str | None, given: dict[str, Any]) -> int:
    """Verifies what somebody handed over, without any log at hand."""
    bundle, disclosures = given.pop("bundle"), given.pop("disclosures")
    if bundle is not None:
        from cli.verify_bundle import verify_bundle  # noqa: PLC0415 - start time: see cli/app.py

        return verify_bundle(session, bundle, form=form, **given)
    from cli.verify_disclosures import verify_disclosures  # noqa: PLC0415 - likewise

    if given.pop("stamp_roots") is not None:
        raise click.UsageError("--stamp-roots: expected --bundle beside it, found --disclosures")
    return verify_disclosures(session, disclosures, form=form, **given)


def conclusion(report: "Report") -> ExitCode:
    """3 when anything is wrong, 4 when something could not be checked, else 0."""
    if report.outcome == "empty":
        missing = "no signed checkpoint: `zegel seal` signs" if report.size else "no records yet"
        note(f"zegel: nothing was verified: the log has {missing}")
        return ExitCode.UNAVAILABLE
    if report.outcome == "broken":
        return ExitCode.EVIDENCE_BROKEN
    for place in report.held_uncompared:
        note(
            f"zegel: {place}: its signature holds, and its root was not compared: the records it "
            "needs were pruned; zegel verify --bundle ARCHIVE checks them"
        )
    for why in report.unread_logs:
        note(f"zegel: {why}; what it says about this log was not compared")
    left_out = report.held_uncompared or report.unread_logs
    return ExitCode.UNAVAILABLE if left_out else ExitCode.FINE


def report_document(report: "Report") -> dict[str, Any]:
    """The report as one JSON object."""
    fault = report.first_fault
    return {
        "outcome": report.outcome,
        "origin": report.origin,
        "size": report.size,
        "root": report.root,
        "first_index": report.first_index,
        "records_checked": report.records_checked,
        "disclosures_checked": report.disclosures_checked,
        "disclosures_unopened": report.disclosures_unopened,
        "checkpoints_checked": report.checkpoints_checked,
        "checkpoints_uncompared": report.checkpoints_uncompared,
        "signed_size": report.signed_size,
        "anchored_through": [
            {
                "log": each.name,
                "origin": each.origin,
                "index": each.index,
                "size": each.size,
                "through_size": each.through_size,
                "anchored_at": each.anchored_at,
                "by": list(each.by),
            }
            for each in report.anchored_through
        ],
        "counts": dict(report.counts),
        "first_fault": finding_row(fault) if fault else None,
        "findings": [finding_row(finding) for finding in report.findings],
    }


def finding_row(finding: "Finding") -> dict[str, Any]:
    """One finding as a row: the verdict, where, what was expected and what stands there."""
    return {
        "verdict": finding.verdict,
        "index": finding.index,
        "last_index": finding.last_index,
        "place": finding.place,
        "expected": finding.expected,
        "found": finding.found,
        "fault": finding.is_fault,
    }


def write_report(report: "Report", form: str, zone: "tzinfo") -> None:
    """Writes a report: for people with a conclusion first, as CSV the findings only."""
    if form == "table":
        draw_report(report, zone)
    elif form == "csv":
        write_csv((finding_row(finding) for finding in report.findings), FINDING_COLUMNS)
    elif form == "json":
        write_document(report_document(report))
    else:
        write_line(report_document(report))


def draw_report(report: "Report", zone: "tzinfo") -> None:
    """Draws a report for people."""
    from cli.rendering import draw_facts, draw_line, draw_rows  # noqa: PLC0415 - Rich is loaded only to draw

    if report.outcome == "broken":
        draw_line(
            f"EVIDENCE BROKEN: {report.first_fault or 'see the counts'}", style="bad", mark="✗"
        )
    elif report.outcome == "valid":
        draw_line(conclusion_of(report), style="good", mark="✓")
    else:
        missing = "no signed checkpoint" if report.size else "no records"
        draw_line(f"nothing verified: {missing}", style="warning", mark="⚠")
    draw_facts(
        [
            ("origin", report.origin),
            ("size", report.size),
            ("root", report.root.hex()),
            ("records checked", report.records_checked),
            ("disclosures checked", report.disclosures_checked),
            ("disclosures not opened", report.disclosures_unopened),
            *signed_facts(report),
            *((f"found {verdict}", count) for verdict, count in report.counts.items()),
        ],
        zone,
    )
    # What was erased on purpose is counted above; thousands of rows of it would bury the others.
    listed = [finding for finding in report.findings if finding.verdict != "ERASED"]
    told_above = 1 if report.outcome == "broken" else 0
    if len(listed) > told_above:
        draw_rows(map(finding_row, listed), FINDING_COLUMNS, zone)
