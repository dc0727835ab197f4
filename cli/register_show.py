"""`zegel register show` and `check`: what the register says, and what it does not."""

from typing import TYPE_CHECKING, Any, Final

import click

from cli.case_moment import moment_options
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, note, write_document, write_rows
from cli.pruned_note import say_pruned
from cli.reader import identity_options
from cli.register_asked import exit_code, part_options, provenance, read_asked
from cli.session import Session
from formats.sentences import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.art30.content import Activity, Register
    from projections.art30.findings import Finding

SHOW_EXAMPLES: Final = (
    "zegel register show",
    "zegel register show --role processor --as-of 2026-01-01 --as-known 2026-02-01",
    "zegel register show --identities --purpose 'regulator-request: AP 2026-14'",
)
CHECK_EXAMPLES: Final = (
    "zegel register check",
    "zegel register check --missing --role controller",
    "zegel register check --as-of 2026-01-01 --csv",
)
ACTIVITY_COLUMNS: Final = (
    Column("activity", "activity"),
    Column("version", "version", "version"),
    Column("role", "role", "word"),
    Column("organisation", "organisation", "word"),
    Column("name", "name"),
    Column("contacts", "contact", "list"),
    Column("controllers", "parties", "list"),
    Column("officer", "officer", "token"),
    Column("purposes", "purposes", "list"),
    Column("categories", "people and data", "list"),
    Column("recipients", "recipients", "list"),
    Column("transfers", "transfers", "list"),
    Column("retention", "time limits", "list"),
    Column("measures", "measures", "list"),
    Column("description", "description"),
    Column("effective_from", "in force from", "instant"),
    Column("in_force_until", "until", "instant"),
    Column("created_at", "first entered", "instant"),
    Column("entered_at", "entered", "instant"),
    Column("breaches", "breaches", "list"),
    Column("index", "rests on", "index"),
)
FINDING_COLUMNS: Final = (
    Column("weight", "weight", "word"),
    Column("letter", "article", "word"),
    Column("activity", "activity"),
    Column("what", "what is not filled in"),
    Column("index", "rests on", "index"),
)


@click.command(
    cls=ZegelCommand, examples=SHOW_EXAMPLES, short_help="Show the register, letter by letter."
)
@part_options
@moment_options
@identity_options
@output_options
@click.pass_obj
def show(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """Show the register of art. 30, letter by letter: as controller, then as processor.

    A field in which nothing stands is shown empty. --json gives all of it, with organisations,
    officers and agreements; --csv and --ndjson give one row for each activity.
    """
    with session.open_ledger() as ledger:
        say_pruned(ledger)
        register = read_asked(session, ledger, typed, "register of processing activities")
    chosen = choose_form(form)
    if chosen == "json":
        write_document(register)
    elif chosen == "table":
        _draw(register, session)
        note(_ending(register, session))
    else:
        write_rows(activity_rows(register), ACTIVITY_COLUMNS, chosen, session.zone)
        note(_ending(register, session))
    return exit_code(register, typed)


@click.command(cls=ZegelCommand, examples=CHECK_EXAMPLES, short_help="List what is not filled in.")
@click.option("--missing", is_flag=True, help="Only what is owed whatever the case.")
@part_options
@moment_options
@identity_options
@output_options
@click.pass_obj
def check(session: Session, /, form: str | None, **typed: Any) -> int:  # noqa: ANN401 - the options above
    """List which fields of art. 30 are not filled in, activity by activity.

    Some are owed always (missing), some where they apply, some where possible; a legal basis and
    words beside a purpose are good practice. That nothing is listed does not mean that what stands
    there is right, or that anybody complies.
    """
    from projections.art30.findings import findings  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        register = read_asked(session, ledger, typed, "completeness of the register")
    found = findings(register)
    if typed["missing"]:
        found = [each for each in found if each.weight == "missing"]
    write_rows(finding_rows(found), FINDING_COLUMNS, choose_form(form), session.zone)
    activities = counted(len(register.activities), "activity", "activities")
    note(
        f"{counted(len(found), 'finding')} on {activities} "
        f"{provenance(register.standing, session.zone)}"
    )
    return exit_code(register, typed)


def activity_rows(register: "Register") -> "Iterator[dict[str, Any]]":
    """One row for each activity."""
    import msgspec  # noqa: PLC0415 - start time: see cli/app.py

    for activity in register.activities:
        yield msgspec.structs.asdict(activity)


def finding_rows(found: "list[Finding]") -> "Iterator[dict[str, Any]]":
    """One row for each finding, with its sentence."""
    from formats.register.reasons import finding_words  # noqa: PLC0415 - start time: see cli/app.py

    for each in found:
        yield {
            "weight": each.weight,
            "letter": each.letter,
            "activity": each.activity,
            "what": finding_words(each, "en"),
            "field": each.field,
            "reason": each.reason,
            "about": each.about,
            "index": each.index,
        }


def _ending(register: "Register", session: Session) -> str:
    activities = counted(len(register.activities), "activity", "activities")
    return f"{activities} {provenance(register.standing, session.zone)}"


def _draw(register: "Register", session: Session) -> None:
    from cli.rendering import draw_heading, draw_line  # noqa: PLC0415 - Rich is loaded only to draw
    from formats.register.words import phrase  # noqa: PLC0415 - start time: see cli/app.py
    from projections.art30.content import PARTS  # noqa: PLC0415 - likewise

    for part in PARTS:
        draw_heading(phrase(f"{part}_part", "en"))
        activities = register.of_part(part)
        if not activities:
            draw_line(phrase("none_in_part", "en"), style="quiet")
        for activity in activities:
            _draw_activity(register, activity, session)


def _draw_activity(register: "Register", activity: "Activity", session: Session) -> None:
    from cli.rendering import draw_facts, draw_gap, draw_line  # noqa: PLC0415 - Rich is loaded only to draw
    from formats.register.letters import activity_title, letters  # noqa: PLC0415 - start time

    title = activity_title(activity, "en")
    named = "" if title == activity.activity else f" ({activity.activity})"
    draw_line(f"{title}{named}", style="strong")
    facts: list[tuple[str, object]] = [
        (
            f"({line.letter}) {line.label}" if line.letter else f"    {line.label}",
            "; ".join(line.values),
        )
        for line in letters(register, activity, "en")
    ]
    facts = [(name, value or None) for name, value in facts]
    facts += [
        ("    in force since", activity.effective_from),
        ("    version", f"{activity.version}, record {activity.index}"),
    ]
    draw_facts(facts, session.zone)
    draw_gap()
