"""`zegel prune`: removes old sealed records after exporting them; what stays still proves."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.moved_records import write_moved
from cli.options import ZegelCommand, output_options
from cli.output import choose_form, note
from cli.progress import progress
from cli.questions import time_reader
from cli.reader import account, authorise
from cli.session import Session
from formats.sentences import counted
from formats.typed_times import read_time

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.prunable import PrunedRange
    from ledger.stored import StoredPruning

EXAMPLES: Final = (
    "zegel prune --before 2020-01-01 --to archive-2019.zip",
    "zegel prune --before @65536 --to archive.zip --reason 'schedule, line 4' --yes",
    "zegel prune",
)


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Remove old sealed records after exporting them.",
)
@click.option(
    "--before",
    metavar="TIME|@INDEX",
    help="Records recorded before this time, or below this index, go; in runs of 256.",
)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE.zip",
    help="Where to export them first; keep it as long as proofs of them may be asked for.",
)
@click.option(
    "--with-disclosures",
    is_flag=True,
    help="Erase what is left of their personal values first, instead of refusing.",
)
@click.option("--reason", metavar="TEXT", help="Why; kept in the log.")
@click.option("--yes", is_flag=True, help="Remove without asking.")
@output_options
@click.pass_obj
def prune(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Remove old sealed records after exporting them; without options, finish what was begun.

    They are exported as an archive that verifies by itself. The decision is recorded and signed;
    only then do they go. The tree above them stays: every later record can still be proven, and
    proofs handed out earlier still hold. Needs the role erase. Refused while a legal hold, a rule
    or a role in them still stands, or while personal values of theirs are stored.
    """
    chosen = choose_form(form)
    if (typed["before"] is None) != (typed["target"] is None):
        raise click.UsageError("--before, --to: expected both, or none to finish what was begun")
    with session.open_ledger() as ledger:
        authorise(ledger, "erase")
        pruning = _begun(session, ledger, typed)
        if pruning is None:
            note("zegel: nothing to finish: no pruning was begun")
            return ExitCode.FINE
        removed = _carried_out(session, ledger, pruning)
    _write(pruning, removed, chosen, session)
    return ExitCode.FINE if removed is not None else ExitCode.UNAVAILABLE


def _begun(session: Session, ledger: "Ledger", typed: dict[str, Any]) -> "StoredPruning | None":
    """The decision that is to be carried out: one that was interrupted, else a new one."""
    from ledger.pruning import undone  # noqa: PLC0415 - start time: see cli/app.py

    pruning = undone(ledger.log)
    if pruning is not None:
        note(f"zegel: going on with the pruning up to index {pruning.minimum}")
        return pruning
    return None if typed["before"] is None else _decided(session, ledger, typed)


def _decided(session: Session, ledger: "Ledger", typed: dict[str, Any]) -> "StoredPruning | None":
    """A new decision, once its records are exported."""
    from cli.pruning_export import exported_archive  # noqa: PLC0415 - start time: see cli/app.py
    from ledger import prunable, pruning  # noqa: PLC0415 - likewise
    from ledger.anchors.settings import read_anchor_settings  # noqa: PLC0415 - likewise
    from ledger.handing_out import signed_checkpoint  # noqa: PLC0415 - likewise

    home, terms = session.open_home(), session.signing_folder().terms()
    settings = read_anchor_settings(home.all_settings(), home.folder)
    signed = signed_checkpoint(ledger, terms, settings)
    wanted = index_before(session, ledger, typed["before"])
    pruned = pruning.range_below(ledger.log, wanted, signed.checkpoint.size)
    prunable.require_prunable(ledger, pruned)
    for warning in prunable.warnings(ledger, pruned):
        note(f"zegel: {warning}")
    if not typed["yes"]:
        _ask(pruned, erases=typed["with_disclosures"])
    erasure_index = (
        _erase_disclosures(session, ledger, pruned) if typed["with_disclosures"] else None
    )
    prunable.require_no_disclosures(ledger, pruned)
    target: Path = typed["target"]
    manifest_sha256 = exported_archive(ledger.log, signed, terms, pruned, target)
    note(f"zegel: {counted(pruned.stop - pruned.first, 'record')} exported to {target}, verified")
    pruning.record_decision(
        ledger,
        pruned,
        exported_as=target.name,
        manifest_sha256=manifest_sha256,
        decided_by=account(),
        reason=typed["reason"],
        erasure_index=erasure_index,
    )
    return pruning.undone(ledger.log)


