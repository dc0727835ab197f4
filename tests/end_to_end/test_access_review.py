"""`zegel access review` and `zegel retention data` as a reviewer and a script use them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Answer, zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow


def _zegel(home: Path, *arguments: str) -> Answer:
    return zegel_here("--home", home, *arguments)


def _done(home: Path, *arguments: str) -> Answer:
    answer = _zegel(home, *arguments)
    assert answer.returncode == 0, answer.stderr
    return answer


def _rows(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.stdout.splitlines()]


def _grant(home: Path, grant: str, who: str, resource: str, *more: str) -> None:
    named = ("--grant-id", grant, "--grantee", f"person:{who}", "--resource", resource)
    _done(home, "record", "access.granted", *named, "--occurred-at", "-90d", *more)


@pytest.fixture
def granted(tmp_path: Path) -> Path:
    """A home with three grants, of which one is used, and somebody who left."""
    home = tmp_path / "home"
    assert zegel_here("--home", home, "init", "--origin", "log.example/test").returncode == 0
    _grant(home, "G-1", "anna", "crm")
    _grant(home, "G-2", "bram", "crm/mail")
    _grant(home, "G-3", "carl", "erp")
    used = ("--grant-id", "G-1", "--actor", "person:anna", "--resource", "crm")
    _done(home, "record", "access.used", *used, "--occurred-at", "-9d")
    left = ("--person", "person:bram", "--status", "left", "--occurred-at", "-5d")
    _done(home, "record", "identity.status_changed", *left)
    return home


def test_every_command_of_the_page_gives_what_it_shows(tmp_path: Path) -> None:
    """A reviewer would be surprised by the page that should help."""
    home, folder = tmp_path / "home", tmp_path / "work"
    folder.mkdir()
    assert zegel_here("--home", home, "init", "--origin", "log.example/access").returncode == 0
    page = PROJECT / "docs" / "how-to" / "review-access.md"
    assert follow(page, folder, ZEGEL_HOME=str(home)) > 20


def test_a_report_has_every_section_at_one_moment(granted: Path) -> None:
    """A reviewer would miss a section, or compare two states of the log."""
    document = json.loads(_done(granted, "access", "review", "--json").stdout)
    counts = {name: len(rows) for name, rows in document["sections"].items()}
    assert counts == {
        "held": 3,
        "unused": 2,
        "ungranted": 0,
        "after-leaving": 0,
        "outlived": 1,
        "processors": 0,
        "processor-uses": 0,
        "reviews": 0,
        "follow-up": 0,
    }
    before = json.loads(_done(granted, "access", "review", "--as-of", "-6d", "--json").stdout)
    assert before["sections"]["outlived"] == []
    some = _done(granted, "access", "review", "--resource", "crm", "--only", "held", "--ndjson")
    assert {row["resource"] for row in _rows(some)} == {"crm", "crm/mail"}


def test_a_table_alone_needs_its_section(granted: Path) -> None:
    """A spreadsheet would get several tables below each other."""
    refused = _zegel(granted, "access", "review", "--csv")
    assert refused.returncode == 2
    assert "expected --only SECTION" in refused.stderr
    answer = _done(granted, "access", "review", "--csv", "--only", "unused")
    assert len(answer.stdout.splitlines()) == 3
    unknown = _zegel(granted, "access", "review", "--only", "everything")
    assert (unknown.returncode, "expected one of held" in unknown.stderr) == (2, True)


def test_a_review_is_signed_off_only_when_all_is_decided(granted: Path) -> None:
    """A sign-off would stand for grants that nobody looked at."""
    _done(granted, "access", "review", "start", "crm", "--review", "R-1")
    assert _zegel(granted, "access", "review", "start", "--review", "R-1").returncode == 2
    _done(granted, "access", "review", "decide", "R-1", "G-1", "keep")
    refused = _zegel(granted, "access", "review", "complete", "R-1")
    assert refused.returncode == 2
    assert "found 1 grant undecided; --leave-open" in refused.stderr
    (row,) = _rows(_done(granted, "access", "review", "list", "--ndjson"))
    assert (row["state"], row["undecided"]) == ("open", 1)
    done = _done(granted, "access", "review", "complete", "R-1", "--leave-open")
    assert "signed off with 1 grant undecided" in done.stderr
    again = _zegel(granted, "access", "review", "complete", "R-1", "--leave-open")
    assert (again.returncode, "found it signed off" in again.stderr) == (2, True)


def test_what_was_decided_and_not_done_stays_told(granted: Path) -> None:
    """A decision to take access away would be forgotten with the sign-off."""
    _done(granted, "access", "review", "start", "crm/mail", "--review", "R-1")
    decided = _done(granted, "access", "review", "decide", "R-1", "G-2", "revoke")
    assert "0 grants undecided" in decided.stderr
    assert (
        "1 decision not carried out" in _done(granted, "access", "review", "complete", "R-1").stderr
    )
    (row,) = _rows(_done(granted, "access", "review", "--only", "follow-up", "--ndjson"))
    assert (row["decision"], row["resource"]) == ("revoke", "crm/mail")
    _done(granted, "record", "access.revoked", "--grant-id", "G-2")
    assert _rows(_done(granted, "access", "review", "--only", "follow-up", "--ndjson")) == []


def test_whose_grants_they_are_is_shown_against_a_recorded_look(granted: Path) -> None:
    """A reviewer could not tell whose access they decide about, or nobody that they looked."""
    _done(granted, "access", "review", "start", "--review", "R-1")
    show = ("access", "review", "show", "R-1", "--ndjson")
    hidden = _rows(_done(granted, *show))
    assert all(row["grantee"].startswith("person#") for row in hidden)
    told = _done(granted, *show, "--identities", "--purpose", "access-review: the quarter")
    assert {(row["grant"], row["grantee"]) for row in _rows(told)} == {
        ("G-1", "person:anna"),
        ("G-2", "person:bram"),
        ("G-3", "person:carl"),
    }
    reads = _rows(_done(granted, "log", "--kind", "log.read", "--ndjson"))
    assert len(reads) == 1
    assert _zegel(granted, *show, "--identities").returncode == 2


def test_a_grant_is_named_by_id_stream_or_record(granted: Path) -> None:
    """Who sees only what stands for an id could not decide, or would make another grant of it."""
    _done(granted, "access", "review", "start", "--review", "R-1")
    rows = _rows(_done(granted, "access", "review", "show", "R-1", "--ndjson"))
    (third,) = [row for row in rows if row["resource"] == "erp"]
    (second,) = [row for row in rows if row["resource"] == "crm/mail"]
    index = f"@{second['indexes'][0]}"
    _done(granted, "access", "review", "decide", "R-1", "G-1", third["grant"], index, "keep")
    rows = _rows(_done(granted, "access", "review", "show", "R-1", "--ndjson"))
    assert [row["decision"] for row in rows] == ["keep"] * 3
    for wrong in ("G-9", "@0", "01900000-0000-7000-8000-000000000001"):
        refused = _zegel(granted, "access", "review", "decide", "R-1", wrong, "keep")
        assert (refused.returncode, "expected one that the log knows" in refused.stderr) == (
            2,
            True,
        )


def test_a_decision_besides_the_review_is_warned_about(granted: Path) -> None:
    """A slip of the hand would go unnoticed, or a fact be refused."""
    _done(granted, "access", "review", "start", "crm", "--review", "R-1")
    done = _done(granted, "access", "review", "decide", "R-1", "G-3", "keep")
    assert "the review does not ask about it" in done.stderr
    stream = _rows(_done(granted, "access", "review", "list", "--ndjson"))[0]["review"]
    for command in (["decide", "R-9", "G-1", "keep"], ["complete", "R-9"], ["show", "R-9"]):
        refused = _zegel(granted, "access", "review", *command)
        assert (refused.returncode, f"({stream}), found 'R-9'" in refused.stderr) == (2, True)


def test_data_that_are_overdue_end_with_their_own_code(granted: Path) -> None:
    """A timer that watches over terms would never notice that one has passed."""
    rule = ("--rule-id", "r", "--category", "any", "--period", "P10D", "--occurred-at", "-99d")
    _done(granted, "record", "retention.rule_set", *rule)
    assert _zegel(granted, "retention", "data").returncode == 0
    data = ("--dataset", "crm", "--customer-id", "data-subject:customer:7")
    _done(granted, "record", "data.stored", *data, "--occurred-at", "-30d")
    overdue = _zegel(granted, "retention", "data", "--json")
    assert overdue.returncode == 6
    (row,) = json.loads(overdue.stdout)["rows"]
    assert (row["state"], row["rule"], row["dataset"]) == ("overdue", "r", "crm")
    assert _zegel(granted, "retention", "data", "--as-of", "-25d").returncode == 0
    assert _zegel(granted, "retention", "data", "--dataset", "erp").returncode == 0
    hold = ("--subject", "data-subject:customer:7", "--basis", "litigation")
    _done(granted, "hold", "place", "H-1", *hold)
    (held,) = _rows(_done(granted, "retention", "data", "--only", "held", "--ndjson"))
    assert (held["state"], held["is_overdue"]) == ("held", True)


def test_a_filter_of_another_part_is_refused(granted: Path) -> None:
    """An answer would look narrowed and hold everything."""
    for words in (
        ["--only", "due", "--min-seconds", "5"],
        ["--only", "files", "--rule", "r"],
        ["--only", "deleted", "--category", "contact"],
    ):
        refused = _zegel(granted, "retention", "data", *words)
        assert (refused.returncode, "expected nothing of it" in refused.stderr) == (2, True)
    wrong = _zegel(granted, "retention", "data", "--only", "files", "--min-seconds", "many")
    assert (wrong.returncode, "expected a whole number" in wrong.stderr) == (2, True)
