"""`zegel anchor`: has independent parties say that they saw the newest checkpoint."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_rows
from cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.anchors.anchor import Anchor
    from ledger.anchors.anchoring import AnchoringReport
    from ledger.anchors.settings import AnchorSettings
    from ledger.ledger import Ledger
    from ledger.notes.checkpoint import KeyTerm

EXAMPLES: Final = (
    "zegel anchor",
    "zegel seal && zegel anchor",
    "zegel anchor --attempts 1 --json",
)
COLUMNS: Final = (
    Column("kind", "kind", "word"),
    Column("authority", "authority"),
    Column("outcome", "outcome", "word"),
    Column("size", "size", "size"),
    Column("anchored_at", "at"),
    Column("reason", "reason"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Have others say that they saw a checkpoint."
)
@click.option(
    "--attempts",
    type=click.IntRange(1, 20),
    default=4,
    show_default=True,
    help="How often a party that is away is asked.",
)
@output_options
@click.pass_obj
def anchor(session: Session, attempts: int, form: str | None) -> int:
    """Have the configured parties say that they saw the newest checkpoint.

    Time-stamp authorities and witnesses stand in zegel.toml. Each answer is verified, kept, and
    recorded in the log. Ends with 3 when a party holds another history, and with 4 when one could
    not be reached or fewer witnesses cosigned than the settings ask for.
    """
    from ledger.anchors.settings import read_anchor_settings  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.signing.signing_folder import SigningFolder  # noqa: PLC0415 - likewise

    chosen = choose_form(form)
    home = session.open_home()
    settings = read_anchor_settings(home.all_settings(), home.folder)
    terms = SigningFolder(home.folder).terms()
    with session.open_ledger() as ledger:
        report = _anchored(ledger, settings, terms, attempts)
        _record(ledger, report, settings)
    write_rows(_rows(report), COLUMNS, chosen, session.zone)
    return _conclusion(report, settings, terms)


def _anchored(
    ledger: "Ledger", settings: "AnchorSettings", terms: "tuple[KeyTerm, ...]", attempts: int
) -> "AnchoringReport":
    import time  # noqa: PLC0415 - start time: see cli/app.py
    from random import SystemRandom  # noqa: PLC0415 - likewise

    from ledger.anchors.backoff import Backoff  # noqa: PLC0415 - likewise
    from ledger.anchors.http_exchange import post  # noqa: PLC0415 - likewise
    from ledger.log_anchoring import anchor_log  # noqa: PLC0415 - likewise

    return anchor_log(
        ledger.log,
        settings,
        terms,
        post=post(),
        sleep=time.sleep,
        fraction=SystemRandom().random,
        backoff=Backoff(attempts=attempts),
    )


def _record(ledger: "Ledger", report: "AnchoringReport", settings: "AnchorSettings") -> None:
    """Records what came, so that the history itself says when it was anchored."""
    from ledger.anchors.anchor import anchored_event  # noqa: PLC0415 - start time: see cli/app.py

    urls = {("rfc3161", one.name): one.url for one in settings.authorities}
    urls |= {("witness", one.key.name): one.url for one in settings.witnesses}
    events = [
        anchored_event(
            each, report.checkpoint, clock=ledger.clock, url=urls[each.kind, each.authority]
        )
        for each in report.added
    ]
    if events:
        ledger.record_many(events)


def _rows(report: "AnchoringReport") -> "Iterator[dict[str, Any]]":
    for each in report.earlier:
        yield _anchor_row(each, "anchored before")
    for each in report.added:
        yield _anchor_row(each, "anchored")
    for failure in report.failures:
        yield {
            "kind": failure.party.kind,
            "authority": failure.party.name,
            "outcome": getattr(failure.error, "verdict", "not anchored"),
            "size": report.checkpoint.size,
            "anchored_at": None,
            "reason": str(failure.error),
        }


def _anchor_row(each: "Anchor", outcome: str) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "authority": each.authority,
        "outcome": outcome,
        "size": each.size,
        "anchored_at": each.anchored_at,
        "reason": None,
    }


def _conclusion(
    report: "AnchoringReport", settings: "AnchorSettings", terms: "tuple[KeyTerm, ...]"
) -> ExitCode:
    from ledger.anchors.anchoring import require_quorum  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.errors import VerificationError  # noqa: PLC0415 - likewise

    if report.faults:
        note(f"zegel: {report.faults[0]}")
        return ExitCode.EVIDENCE_BROKEN
    try:
        policy = settings.policy([term.key for term in terms])
        require_quorum(policy, report.checkpoint, report.anchors, terms)
    except VerificationError as error:
        if error.verdict != "UNKNOWN_KEY":
            raise
        note(f"zegel: too few witnesses so far: {error}")
        return ExitCode.UNAVAILABLE
    return ExitCode.UNAVAILABLE if report.failures else ExitCode.FINE