def _ask(pruned: "PrunedRange", *, erases: bool) -> None:
    """Returns only if whoever types says yes."""
    if not sys.stdin.isatty():
        raise click.UsageError("--yes: expected it where nobody can be asked, found none")
    also = " and erase their personal values" if erases else ""
    asked = f"Export and remove records {pruned.first} to {pruned.stop - 1}{also}?"
    click.confirm(f"{asked} It cannot be undone", abort=True, err=True)


def index_before(session: Session, ledger: "Ledger", before: str) -> int:
    """The lowest index that must stay."""
    index = before.removeprefix("@")
    if before.startswith("@") and index.isdecimal():
        return int(index)
    from datetime import timedelta  # noqa: PLC0415 - start time: see cli/app.py

    reader = time_reader(session, ledger, recorded=True)
    instant = read_time(reader, before, "--before")
    if instant is None:
        raise click.UsageError("--before: expected a time or @INDEX, found none")
    # What was recorded at that very instant stays.
    return ledger.size_at(instant - timedelta(microseconds=1))


def _erase_disclosures(session: Session, ledger: "Ledger", pruned: "PrunedRange") -> int:
    """The index of the request; the decision names it, so that it counts as executed."""
    from cli.erase import horizon_told, say_step  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.epoch_rotation import horizon_of  # noqa: PLC0415 - likewise
    from ledger.prunable import places_in  # noqa: PLC0415 - likewise
    from ledger.pruning import RULE  # noqa: PLC0415 - likewise
    from projections.erasing import erase_disclosures  # noqa: PLC0415 - likewise

    horizon = horizon_of(ledger, session.open_home().settings())
    erased = erase_disclosures(
        ledger,
        places_in(ledger, pruned),
        rule_id=RULE,
        horizon=horizon.at,
        progress=say_step,
    )
    note(f"zegel: {counted(erased.disclosures_destroyed, 'disclosure')} erased")
    note(horizon_told(horizon, session.zone))
    return erased.requested_index


def _carried_out(session: Session, ledger: "Ledger", pruning: "StoredPruning") -> int | None:
    """How many records went; `None` while nobody has signed the decision."""
    from ledger.pruning import carry_out, is_covered  # noqa: PLC0415 - start time: see cli/app.py
    from projections import VIEWS, catch_up  # noqa: PLC0415 - likewise

    terms = session.signing_folder().terms()
    if not is_covered(ledger.log, pruning, terms):
        sign_decision(session, ledger)
        terms = session.signing_folder().terms()
    if not is_covered(ledger.log, pruning, terms):
        note(
            f"zegel: decided in record {pruning.recorded_index}, and nothing removed yet: "
            "`zegel seal` where the signing key is, then `zegel prune` finishes it"
        )
        return None
    with progress("bringing views up to date", ledger.head().size, "records") as advance:
        catch_up(ledger, tuple(VIEWS), progress=advance)
    first = ledger.log.beginning().frontier.size
    with progress("pruning", pruning.minimum - first, "records") as advance:
        return carry_out(ledger, pruning, terms, advance)


def sign_decision(session: Session, ledger: "Ledger") -> None:
    """Signs the decision where the signing key is at hand."""
    from cli.seal import signer_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.errors import StoreUnavailable  # noqa: PLC0415 - likewise

    try:
        signer_of(session, ledger).seal()
    except StoreUnavailable as error:
        note(f"zegel: not signed here: {error}")


def _write(pruning: "StoredPruning", removed: int | None, form: str, session: Session) -> None:
    facts: dict[str, Any] = {
        "minimum_index": pruning.minimum,
        "records_removed": removed or 0,
        "decision": pruning.recorded_index,
        "exported_as": pruning.exported_as,
        "manifest_sha256": pruning.manifest_sha256.hex(),
    }
    done = None if removed is None else f"pruned: {counted(removed, 'record')} removed"
    write_moved(done, "decided, not removed yet", facts, form, session)
