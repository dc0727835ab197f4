"""`zegel policy diff`: what changed between two files, two moments, or the log and a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.policy import TABLE
from cli.policy_show import statement_at
from cli.policy_versions import after_publishing, version_of_file, version_of_log
from cli.questions import TIME_HELP, say_time, time_reader
from cli.session import Session
from cli.statement_source import is_statement_file, statement_file
from formats.typed_times import read_time
from formats.visible import visible

if TYPE_CHECKING:
    from formats.statement_file.comparing import Version

COLUMNS: Final = (
    Column("promise", "promise", "word"),
    Column("what", "what", "word"),
    Column("before", "before"),
    Column("after", "after"),
)
_MOST_ARGUMENTS: Final = 2


@click.command(
    cls=ZegelCommand,
    examples=(
        "zegel policy diff ragiox-privacy --from 2026-01-01 --to 2026-06-30",
        "zegel policy diff ragiox-gold.yaml",
        "zegel policy diff old.yaml new.yaml --text old.txt --text new.txt",
    ),
    short_help=TABLE["diff"].short_help,
)
@click.argument("versions", metavar="POLICY | FILE [FILE]", nargs=-1, required=True)
@click.option("--from", "since", metavar="TIME", help=f"With POLICY: before, at {TIME_HELP}.")
@click.option("--to", "until", metavar="TIME", help="With POLICY: after, at. Default: now.")
@click.option(
    "--text",
    "texts",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="STATEMENT",
    help="The statement of a FILE, known by its hash; repeatable.",
)
@click.option(
    "--stored-text",
    is_flag=True,
    help="Compare the texts that the log keeps; needs the role resolve, and is recorded.",
)
@click.option("--purpose", metavar="PURPOSE", help="With --stored-text: why. Default: other.")
@output_options
@click.pass_obj
def diff(session: Session, /, versions: tuple[str, ...], form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show what changed: promises that came and went, rules, parameters, words, and the text.

    Of one POLICY two moments are compared; one FILE is compared with what stands in the log, which
    tells what publishing it would change; two FILEs with each other. Words of the log stay
    encrypted, so that words are compared between files only.
    """
    before, after = _versions(session, versions, typed)
    from formats.statement_file.comparing import differences, text_difference  # noqa: PLC0415 - start time: see cli/app.py

    rows = [
        {
            "promise": each.promise_id,
            "what": each.what,
            "before": each.before,
            "after": each.after,
        }
        for each in differences(before, after)
    ]
    lines = text_difference(before, after)
    chosen = choose_form(form)
    if chosen == "json":
        write_document({"changes": rows, "text_diff": lines})
        return 0
    write_rows(rows, COLUMNS, chosen, session.zone)
    if chosen == "table":
        _say_texts(before, after, lines, is_empty=not rows)
    return 0


def _versions(
    session: Session, versions: tuple[str, ...], typed: dict[str, Any]
) -> "tuple[Version, Version]":
    are_files = [is_statement_file(each) for each in versions]
    if len(versions) > _MOST_ARGUMENTS or (len(versions) > 1 and not all(are_files)):
        raise click.UsageError("expected one POLICY, one FILE or two FILEs")
    if are_files[0] and (typed["since"] or typed["until"]):
        raise click.UsageError("--from, --to: expected a POLICY beside them, found a file")
    if len(versions) == _MOST_ARGUMENTS:
        first, second = (version_of_file(statement_file(each), typed["texts"]) for each in versions)
        return first, second
    if not are_files[0] and typed["since"] is None:
        raise click.UsageError("--from: expected the moment before, found none")
    return _with_log(session, versions[0], typed, is_file=are_files[0])


def _with_log(
    session: Session, version: str, typed: dict[str, Any], *, is_file: bool
) -> "tuple[Version, Version]":
    from projections.cases.reading import moment_of  # noqa: PLC0415 - start time: see cli/app.py

    file = statement_file(version) if is_file else None
    policy = version if file is None else file.statement.policy_id
    wanted = {"opens_text": typed["stored_text"], "purpose": typed["purpose"]}
    with session.open_ledger() as ledger:
        reader = time_reader(session, ledger)
        since = read_time(reader, typed["since"], "--from")
        until = read_time(reader, typed["until"], "--to")
        say_time("before", since, session)
        say_time("after", until, session)
        first = statement_at(ledger, moment_of(ledger, since), policy)
        before = version_of_log(ledger, first, **wanted)
        if file is not None:
            return before, after_publishing(ledger, before, version_of_file(file, typed["texts"]))
        second = statement_at(ledger, moment_of(ledger, until), policy)
        return before, version_of_log(ledger, second, **wanted)


def _say_texts(
    before: "Version", after: "Version", lines: list[str] | None, *, is_empty: bool
) -> None:
    if is_empty:
        note("nothing differs")
    for line in lines or ():
        click.echo(visible(line))
    if lines is None and before.policy.text_sha256 != after.policy.text_sha256:
        note("the text changed: --text STATEMENT or --stored-text shows how")
