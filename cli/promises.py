"""`zegel promises`: which promises of privacy statements were kept, and on what that rests."""

from pathlib import Path
from typing import Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import choose_form
from cli.promise_question import PromiseQuestion
from cli.pruned_note import say_pruned
from cli.reader import identity_options, require_purpose
from cli.session import Session
from cli.words import system_word
from ledger.errors import BadRequest

EXAMPLES: Final = (
    "zegel promises --findings",
    "zegel promises --explain RAG-03 --as-of 2026-03-01 --as-known 2026-04-01",
    "zegel promises ragiox-gold --html promises.html --lang nl",
)
VERDICT_WORDS: Final = ("kept", "broken", "pending", "undeterminable")
_NOT_WITH_FINDINGS: Final = ("explain", "verdict", "check", "target", "identities")


@click.command(
    cls=ZegelCommand,
    examples=EXAMPLES,
    short_help="Show which promises of privacy statements were kept.",
)
@click.argument("system", type=system_word(), required=False, metavar="[SYSTEM]")
@click.option("--organisation", metavar="ID", help="Only the promises of this organisation.")
@click.option(
    "--verdict",
    type=click.Choice(VERDICT_WORDS),
    help="Only promises with this verdict; with --explain, only such events.",
)
@click.option(
    "--explain", metavar="PROMISE", help="Tell the story of one promise, event by event: RAG-03."
)
@click.option(
    "--all", "everything", is_flag=True, help="With --explain: every judged event, not the first."
)
@click.option(
    "--findings",
    is_flag=True,
    help="Tell what is wrong inside the statements: contradictions, unclear sentences, gaps.",
)
@click.option(
    "--check", is_flag=True, help="End with exit code 7 when any promise shown is broken."
)
@click.option(
    "--html",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a page for people that explains every promise.",
)
@click.option("--force", is_flag=True, help="With --html: write over a file that is there.")
@click.option(
    "--lang",
    "--language",
    type=click.Choice(["en", "nl"]),
    default="en",
    show_default=True,
    help="In which language promises and rules are told.",
)
@identity_options
@moment_options
@output_options
@click.pass_obj
def promises(session: Session, /, system: str | None, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show every promise with its verdict: kept, broken, pending or undeterminable.

    A promise is judged against the rules, parameters and readings in force at each event. A
    promise that something never happens is kept only while its source is declared connected.
    Every verdict names the records that it rests on; --explain tells them one by one.

    The words of a promise come from the shipped statement file of the same text, or else from its
    rule; with --identities and --purpose those of the log itself are opened, which is recorded.

    --findings tells instead what is wrong inside the statements: promises that cannot both be
    kept, sentences that are unclear, numbers that nobody set, sources that are not connected.
    """
    require_purpose(typed)
    _require_alone(typed)
    _require_free(typed["target"], force=typed["force"])
    if typed["everything"] and typed["explain"] is None:
        raise click.UsageError("--all: expected --explain PROMISE beside it, found none")
    chosen = choose_form(form)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
        asked = PromiseQuestion(session, ledger, moment, system, typed)
        if typed["findings"]:
            asked.tell_findings(chosen)
            return 0
        found = asked.judged()
        if typed["target"] is not None:
            asked.write_page(found)
        elif typed["explain"] is not None:
            asked.explain(found, chosen)
        else:
            asked.list_them(found, chosen)
    broken = any(each.verdict == "broken" for each in found.verdicts)
    if typed["check"] and broken:
        return ExitCode.PROMISE_BROKEN
    return ExitCode.NOT_AUTHORISED if asked.is_refused else ExitCode.FINE


def _require_free(target: Path | None, *, force: bool) -> None:
    if target is not None and target.exists() and not force:
        raise BadRequest(f"--html {target}: expected no such file yet; --force writes over it")


def _require_alone(typed: dict[str, Any]) -> None:
    beside = [name for name in _NOT_WITH_FINDINGS if typed[name]]
    if typed["findings"] and beside:
        name = "html" if beside[0] == "target" else beside[0]
        raise click.UsageError(f"--findings: expected it without --{name}, found both")
