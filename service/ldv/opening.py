"""The records behind lines of processing: by tokens, or with values against a recorded reading.

Values are opened for a caller who may see identities and names a purpose in `Zegel-Purpose`; an
investigator names a case as well. Everybody else gets what the log holds in clear. Either way one
answer leaves one `log.read` behind, in the stream of readings and in no processing log.

Source: Logboek Dataverwerkingen 1.0.0 §2.2.2 (a log does not log itself in an LDV); VNG
Verwerkingenlogging (whoever gives access logs that).
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Header

from ledger.events.processing import ProcessingPerformed
from ledger.ledger import Ledger
from ledger.reading import Opening, ShowsField, every_field
from ledger.units import Size
from projections.processing import PROCESSING
from projections.reader import Reader
from projections.snapshot import reader_at
from service.access.caller import Caller
from service.access.consulting import consulted, revealing
from service.context import Context
from service.threads import reading, writing

Purpose = Annotated[
    str | None,
    Header(alias="Zegel-Purpose", description="What identities are looked at for: `audit`."),
]
"""How a route asks for it."""

SHOWN_FIELDS: Final = frozenset(
    {
        "name",
        "subject",
        "subject_id_type",
        "foreign_processor",
        "resource",
        "attributes",
        "subjects",
        "actor",
    }
)
"""Personal fields of a line that an answer may show."""
CITIZEN_FIELDS: Final = SHOWN_FIELDS - {"actor", "resource", "subjects"}
"""Those that a person may see of what concerns them: not who operated, nor with which system."""


@dataclass(frozen=True, slots=True)
class OpenedLines:
    """The events of some lines, by index; a pruned record has none."""

    events: dict[int, ProcessingPerformed] = field(default_factory=dict)
    with_values: bool = False


def lines_reader(ledger: Ledger, size: Size | None = None) -> AbstractContextManager[Reader]:
    """A reader of the view of processing, with the terms that hold now.

    Args:
        ledger: The log.
        size: Only records below this index count; `None`: all.
    """
    known = ledger.head().size if size is None else size
    return reader_at(ledger, PROCESSING, ledger.clock(), known)


async def told_reading(
    context: Context,
    caller: Caller,
    *,
    question: str,
    indexes: Collection[int],
    purpose: str | None,
    fields: frozenset[str] | None = None,
) -> Opening | None:
    """The right to open the records of an answer, or `None`; either way the answer is recorded.

    Args:
        context: What is served.
        caller: Who is answered.
        question: What was asked, without identities in it.
        indexes: The records that the answer tells of.
        purpose: What identities are looked at for.
        fields: The personal fields that are shown; `None`: all.

    Raises:
        BadRequest: the purpose is not of the list, or a case is missing.
        NotAuthorised: the reader has not the role; recorded.
    """
    if purpose is None or not caller.may("resolve"):
        await consulted(context, caller, question=question, records=len(indexes), purpose=purpose)
        return None
    told = revealing(caller, purpose)
    shows = every_field if fields is None else _only(fields)

    def record() -> Opening:
        rows = context.ledger.log.records_at(sorted(indexes))
        return context.ledger.record_reading(told, question, rows, fields=shows)

    return await writing(context, record)


async def opened_lines(
    context: Context,
    caller: Caller,
    *,
    question: str,
    indexes: Collection[int],
    purpose: str | None,
    fields: frozenset[str] = SHOWN_FIELDS,
) -> OpenedLines:
    """The lines of an answer, the answer recorded first; as `told_reading`."""
    wanted = sorted(set(indexes))
    opening = await told_reading(
        context, caller, question=question, indexes=wanted, purpose=purpose, fields=fields
    )
    return await reading(context, _open, context.ledger, wanted, opening)


def _only(fields: frozenset[str]) -> ShowsField:
    return lambda _kind, path: path.partition("/")[0] in fields


def _open(ledger: Ledger, indexes: Sequence[int], opening: Opening | None) -> OpenedLines:
    rows = ledger.log.records_at(indexes)
    events = {
        int(each.stored.index): each.event
        for each in ledger.open_records(rows, identities=opening)
        if isinstance(each.event, ProcessingPerformed)
    }
    return OpenedLines(events, opening is not None)
