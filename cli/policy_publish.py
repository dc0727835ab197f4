"""`zegel policy publish`: a statement file becomes events, all in one transaction."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.options import ZegelCommand
from cli.output import choose_form, note, write_line
from cli.policy import EXAMPLES, TABLE
from cli.questions import TIME_HELP, say_time, time_reader
from cli.reader import account, authorise
from cli.session import Session
from cli.statement_source import statement_file, statement_text
from formats.answers.receipt import receipt_document
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formats.statement_file import StatementFile
    from formats.statement_file.recording import Published
    from ledger.ledger import Ledger

_WORDS: Final = {
    "policy.published.v1": ("publication", "publications"),
    "promise.declared.v1": ("promise", "promises"),
    "promise.parameter_set.v1": ("default", "defaults"),
}


@click.command(
    cls=ZegelCommand,
    examples=(
        EXAMPLES[0],
        "zegel policy publish ingressus-xref --effective-from 2026-01-01",
        "zegel policy publish ragiox-gold.yaml --dry-run",
    ),
    short_help=TABLE["publish"].short_help,
)
@click.argument("file", metavar="FILE")
@click.option(
    "--text",
    "text",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="STATEMENT",
    help="The statement itself: it must have the hash in FILE, and is kept too.",
)
@click.option(
    "--effective-from",
    metavar="TIME",
    help=f"In force from: {TIME_HELP}. Default: what FILE says, else now.",
)
@click.option("--dry-run", is_flag=True, help="Check FILE and STATEMENT; record nothing.")
@click.pass_obj
def publish(session: Session, /, file: str, *, dry_run: bool, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Record a privacy statement with its promises, and a setting for each default.

    FILE is a statement file, or the name of one that comes with Zegel. Published again, what stands
    already is not recorded again; a default never takes the place of what somebody decided. A
    promise that FILE no longer names is checked until a version of the text without it counts:
    zegel policy waive ends that sooner.
    """
    read = statement_file(file)
    text = None if typed["text"] is None else statement_text(typed["text"])
    if dry_run:
        return _preview(read, text, file)
    from formats.statement_file.recording import publish_statement  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        authorise(ledger, "decide")
        effective = read_time(
            time_reader(session, ledger), typed["effective_from"], "--effective-from"
        )
        say_time("in force from", effective, session)
        published = publish_statement(ledger, read, text, effective_from=effective, actor=account())
        left = _left_out(ledger, read)
    _tell(session, published)
    for promise_id in left:
        note(
            f"zegel: {promise_id} stands in the log for this text and not in {file}: it is still "
            "checked"
        )
    return 0


def _preview(read: "StatementFile", text: str | None, file: str) -> int:
    from formats.statement_file.publishing import require_text  # noqa: PLC0415 - start time: see cli/app.py

    if text is not None:
        require_text(read, text)
    settings = [each for entry in read.promises for each in entry.parameters]
    unset = sum(each.default == "none" for each in settings)
    document = {
        "file": file,
        "policy": read.statement.policy_id,
        "promises": len(read.promises),
        "rules": sum(
            len(entry.rules) + sum(len(each.rules) for each in entry.readings)
            for entry in read.promises
        ),
        "parameters": len(settings),
        "without_default": unset,
        "text_checked": text is not None,
    }
    if choose_form(None) != "table":
        write_line(document)
        return 0
    from cli.rendering import draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    told = ", ".join(
        f"{count} {noun if count == 1 else f'{noun}s'}"
        for noun, count in (
            ("promise", document["promises"]),
            ("rule", document["rules"]),
            ("parameter", len(settings)),
        )
    )
    draw_line(f"{file}: {told} ({unset} without default); nothing recorded", style="good", mark="✓")
    return 0


def _left_out(ledger: "Ledger", read: "StatementFile") -> "list[str]":
    """The promises that stand for the same text and that the file does not name."""
    from projections.cases.reading import moment_of  # noqa: PLC0415 - likewise
    from projections.statements import standing_statements  # noqa: PLC0415 - start time: see cli/app.py

    named = {entry.id for entry in read.promises}
    return sorted(
        promise.event.promise_id
        for statement in standing_statements(
            ledger, moment_of(ledger), policy_id=read.statement.policy_id
        )
        if statement.policy.text_sha256 == read.statement.text_sha256
        for promise in statement.promises
        if promise.event.promise_id not in named
    )


def _tell(session: Session, published: "Sequence[Published]") -> None:
    from ledger.events import kind_of  # noqa: PLC0415 - the ledger was open
    from ledger.events.policy import PolicyPublished  # noqa: PLC0415 - likewise

    if choose_form(None) != "table":
        for event, receipt in published:
            document = receipt_document(receipt, kind_of(event))
            write_line({**document, "promise": getattr(event, "promise_id", None)})
        return
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    policy = next(each.event for each in published if isinstance(each.event, PolicyPublished))
    counts = _counted([each for each in published if not each.receipt.duplicate])
    said = f"recorded: {counts}" if counts else "is as it was: nothing new to record"
    draw_line(f"{policy.policy_id} {said}", style="good", mark="✓")
    indexes = [each.receipt.index for each in published]
    facts = [
        ("records", f"{min(indexes)} to {max(indexes)}"),
        ("text sha256", policy.text_sha256),
        *([("text", "kept")] if policy.text else []),
    ]
    draw_facts(facts, session.zone)


def _counted(fresh: "Sequence[Published]") -> str:
    from ledger.events import kind_of  # noqa: PLC0415 - the ledger was open

    found = [kind_of(each.event) for each in fresh]
    return ", ".join(
        f"{found.count(kind)} {one if found.count(kind) == 1 else many}"
        for kind, (one, many) in _WORDS.items()
        if kind in found
    )
