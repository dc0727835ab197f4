"""Findings inside statements are shown as a table, as rows and as JSON under keys that stay."""

import csv
import io
import json
from zoneinfo import ZoneInfo

import pytest

from cli.promise_findings import ROW_COLUMNS, write_findings
from projections.promises.finding import StatementFindings
from tests.promise_findings import (
    caught,
    contradiction,
    found_in_statement,
    not_connected,
    replaced,
    taken_back,
    unclear,
)
from tests.promise_stories import subject_of

ZONE = ZoneInfo("Europe/Amsterdam")
MOMENT = subject_of().moment
EVERY = found_in_statement(
    contradiction("open", caught=(caught(40), caught(40)), caught_count=1),
    unclear(14, is_default=True),
    not_connected(),
)


def written(capsys: pytest.CaptureFixture[str], form: str, *statements: StatementFindings) -> str:
    """What is written of statements."""
    known = {"size": 16, "root": bytes(32)}
    write_findings(statements, MOMENT, known, form, language="en", zone=ZONE)
    return capsys.readouterr().out


def test_the_table_counts_and_tells_each_finding(capsys: pytest.CaptureFixture[str]) -> None:
    """A contradiction would be found by reading the whole statement only."""
    heading, _, first, second, third = written(capsys, "table", EVERY).splitlines()
    assert heading == (
        "== abc-privacy · 4 promises: 1 contradiction, 1 unclear sentence, 1 not connected =="
    )
    assert first.startswith("! open     contradiction     ABC-01, ABC-02  3, 4")
    assert first.endswith("[decide: zegel policy interpret ABC-02 narrow|wide --reason WHY]")
    assert second.startswith("~ assumed  unclear sentence  ABC-03")
    assert second.endswith("days is 14 days, as the statement file proposes (record 7).")
    assert third.startswith("! open     not connected     4 promises      3, 4, 5")


def test_a_statement_in_which_nothing_is_wrong_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An empty table would look like a question that was not answered."""
    clean = StatementFindings(
        policy_id=None,
        organisation="abc",
        systems=("gold",),
        policy_index=None,
        promises=1,
        findings=(),
    )
    told = written(capsys, "table", EVERY, clean)
    assert told.endswith(
        "\n\n== gold · 1 promise ==\n✓ No contradiction, no unclear sentence, nothing missing.\n"
    )


def test_the_keys_of_a_finding_stay(capsys: pytest.CaptureFixture[str]) -> None:
    """A script written for one version would read nothing from the next."""
    told = json.loads(written(capsys, "json", EVERY))
    assert list(told) == ["as_of", "known_size", "size", "root", "contradictions", "statements"]
    assert told["contradictions"] == {"found": 1, "open": 1}
    (statement,) = told["statements"]
    first, second, third = statement["findings"]
    assert list(first) == [
        "kind",
        "state",
        "gravity",
        "promises",
        "flaw",
        "read_as",
        "parameters",
        "gap",
        "caught",
        "caught_count",
        "changed",
        "taken_back",
        "taken_back_count",
        "broken_before_count",
        "settle",
        "rests_on",
        "words",
    ]
    assert (first["read_as"][0]["reading"], first["read_as"][1]["reading"]) == ("narrow", None)
    assert first["caught"][0]["broken_under"] == ["narrow"]
    assert second["parameters"][0] == {
        "name": "days",
        "value": 14,
        "unit": "days",
        "set_by_index": 7,
        "is_default": True,
    }
    assert third["gap"] == {"system": "gold", "since": "2026-01-05T09:00:00Z", "until": None}
    assert set(third["words"]) == {"nl", "en"}


def test_what_was_changed_afterwards_is_told_by_its_records(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A script would have to read which records changed a verdict out of sentences."""
    told = json.loads(written(capsys, "json", found_in_statement(replaced(), taken_back(40, 41))))
    first, second = told["statements"][0]["findings"]
    assert first["changed"] == {
        "earlier_index": 3,
        "later_index": 90,
        "since": "2026-01-05T09:00:00Z",
        "recorded_at": "2026-01-15T09:00:00Z",
    }
    assert second["taken_back"] == [
        {"index": 40, "taken_by_index": 92, "was_broken": True},
        {"index": 41, "taken_by_index": 92, "was_broken": False},
    ]
    assert (second["taken_back_count"], second["broken_before_count"]) == (2, 1)


def test_a_pipe_and_a_spreadsheet_get_a_row_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    """A finding would be lost on its way into another program."""
    lines = [json.loads(each) for each in written(capsys, "ndjson", EVERY).splitlines()]
    assert [(each["policy_id"], each["kind"]) for each in lines] == [
        ("abc-privacy", "contradiction"),
        ("abc-privacy", "flaw"),
        ("abc-privacy", "coverage-gap"),
    ]
    rows = list(csv.DictReader(io.StringIO(written(capsys, "csv", EVERY))))
    assert list(rows[0]) == [column.name for column in ROW_COLUMNS]
    assert [each["state"] for each in rows] == ["open", "assumed", "open"]
    assert rows[0]["caught"] == "[40]"
