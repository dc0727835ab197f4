"""What the commands share that hand a part of the log to somebody: to whom, preview, record.

Invariant: what opens identities is recorded as read before it is written, and what was written is
recorded as handed out before it gets its name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, get_args

import click

from cli.output import Column, choose_form, note, write_document, write_line, write_rows
from cli.session import Session
from formats.sentences import counted
from ledger.errors import BadRequest

if TYPE_CHECKING:
    from cli.asked import Asked
    from ledger.granting import Granted
    from ledger.handing_out import Signed
    from ledger.ledger import Ledger

PREVIEW_COLUMNS: Final = (
    Column("index", "index", "index"),
    Column("kind", "kind", "word"),
    Column("opens", "opens"),
    Column("closed", "stays closed"),
    Column("erased", "erased"),
)
RECIPIENT_HELP: Final = "Who gets it: person:NAME, or [ROLE:]ORGANISATION as authority:ap."
_OTHERS: Final = "third-party"
_PERSON: Final = re.compile(r"person:\S.*")


def recipient_fields(typed: str | None) -> dict[str, Any]:
    """Who gets it, as fields of `log.export_issued`.

    Raises:
        BadRequest: the role is unknown.
    """
    from ledger.events.parties import Party, PartyRole  # noqa: PLC0415 - start time: see cli/app.py

    if typed is None:
        return {}
    if _PERSON.fullmatch(typed):
        return {"recipient_person": typed}
    role, colon, organisation = typed.partition(":")
    if not colon:
        role, organisation = _OTHERS, typed
    if role not in get_args(PartyRole):
        raise BadRequest(
            "--recipient: expected person:NAME, an organisation, or one with its role "
            f"({', '.join(get_args(PartyRole))}), found {typed!r}"
        )
    known: Any = role
    return {"recipient": Party(role=known, organisation=organisation)}


def require_purpose(typed: Mapping[str, Any], *, opens: bool) -> None:
    """Returns only if it is said why values are opened.

    Raises:
        UsageError: it is not.
    """
    if opens and not typed["purpose"] and not typed.get("dry_run"):
        raise click.UsageError(
            "--field, --kind-field, --identities: expected --purpose TEXT beside it, found none"
        )


def newest_signed(session: Session, ledger: "Ledger") -> "Signed":
    """The newest checkpoint that may be handed out; says what it leaves out.

    Raises:
        BadRequest: there is none.
    """
    signed = signed_now(session, ledger)
    beyond = ledger.head().size - signed.checkpoint.size
    if beyond > 0:
        note(f"zegel: left out, not signed yet: the newest {counted(beyond, 'record')}")
    return signed


def signed_now(session: Session, ledger: "Ledger", covering: int | None = None) -> "Signed":
    """The newest checkpoint that may be handed out; says which anchors do not hold.

    Args:
        session: The command line.
        ledger: The log.
        covering: The first one over at least so many records instead, if there is one.

    Raises:
        BadRequest: there is none.
    """
    from ledger.anchors.settings import read_anchor_settings  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.handing_out import signed_checkpoint  # noqa: PLC0415 - likewise

    home = session.open_home()
    settings = read_anchor_settings(home.all_settings(), home.folder)
    signed = signed_checkpoint(ledger, session.signing_folder().terms(), settings, covering)
    for error in signed.left_out:
        note(f"zegel: an anchor is left out: {error}")
    return signed


def write_preview(
    session: Session, ledger: "Ledger", asked: "Asked", size: int, form: str | None
) -> None:
    """Writes what would open and what stays closed, record by record; no value is in it.

    Args:
        session: The command line.
        ledger: The log.
        asked: Which records and fields.
        size: Of the checkpoint under which the records must be.
        form: How to write it.
    """
    from cli.asked import asked_records, subjects_of  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.granting import plan_grants  # noqa: PLC0415 - likewise

    rows = asked_records(ledger, asked, size)
    plans = plan_grants(ledger, rows, asked.choice, subjects_of(ledger, asked))
    write_plans(plans, form, session)


def write_plans(plans: "Sequence[Granted]", form: str | None, session: Session) -> None:
    """Writes what would open of records and what stays closed, and how much in all."""
    write_rows(preview_rows(plans), PREVIEW_COLUMNS, choose_form(form), session.zone)
    opens = sum(len(plan.opens) for plan in plans)
    closed = sum(len(plan.closed) for plan in plans)
    erased = sum(len(plan.erased) for plan in plans)
    note(
        f"{counted(len(plans), 'record')}: {counted(opens, 'field')} would open, {closed} stay "
        f"closed, {erased} were erased; nothing was written or recorded"
    )


def preview_rows(plans: "Sequence[Granted]") -> Iterator[dict[str, Any]]:
    """One row for each record."""
    for plan in plans:
        yield {
            "index": plan.index,
            "kind": plan.kind.removesuffix(".v1"),
            "opens": list(plan.opens),
            "closed": list(plan.closed),
            "erased": [f"{path} (by event {at})" for path, at in plan.erased.items()],
        }


def erased_fields(grant: "Granted") -> Iterator[str]:
    """What was asked for of one record and is gone for good, in words."""
    for path, event in grant.erased.items():
        yield f"record {grant.index}: {path} erased (by event {event})"


def write_facts(
    headline: str,
    facts: Mapping[str, Any],
    form: str | None,
    session: Session,
    *,
    is_whole: bool = True,
) -> None:
    """Writes what was handed out: for people with a headline, else as one JSON object.

    Args:
        headline: What stands where.
        facts: As they are named in JSON.
        form: One of the forms of output, as typed.
        session: Gives the zone.
        is_whole: Whether nothing is missing; else the headline warns.
    """
    chosen = choose_form(form)
    if chosen == "json":
        write_document(facts)
        return
    if chosen != "table":
        write_line(facts)
        return
    from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

    if is_whole:
        draw_line(headline, style="good", mark="✓")
    else:
        draw_line(headline, style="warning", mark="⚠")
    shown = [
        (name.replace("_", " "), value.hex() if isinstance(value, bytes) else value)
        for name, value in facts.items()
    ]
    draw_facts(shown, session.zone)
