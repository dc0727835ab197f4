"""`zegel sql STATEMENT`: questions that no view answers, read-only and within stated limits."""

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cli.exit_codes import ExitCode
from cli.options import ZegelCommand, output_options
from cli.output import Column, Form, choose_form, note, write_document, write_rows
from cli.pruned_note import say_pruned
from cli.questions import TIME_HELP, known_size_of, time_reader
from cli.reader import identity_options, may_see_identities, reading_of, require_purpose
from cli.seconds import Seconds
from cli.session import Session
from formats.answers.sql_row import sql_row
from formats.sentences import counted
from formats.shown_times import show_instant
from formats.typed_times import read_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from ledger.ledger import Ledger
    from projections.sql.asking import SqlAnswer
    from projections.sql.view_rows import Moment

EXAMPLES: Final = (
    "zegel sql 'select kind, count(*) from events group by kind order by 2 desc'",
    "zegel sql 'select * from access where uses = 0' --as-of 2025-12-31",
    "zegel sql 'select * from events where actor = $who' --token who=person:j.jansen@example.nl",
)
TABLE_COLUMNS: Final = (
    Column("table", "table", "word"),
    Column("column", "column", "word"),
    Column("type", "type", "word"),
    Column("summary", "what it holds", "prose"),
)
ROWS: Final = 10_000
SECONDS: Final = 60.0
MEMORY_MIB: Final = 512
LEAST_MEMORY_MIB: Final = 64
MOST_MEMORY_MIB: Final = 1 << 30
_NUMBERS: Final = ("BIGINT", "DECIMAL", "DOUBLE", "FLOAT", "HUGEINT", "INTEGER", "UBIGINT")


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Ask in SQL, over records and views."
)
@click.argument("statement", required=False)
@click.option("--tables", "lists", is_flag=True, help="List the tables and their columns.")
@click.option(
    "--token",
    "tokens",
    multiple=True,
    metavar="NAME=IDENTITY",
    help="Let $NAME in the statement be the token of this identity; repeat for more.",
)
@click.option("--as-of", metavar="TIME", help=f"Views as true at: {TIME_HELP}. Default: now.")
@click.option(
    "--as-known", metavar="TIME", help="Only what was recorded by then; @INDEX names a record."
)
@click.option(
    "-n",
    "limit",
    type=click.IntRange(min=1),
    default=ROWS,
    show_default=True,
    metavar="NUMBER",
    help="So many rows at most; that there are more is said.",
)
@click.option(
    "--seconds",
    type=Seconds(0.001),
    default=SECONDS,
    show_default=True,
    metavar="NUMBER",
    help="So long at most, else there is no answer.",
)
@click.option(
    "--memory",
    type=click.IntRange(LEAST_MEMORY_MIB, MOST_MEMORY_MIB),
    default=MEMORY_MIB,
    show_default=True,
    metavar="MIB",
    help="So much memory of the engine; what needs more goes to a temporary folder.",
)
@identity_options
@output_options
@click.pass_obj
def sql(session: Session, /, statement: str | None, **typed: Any) -> int:  # noqa: ANN401 - options as typed
    """Ask in SQL, over the records and the answers of every view.

    The statement only reads: one SELECT, WITH, DESCRIBE or EXPLAIN, in the language of DuckDB; a
    minus reads it from standard input. People are tokens in every table, also with --identities:
    then those in the answer are named. The tables are true of one size of the log, which is said.
    """
    form = choose_form(typed["form"])
    if typed["lists"]:
        write_rows(_listed(), TABLE_COLUMNS, form, session.zone)
        return ExitCode.FINE
    require_purpose(typed)
    if statement is None:
        raise click.UsageError("STATEMENT: expected one, or --tables, found neither")
    text = sys.stdin.read() if statement == "-" else statement
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        moment = _moment(session, ledger, typed)
        is_refused = typed["identities"] and not may_see_identities(ledger)
        shows = typed["identities"] and not is_refused
        with _asked(ledger, text, moment, str(session.zone), typed) as answer:
            rows = _named(ledger, text, answer, typed["purpose"]) if shows else answer.rows
            _write(answer, rows, moment, form, session)
    if answer.is_cut:
        note(f"truncated at {typed['limit']:,} rows; -n NUMBER gives more")
    as_of = show_instant(moment.as_of, session.zone)
    note(f"sql: by {moment.size} records, views as of {as_of}")
    concluded = _conclude(answer)
    return ExitCode.NOT_AUTHORISED if is_refused and not concluded else concluded


