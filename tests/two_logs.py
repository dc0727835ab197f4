"""Two logs of one home in one database, filled with the same facts about the same people.

Whatever is not held apart by its log meets its double there: same identities, same cases by the
names of their sources, same event ids, same indexes.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import inspect, text

from cli.demo.story import Story
from ledger.api_keys import api_keys
from ledger.epoch_rotation import epochs_of
from ledger.events import Event, event_from_mapping
from ledger.holds import holds_at
from ledger.home import Home
from ledger.ledger import Ledger
from ledger.many_logs.home_logs import named_log
from ledger.query import EventQuery
from ledger.retention.reading import rules_at
from ledger.role_grants import role_grants
from ledger.store.checkpoints import CheckpointTable
from projections import VIEWS, catch_up, state
from tests.command_line import zegel_here

ORIGIN: Final = "two.example/log"
OTHER: Final = "other"
NAMES: Final = ("main", OTHER)
PERSON: Final = "person:twin@example.nl"
CUSTOMER: Final = "data-subject:CUSTOMER:4711"
HELD: Final = "data-subject:CUSTOMER:4799"
ADDRESS: Final = "ip:198.51.100.7"
CASE: Final = "TICKET-1"
MOMENT: Final = datetime(2026, 6, 1, tzinfo=UTC)
FILLERS: Final = 300
PRUNED: Final = 256
_SHARED_IDS: Final = "01936e2a-7c00-7000-8000-{:012d}"


def facts(word: str) -> Iterator[Event]:
    """Facts with event ids of their own, the same ids in every log, but each with its own word.

    Args:
        word: Stands in each of them, so that the same id means another fact in another log.
    """
    for number in range(FILLERS):
        yield event_from_mapping(
            {
                "kind": "access.used.v1",
                "event_id": _SHARED_IDS.format(number),
                "occurred_at": f"2026-03-01T10:{number // 60:02}:{number % 60:02}Z",
                "system": "crm",
                "resource": "customer-file",
                "actor": PERSON,
                "origin": ADDRESS,
                "subjects": [CUSTOMER],
                "ticket": CASE,
                "note": word,
            }
        )


def make_home(folder: Path, database: str) -> Home:
    """A home with two empty logs in one database, each with a signing key.

    Roles are taken when they are needed first, so that no record of them stands below what is
    pruned.
    """
    for words in (
        ("init", "--no-roles", "--origin", ORIGIN),
        ("logs", "create", OTHER, "--no-roles"),
    ):
        done = zegel_here("--home", folder, "--database", database, *words)
        assert done.returncode == 0, done.stderr
    return Home(folder)


def command(home: Home, name: str, *words: str | Path) -> str:
    """What a command about one of the logs answered; it must succeed."""
    done = zegel_here("--home", home.folder, "--log", name, *words)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


@contextmanager
def opened(home: Home, name: str) -> Iterator[Ledger]:
    """One of the logs."""
    with closing(named_log(home, name).open_ledger()) as ledger:
        yield ledger


def fill(home: Home, name: str) -> None:
    """The facts and the whole story of the demo, every view folded, and signed."""
    with opened(home, name) as ledger:
        ledger.record_many(list(facts(f"word of {name}")))
        place = named_log(home, name)
        story = Story(ledger, place.folder, place.key_file, place.folder / "none", UTC)
        for chapter in (*story._chapters(), *story._late_chapters()):
            ledger.record_many(list(chapter.events()))
        catch_up(ledger)
    command(home, name, "hold", "place", "CASE-1", "--subject", HELD, "--basis", "litigation")
    command(home, name, "retention", "set", "crm", "--kind", "access.used", "--period", "P9Y")
    command(home, name, "api-key", "create", "dashboard", "--role", "reader")
    command(home, name, "seal")


def answers(home: Home, name: str) -> dict[str, Any]:
    """What one log says to every question that is asked here, at a fixed moment."""
    with opened(home, name) as ledger:
        found: dict[str, Any] = {
            f"{view.name} {section}": state(ledger, view.name, only=section, as_of=MOMENT).rows
            for view in VIEWS.values()
            for section in view.sections
        }
        for each in (PERSON, CUSTOMER, ADDRESS):
            found[f"token of {each}"] = ledger.subjects_matching(each)
            found[f"records of {each}"] = _records(ledger, EventQuery(subject=each))
        return found | {
            "records": _records(ledger, EventQuery()),
            "newest": _records(ledger, EventQuery(reverse=True, limit=5)),
            "of a kind": _records(ledger, EventQuery(kinds=("breach.suspected",))),
            "of a system": _records(ledger, EventQuery(system="crm", actor=PERSON)),
            "of an id": ledger.log.index_of_event(UUID(_SHARED_IDS.format(0))),
            "case": ledger.case_stream("ticket", CASE),
            "roles": role_grants(ledger),
            "api keys": [(key.key_id, key.name, key.roles) for key in api_keys(ledger)],
            "holds": holds_at(ledger, MOMENT),
            "rules": rules_at(ledger, MOMENT),
            "epochs": epochs_of(ledger),
            "head": ledger.head(),
            "beginning": ledger.log.beginning(),
            "checkpoints": CheckpointTable(ledger.log.engine, ledger.log.log_id).newest_first(9),
            "verified": ledger.verify(),
        }


def changes(folder: Path) -> list[tuple[str | Path, ...]]:
    """Every kind of change that a command makes, about what both logs have alike."""
    return [
        ("role", "grant", "person:auditor@example.nl", "resolve"),
        ("api-key", "create", "collector", "--role", "recorder"),
        ("rebuild",),
        ("key", "rotate-epoch"),
        ("key", "rotate"),
        ("record", "access.used", "--resource", "crm", "--actor", PERSON, "--ticket", CASE),
        ("erase", CUSTOMER, "--yes"),
        ("hold", "release", "CASE-1", "--reason", "settled"),
        ("seal",),
        ("retention", "run", "--yes"),
        (
            "prune",
            "--before",
            f"@{PRUNED}",
            "--to",
            folder / "pruned",
            "--with-disclosures",
            "--yes",
        ),
        ("rebuild", "--from", folder / "pruned"),
        ("verify",),
        ("sql", "select count(*) as records from events"),
        ("archive", "--to", folder / "archive", "--all"),
        ("log", "--identities", "--purpose", "audit", "--subject", PERSON),
    ]


def rows(home: Home, name: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the database that carries the number of one log, by table."""
    with opened(home, name) as ledger, ledger.log.engine.connect() as connection:
        found = inspect(connection)
        carrying = [
            table
            for table in found.get_table_names()
            if "log" in {column["name"] for column in found.get_columns(table)}
        ]
        numbered = {"log": ledger.log.log_id}
        return {
            table: sorted(
                map(
                    tuple,
                    connection.execute(text(f"SELECT * FROM {table} WHERE log = :log"), numbered),
                ),
                key=repr,
            )
            for table in carrying
        }


def _records(ledger: Ledger, query: EventQuery) -> list[tuple[Any, ...]]:
    return [(one.stored, one.event, one.personal, one.erased) for one in ledger.read(query)]
