"""Two logs in one database never mix: no question sees, and no change reaches, the other one."""

import json
from pathlib import Path

import pytest

from ledger.home import Home
from tests.two_logs import (
    CUSTOMER,
    FILLERS,
    OTHER,
    PERSON,
    PRUNED,
    answers,
    changes,
    command,
    fill,
    make_home,
    opened,
    rows,
)


@pytest.fixture
def home(tmp_path: Path, database_url: str) -> Home:
    """A home whose two logs share a database; nothing is in them."""
    return make_home(tmp_path / "home", database_url)


def test_no_answer_of_a_log_changes_when_another_one_is_filled(home: Home) -> None:
    """A question would be answered with facts, people or cases of another organisation."""
    fill(home, "main")
    before, stored = answers(home, "main"), rows(home, "main")
    fill(home, OTHER)
    assert answers(home, "main") == before
    assert rows(home, "main") == stored
    theirs = answers(home, OTHER)
    for question in (f"token of {PERSON}", f"token of {CUSTOMER}"):
        assert len(theirs[question]) == len(before[question]) == 1
        assert theirs[question] != before[question], "a person has another token in another log"
    assert theirs["case"] != before["case"]
    # The same event ids with other words were no conflicts, and no duplicates.
    assert theirs["of an id"] == before["of an id"] is not None
    assert len(theirs["records"]) == len(before["records"])
    assert len(theirs[f"records of {PERSON}"]) == FILLERS


def test_no_change_of_a_log_reaches_another_one(home: Home, tmp_path: Path) -> None:
    """Erasing, pruning or rebuilding one log would take values of another organisation along."""
    for name in ("main", OTHER):
        fill(home, name)
    before, stored = answers(home, OTHER), rows(home, OTHER)
    untouched = rows(home, "main")
    for words in changes(tmp_path):
        command(home, "main", *words)
        assert rows(home, OTHER) == stored, words
    assert answers(home, OTHER) == before
    assert rows(home, "main") != untouched
    with opened(home, "main") as ledger:
        assert ledger.log.beginning().frontier.size == PRUNED
        assert ledger.subjects_matching(CUSTOMER) == []
    for name, erased in (("main", True), (OTHER, False)):
        report = json.loads(command(home, name, "verify", "--json"))
        assert report["outcome"] == "valid"
        assert ("ERASED" in report["counts"]) == erased
    with opened(home, OTHER) as ledger:
        assert ledger.log.beginning().frontier.size == 0


def test_sql_tells_of_one_log(home: Home) -> None:
    """A question in free words would count, or name, what belongs to somebody else."""
    fill(home, OTHER)
    asked = "select count(*) as records from events"
    (row,) = map(json.loads, command(home, "main", "sql", asked, "--ndjson").splitlines())
    with opened(home, "main") as ledger:
        assert ledger.head().size <= 1  # the question itself, where it is recorded
    assert row["records"] <= 1
    views = "select count(*) as records from access_ungranted"
    (row,) = map(json.loads, command(home, "main", "sql", views, "--ndjson").splitlines())
    assert row["records"] == 0
    (row,) = map(json.loads, command(home, OTHER, "sql", views, "--ndjson").splitlines())
    assert row["records"] == FILLERS + 2
