"""`zegel register processors`: the processing agreements, and who works under them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options, typed_moment
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.pruned_note import say_pruned
from cli.questions import say_time, time_reader
from cli.reader import identity_options
from cli.register_asked import exit_code, provenance, read_asked, read_at
from cli.register_diff import columns_of, difference_rows
from cli.register_file import (
    file_options,
    format_of,
    require_export,
    require_free,
    tell,
    telling_of,
    write_register,
)
from cli.session import Session
from formats.sentences import counted
from formats.typed_times import read_time
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.output import Form
    from formats.register.file import ListFormat, ListName
    from ledger.ledger import Ledger
    from projections.art30.content import Register

EXAMPLES: Final = (
    "zegel register processors --as-of 2026-01-01",
    "zegel register processors --compared-with 2025-01-01",
    "zegel register processors --language en -o sub-processors.html",
)
FORMATS: "Final[tuple[ListFormat, ...]]" = ("csv", "xlsx", "html")
AGREEMENT_COLUMNS: Final = (
    Column("agreement", "agreement", "token"),
    Column("agreement_kind", "kind", "word"),
    Column("status", "state", "word"),
    Column("parties", "parties"),
    Column("in_force_from", "since", "instant"),
    Column("valid_until", "valid until", "instant"),
    Column("breach_notice_within", "breach told within", "duration"),
    Column("items", "art. 28(3)", "word"),
    Column("missing", "missing", "list"),
    Column("indexes", "rests on", "indexes"),
)
SUB_PROCESSOR_COLUMNS: Final = (
    Column("sub_processor", "sub-processor", "word"),
    Column("status", "state", "word"),
    Column("authorisation", "authorisation", "word"),
    Column("processor", "processor", "word"),
    Column("controller", "controller", "word"),
    Column("country", "country", "word"),
    Column("services", "services", "list"),
    Column("approved_at", "approved", "instant"),
    Column("engaged_at", "engaged", "instant"),
    Column("objected_at", "objected to", "instant"),
    Column("removed_at", "removed", "instant"),
    Column("agreement", "agreement", "token"),
    Column("indexes", "rests on", "indexes"),
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="List agreements and sub-processors."
)
@click.option("--organisation", metavar="ID", help="Only where this organisation takes part.")
@click.option(
    "--compared-with",
    metavar="TIME",
    help="What came, went and changed since then, in place of the list.",
)
@click.option(
    "--list",
    "which",
    type=click.Choice(["agreements", "sub-processors"]),
    help="Only one of the two; CSV holds one.",
)
@file_options(*FORMATS, required=False)
@moment_options
@identity_options
@output_options
@click.pass_obj
def processors(
    session: Session,
    /,
    form: str | None,
    target: Path | None,
    **typed: Any,  # noqa: ANN401 - the options above
) -> int:
    """List processing agreements and sub-processors with where each stands.

    An agreement shows what of art. 28(3) it is known to say and what not, how soon a breach is
    told, and until when it is valid. A sub-processor is proposed, approved, objected to, engaged or
    removed; "none seen" says that nobody recorded an authorisation of art. 28(2). With -o the list
    goes into a file.
    """
    if target is not None:
        return _write(session, target, typed)
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        if typed["compared_with"] is not None:
            return _compare(session, ledger, form, typed)
        register = read_asked(session, ledger, typed, "processing agreements")
    _show(register, choose_form(form), typed["which"], session)
    return exit_code(register, typed)


def _show(register: "Register", form: "Form", which: str | None, session: Session) -> None:
    if form == "json":
        write_document(
            {
                "standing": register.standing,
                "agreements": register.agreements,
                "sub_processors": register.sub_processors,
            }
        )
        return
    if which is None and form != "table":
        raise BadRequest(
            f"--list: expected agreements or sub-processors beside --{form}, found none"
        )
    if which != "sub-processors":
        _heading("Processing agreements", form)
        write_rows(agreement_rows(register, form), AGREEMENT_COLUMNS, form, session.zone)
    if which != "agreements":
        _heading("Sub-processors", form)
        rows = sub_processor_rows(register)
        write_rows(rows, SUB_PROCESSOR_COLUMNS, form, session.zone)
    agreements = counted(len(register.agreements), "agreement")
    note(
        f"{agreements}, {counted(len(register.sub_processors), 'sub-processor')} "
        f"{provenance(register.standing, session.zone)}"
    )


def _heading(text: str, form: "Form") -> None:
    if form == "table":
        from cli.rendering import draw_heading  # noqa: PLC0415 - Rich is loaded only to draw

        draw_heading(text)


def agreement_rows(register: "Register", form: "Form") -> "Iterator[dict[str, Any]]":
    """One row for each agreement; on a screen parties and items are told shortly."""
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    from formats.register.telling import party_line  # noqa: PLC0415 - likewise
    from projections.agreements import ARTICLE_28  # noqa: PLC0415 - likewise

    for each in register.agreements:
        row = {**msgspec.structs.asdict(each), "agreement": each.reference or each.agreement}
        if form == "table":
            row["parties"] = "; ".join(party_line(party, register, "en") for party in each.parties)
            is_asked = each.agreement_kind != "joint-controllers"
            row["items"] = f"{len(each.items)} of {len(ARTICLE_28)}" if is_asked else None
            row["indexes"] = list(each.indexes[-1:])
        yield row


def sub_processor_rows(register: "Register") -> "Iterator[dict[str, Any]]":
    """One row for each sub-processor."""
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    for each in register.sub_processors:
        agreement = register.agreement_name(each.agreement)
        yield {**msgspec.structs.asdict(each), "agreement": agreement}


def _compare(session: Session, ledger: "Ledger", form: str | None, typed: dict[str, Any]) -> int:
    from projections.art30.differences import differences  # noqa: PLC0415 - start time: see cli/app.py

    now = typed_moment(session, ledger, typed["as_of"], typed["as_known"])
    before = read_time(time_reader(session, ledger), typed["compared_with"], "--compared-with")
    say_time("compared with", before, session)
    if before is None or before > now.as_of:
        raise BadRequest(
            f"--compared-with: expected a time before the one asked about, "
            f"found {typed['compared_with']!r}"
        )
    question = "differences in processing agreements"
    old, new = (
        _lists_alone(read_at(ledger, typed, moment, question))
        for moment in (now._replace(as_of=before), now)
    )
    found = differences(old, new)
    chosen = choose_form(form)
    rows = difference_rows(found, old, new, chosen)
    write_rows(rows, columns_of(found, chosen), chosen, session.zone)
    note(f"{counted(len(found), 'difference')} {provenance(new.standing, session.zone)}")
    return exit_code(new, typed)


def _lists_alone(register: "Register") -> "Register":
    """The register without its activities and those whom they name."""
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    return msgspec.structs.replace(register, activities=(), organisations=(), officers=())


def _write(session: Session, target: Path, typed: dict[str, Any]) -> int:
    kind = format_of(target, typed["file_format"], FORMATS)
    if kind == "csv" and typed["which"] is None:
        raise BadRequest(
            "--list: expected agreements or sub-processors, as CSV holds one, found none"
        )
    require_free(target, force=typed["force"])
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        require_export(ledger, typed)
        register = read_asked(session, ledger, typed, "export of processing agreements")
        content = _file(register, kind, typed, session)
        facts = write_register(ledger, register, target, content, typed)
    tell(facts, f"the list is written to {target}", session)
    return 0


def _file(
    register: "Register",
    kind: "ListFormat",
    typed: dict[str, Any],
    session: Session,
) -> bytes:
    from formats.register.file import agreements_file  # noqa: PLC0415 - start time: see cli/app.py

    which: ListName = typed["which"] or "agreements"
    return agreements_file(register, kind, telling_of(typed, session), which=which)
