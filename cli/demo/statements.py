"""The five privacy statements of the story: their promises as rules, from the shipped files.

The texts themselves are not part of this program. A version is known by the SHA-256 of its file, so
whoever holds the text can check that this is the one; three of the five carry no date of their own.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from cli.demo.fact import Chapter, Fact, at, fact
from formats.shipped_statements import statement_folder
from formats.statement_file import StatementFile, publication_events, read_statement_file
from ledger.events import Event
from ledger.events.promise import PromiseDeclared

DeriveId = Callable[[datetime | None, bytes], UUID]

FILES: Final = ("ingressus-xref", "xential", "infactor-web", "ragiox-gold", "infobuilder-sftp")
"""In the order in which they are published, five minutes apart."""

_FIRST: Final = "2025-01-06 09:00"
_APART: Final = timedelta(minutes=5)

_ORGANISATIONS: Final = (
    ("ingressus", ["processor"], "ingressus-xref"),
    ("interaction-next", ["processor"], "xential"),
    ("infactor", ["controller"], "infactor-web"),
    ("ragiox", ["controller"], "ragiox-gold"),
    ("infobuilder", ["processor"], "infobuilder-sftp"),
)


def opening_chapter(derive_id: DeriveId) -> Chapter:
    """Who takes part, which systems report, and what the five promised in public.

    Args:
        derive_id: Gives the id of what a statement file says.
    """
    published = tuple(_published(derive_id))
    promises = sum(isinstance(event, PromiseDeclared) for event in published)
    return Chapter(
        title="Five systems and what they promised",
        opening=f"Each statement is a policy by the hash of its text, with {promises} promises in "
        "all as rules that a machine checks.",
        facts=tuple(_known()),
        published=published,
        shown=("policy.published",),
    )


@cache
def statement_files() -> tuple[StatementFile, ...]:
    """The five statement files that come with the program, in the order of their publication."""
    folder = statement_folder()
    names = [f"{name}.yaml" for name in FILES]
    return tuple(read_statement_file(folder.joinpath(name).read_bytes(), name) for name in names)


def _published(derive_id: DeriveId) -> list[Event]:
    found: list[Event] = []
    for place, file in enumerate(statement_files()):
        moment = at(_FIRST) + place * _APART
        found += publication_events(file, None, occurred_at=moment, derive_id=derive_id)
    return found


def _known() -> list[Fact]:
    return [
        each
        for name, roles, system in _ORGANISATIONS
        for each in (
            fact(
                "organisation.registered",
                "2025-01-06 08:30",
                organisation=name,
                roles=roles,
                country="NL",
            ),
            fact("system.registered", "2025-01-06 08:40", system_id=system, organisation=name),
        )
    ]