def _asked(
    ledger: "Ledger", text: str, moment: "Moment", zone: str, typed: dict[str, Any]
) -> "AbstractContextManager[SqlAnswer]":
    from projections.sql.asking import Limits, ask  # noqa: PLC0415 - start time: see cli/app.py

    limits = Limits(rows=typed["limit"], seconds=typed["seconds"], memory_mib=typed["memory"])
    values = _values(ledger, typed["tokens"])
    return ask(ledger, text, moment, limits=limits, values=values, zone=zone)


def _write(
    answer: "SqlAnswer",
    found: "Iterable[tuple[Any, ...]]",
    moment: "Moment",
    form: Form,
    session: Session,
) -> None:
    people = form in {"table", "csv"}
    rows = (sql_row(answer.columns, row, people=people) for row in found)
    if form == "json":
        write_document(_document(answer, list(rows), moment))
        return
    columns = [Column(name, name, _unit(kind)) for name, kind in answer.columns]
    write_rows(rows, columns, form, session.zone)


def _moment(session: Session, ledger: "Ledger", typed: dict[str, Any]) -> "Moment":
    from ledger.units import Size  # noqa: PLC0415 - start time: see cli/app.py
    from projections.sql.view_rows import Moment  # noqa: PLC0415 - likewise

    size = ledger.head().size
    known = known_size_of(session, ledger, typed["as_known"])
    as_of = read_time(time_reader(session, ledger), typed["as_of"], "--as-of")
    return Moment(
        as_of=as_of or ledger.clock(),
        size=size if known is None else Size(min(known, size)),
        zone=session.calendar_zone,
    )


def _values(ledger: "Ledger", typed: tuple[str, ...]) -> dict[str, str | None]:
    """What stands for each `$name`: a token, or nothing for somebody whom the log does not know."""
    from ledger.personal import token_text  # noqa: PLC0415 - the ledger is open by now

    values: dict[str, str | None] = {}
    for each in typed:
        name, mark, identity = each.partition("=")
        if not mark or not name.isidentifier():
            raise click.UsageError(f"--token: expected NAME=IDENTITY, found {each!r}")
        namespace = identity.partition("#" if "#" in identity else ":")[0]
        found = ledger.subjects_matching(identity)
        values[name] = token_text(namespace, found[0]) if found else None
    return values


def _named(ledger: "Ledger", text: str, answer: "SqlAnswer", purpose: str) -> list[tuple[Any, ...]]:
    """The rows with identities for tokens, once it is in the log who is shown them."""
    from projections.sql.naming import subjects_in, with_names  # noqa: PLC0415 - likewise
    from projections.sql.statement import told  # noqa: PLC0415 - likewise

    rows = list(answer.rows)
    identities = ledger.resolve(subjects_in(rows), told(text), reading_of(purpose))
    return with_names(answer.columns, rows, identities)


def _document(
    answer: "SqlAnswer", rows: list[dict[str, Any]], moment: "Moment"
) -> dict[str, object]:
    return {
        "as_of": moment.as_of,
        "known_size": moment.size,
        "columns": [{"name": name, "type": kind} for name, kind in answer.columns],
        "truncated_at": len(rows) if answer.is_cut else None,
        "rows": rows,
    }


def _conclude(answer: "SqlAnswer") -> ExitCode:
    if not answer.damaged:
        return ExitCode.FINE
    raw = f"{counted(len(answer.damaged), 'record')} met without event"
    note(f"zegel: evidence broken at index {answer.damaged[0]} ({raw}); run zegel verify")
    return ExitCode.EVIDENCE_BROKEN


def _unit(kind: str) -> str:
    return "int" if kind.startswith(_NUMBERS) and not kind.endswith("]") else ""


def _listed() -> "Iterator[dict[str, str]]":
    from projections.sql.catalogue import sql_tables  # noqa: PLC0415 - start time: see cli/app.py

    for table in sql_tables().values():
        yield {"table": table.name, "column": "", "type": "", "summary": table.summary}
        for column in table.columns:
            yield {
                "table": table.name,
                "column": column.name,
                "type": column.type,
                "summary": column.summary,
            }
