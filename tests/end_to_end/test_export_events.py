"""`zegel export --as`: exactly what the history shows, whole or said to be cut, and recorded."""

import csv
import io
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import create_engine, update

from cli.exit_codes import ExitCode
from cli.reader import account
from formats.export import xlsx
from ledger.store.schema import RECORD
from tests.command_line import Answer, zegel, zegel_here

Options = tuple[str | Path, ...]
WHY = ("--identities", "--purpose", "audit: yearly")


def _fine(answer: Answer) -> Answer:
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


def _filled(home: Options, facts: int = 4) -> Options:
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    lines = [
        {
            "kind": "access.granted",
            "occurred_at": f"2026-03-0{number + 1}T09:00:00+01:00",
            "grant_id": f"G-{number}",
            "grantee": f"person:user{number}@example.nl",
            "resource": "customer-file",
            "justification": "=cmd|' /C calc'!A0",
            "system": "portal",
        }
        for number in range(facts)
    ]
    text = "\n".join(map(json.dumps, lines))
    _fine(zegel_here(*home, "import", "-", "--from", "ndjson", "--system", "portal", stdin=text))
    return home


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Options:
    """The options that name a home with a few facts, for tests that only add exports to it."""
    return _filled(("--home", tmp_path_factory.mktemp("filled") / "home"))


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def _shown(home: Options, *filters: str) -> list[str]:
    return _fine(zegel_here(*home, "log", "--ndjson", *filters)).stdout.splitlines()


def _size(home: Options) -> int:
    (last,) = _shown(home, "--reverse", "-n", "1")
    return int(json.loads(last)["index"]) + 1


def _recorded(home: Options) -> dict[str, Any]:
    """The newest record, which must be that of an export."""
    (last,) = _shown(home, "--reverse", "-n", "1")
    found: dict[str, Any] = json.loads(last)
    assert found["kind"] == "log.export_issued.v1"
    return found


def test_it_holds_what_the_history_shows(database_url: str, tmp_path: Path) -> None:
    """An export would hold other records, in another order, than the history they are from."""
    home = _filled(("--home", tmp_path / "home", "--database", database_url))
    before = _size(home)
    filters = ("--system", "portal", "--since", "2026-03-02", "--kind", "access")
    shown = _shown(home, *filters)
    file = tmp_path / "out.ndjson"
    given = ("--to", file, "--recipient", "authority:ap")
    answer = _fine(zegel_here(*home, "export", "--as", "ndjson", *filters, *given))
    *lines, closing = file.read_text().splitlines()
    assert lines == shown
    assert len(lines) == 3
    about = json.loads(closing)["export"]
    facts = json.loads(answer.stdout)
    assert (about["ending"], about["size"]) == ("complete: 3 records", before)
    assert (facts["ending"], facts["root"]) == (about["ending"], about["root"])
    assert "complete: 3 records" in answer.stderr
    recorded = _recorded(home)
    assert recorded["event"]["manifest_sha256"] == sha256(file.read_bytes()).hexdigest()
    assert (recorded["event"]["export_format"], recorded["event"]["records"]) == ("ndjson", 3)
    assert (recorded["event"]["tree_size"], recorded["event"]["root_sha256"]) == (
        before,
        about["root"],
    )
    assert recorded["event"]["recipient"] == {"role": "authority", "organisation": "ap"}
    assert recorded["personal"]["question"] == "withheld"
    why = ("--identities", "--purpose", "audit")
    (shown_again,) = _shown(home, "--kind", "log.export_issued", *why)
    assert json.loads(shown_again)["event"]["question"] == about["question"]
    _fine(zegel_here(*home, "verify"))


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("ndjson", "out.ndjson"),
        ("ndjson", "out.ndjson.gz"),
        ("csv", "out.csv"),
        ("xlsx", "out.xlsx"),
        ("parquet", "out.parquet"),
        ("parquet", "lake.zip"),
    ],
)
def test_the_same_question_at_the_same_size_gives_the_same_bytes(
    filled: Options, tmp_path: Path, language: str, name: str
) -> None:
    """Two exports could not be compared, and none could be made again."""
    size = _size(filled)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = _fine(zegel_here(*filled, "export", "--as", language, "--to", tmp_path / "one" / name))
    assert json.loads(first.stdout)["size"] == size
    as_known = ("--as-known", f"@{size - 1}")
    again = tmp_path / "two" / name
    _fine(zegel_here(*filled, "export", "--as", language, *as_known, "--to", again))
    assert again.read_bytes() == (tmp_path / "one" / name).read_bytes()


def test_its_own_record_is_not_in_it(filled: Options) -> None:
    """An export would never be the same again, and tell of itself before it was there."""
    size = _size(filled)
    lines = _lines(_fine(zegel_here(*filled, "export", "--as", "ndjson")).stdout)
    assert [each["index"] for each in lines[:-1]] == list(range(size))
    _recorded(filled)


def test_what_is_cut_off_is_said_in_file_and_exit_code(filled: Options) -> None:
    """Somebody would take a part for the whole."""
    one_kind = ("export", "--as", "ndjson", "--system", "portal")
    cut = zegel_here(*filled, *one_kind, "-n", "3")
    assert cut.returncode == ExitCode.UNAVAILABLE
    *lines, closing = _lines(cut.stdout)
    assert len(lines) == 3
    assert closing["export"]["ending"] == "truncated at 3 records"
    assert "truncated at 3 records" in cut.stderr
    whole = _fine(zegel_here(*filled, *one_kind, "-n", "4"))
    assert _lines(whole.stdout)[-1]["export"]["ending"] == "complete: 4 records"


@pytest.mark.parametrize(("limit", "mark"), [("3", "⚠"), ("4", "✓")])
def test_people_are_warned_of_a_part(
    filled: Options, tmp_path: Path, limit: str, mark: str
) -> None:
    """A green tick would stand before an export that lacks records."""
    asked = ("export", "--as", "csv", "--system", "portal", "-n", limit, "--to", tmp_path / "a.csv")
    answer = zegel_here(*filled, *asked, ZEGEL_OUTPUT="table")
    (headline,) = [line for line in answer.stdout.splitlines() if "export written" in line]
    assert headline.startswith(mark)
    assert f"{limit} records" in headline


def test_what_a_format_has_no_room_for_is_said(
    filled: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook that is full would pass for the whole history."""
    monkeypatch.setattr(xlsx, "EXPORT", replace(xlsx.EXPORT, most_records=3))
    file = tmp_path / "out.xlsx"
    answer = zegel_here(*filled, "export", "--as", "xlsx", "--system", "portal", "--to", file)
    assert answer.returncode == ExitCode.UNAVAILABLE
    about = openpyxl.load_workbook(file)["about"]
    assert ("ending", "truncated at 3 records") in about.iter_rows(values_only=True)
    assert _recorded(filled)["event"]["records"] == 3


def test_only_what_came_since_is_chosen_by_index(filled: Options) -> None:
    """A lake would get the same records twice, or miss what was reported late."""
    (first, *_rest) = _lines("\n".join(_shown(filled, "--system", "portal")))
    since = ("--system", "portal", "--after", str(first["index"]))
    lines = _lines(_fine(zegel_here(*filled, "export", "--as", "ndjson", *since)).stdout)
    assert len(lines) == 4
    assert lines[0]["index"] == first["index"] + 1
    assert zegel_here(*filled, "log", "--after", "yesterday").returncode == ExitCode.USAGE


def test_a_pipe_gets_the_same_bytes_as_a_file(filled: Options, tmp_path: Path) -> None:
    """What a program reads from a pipe would not be what was recorded."""
    as_known = ("--as-known", f"@{_size(filled) - 1}")
    piped = zegel(*filled, "export", "--as", "csv", *as_known, "--to", "-")
    digest = _recorded(filled)["event"]["manifest_sha256"]
    _fine(zegel_here(*filled, "export", "--as", "csv", *as_known, "--to", tmp_path / "out.csv"))
    raw = (tmp_path / "out.csv").read_bytes()
    assert piped.stdout.encode() == raw
    assert sha256(raw).hexdigest() == digest


def test_people_are_tokens_unless_a_reader_may_name_them(tmp_path: Path) -> None:
    """Who is in the log would be in the hands of somebody who may not know it."""
    home = _filled(("--home", tmp_path / "home"))
    command = ("export", "--as", "csv", "--system", "portal")
    tokens = _fine(zegel_here(*home, *command)).stdout
    assert "person#" in tokens
    assert "user1@" not in tokens
    named = _fine(zegel_here(*home, *command, *WHY)).stdout
    assert "person:user1@example.nl" in named
    issued, read = _lines("\n".join(_shown(home, "--reverse", "-n", "2")))
    assert (issued["kind"], read["kind"]) == ("log.export_issued.v1", "log.read.v1")
    assert read["event"]["records"] == 4
    _fine(zegel_here(*home, "role", "revoke", account(), "export"))
    refused = zegel_here(*home, *command, *WHY)
    assert refused.returncode == ExitCode.NOT_AUTHORISED
    assert "user1@" not in refused.stdout
    *rows, closing = csv.DictReader(io.StringIO(refused.stdout))
    assert len(rows) == 4
    assert json.loads(closing["event"])["identities"] is False
    kinds = [each["kind"] for each in _lines("\n".join(_shown(home, "--reverse", "-n", "2")))]
    assert kinds == ["log.export_issued.v1", "access.attempt_denied.v1"]


def test_a_pattern_and_a_limit_count_what_the_reader_sees(tmp_path: Path) -> None:
    """An export that was cut off would be called complete, or one that is whole cut off."""
    home = _filled(("--home", tmp_path / "home"))
    for pattern, code in (("user[0-2]@", ExitCode.FINE), ("user[0-3]@", ExitCode.UNAVAILABLE)):
        command = ("export", "--as", "ndjson", "--grep", pattern, "-n", "3", "--system", "portal")
        answer = zegel_here(*home, *command, *WHY)
        assert answer.returncode == code, answer.stderr
        assert len(answer.stdout.splitlines()) == 4


def test_who_was_erased_is_not_in_it(tmp_path: Path) -> None:
    """An export would bring back a person whom the log forgot."""
    home = _filled(("--home", tmp_path / "home"))
    erase = ("erase", "person:user1@example.nl", "--reason", "request", "--yes")
    _fine(zegel_here(*home, *erase))
    answer = _fine(zegel_here(*home, "export", "--as", "ndjson", "--system", "portal", *WHY))
    assert "user1@" not in answer.stdout
    assert "person:user2@example.nl" in answer.stdout
    gone = [each for each in _lines(answer.stdout)[:-1] if each["erased"]]
    assert [each["personal"]["grantee"] for each in gone] == ["erased"]


def test_a_damaged_record_is_shown_raw_and_said(tmp_path: Path) -> None:
    """Evidence of tampering would vanish in an export."""
    home = _filled(("--home", tmp_path / "home"))
    (database,) = (tmp_path / "home").glob("*.db")
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        for trigger in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).scalars():
            connection.exec_driver_sql(f'DROP TRIGGER "{trigger}"')
        connection.execute(update(RECORD).where(RECORD.c.idx == 2).values(sealed=b"\n\nnothing"))
    engine.dispose()
    answer = zegel_here(*home, "export", "--as", "ndjson", "-n", "3")
    assert answer.returncode == ExitCode.EVIDENCE_BROKEN
    *lines, closing = _lines(answer.stdout)
    assert lines[2]["event"] == b"nothing".hex()
    assert closing["export"]["damaged"] == 1
    assert "evidence broken at index 2" in answer.stderr


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (("--since", "yesterday"), "--as: expected a format"),
        (("--as", "word"), "expected one of ndjson"),
        (("--as", "ndjson", "tiles", "mirror"), "tiles: expected its options behind it"),
        (("--as", "ndjson", "--set", "account=acme"), "--set: expected none for this format"),
        (("--as", "ndjson", "--as-known", "@100000"), "expected a record below"),
        (("--as", "ndjson", "--identities"), "expected --purpose"),
        (("--as", "ndjson", "--within", "3d"), "expected --around"),
        (("--as", "ndjson", "--recipient", "boss:ap"), "--recipient: expected"),
        (("--as", "ndjson", "--to", "/"), "expected nothing there"),
    ],
)
def test_what_cannot_be_understood_changes_nothing(
    filled: Options, wrong: tuple[str, ...], expected: str
) -> None:
    """A typing error would hand something out, or leave a record of it."""
    size = _size(filled)
    answer = zegel_here(*filled, "export", *wrong)
    assert answer.returncode == ExitCode.USAGE, answer.stderr
    assert expected in answer.stderr
    assert answer.stdout == ""
    assert _size(filled) == size


def test_shared_options_may_stand_behind_it(filled: Options) -> None:
    """`zegel export` would be the one command that refuses them."""
    answer = _fine(zegel_here("export", "--as", "ndjson", "-n", "4", *filled, "--system", "portal"))
    assert len(answer.stdout.splitlines()) == 5
    helped = zegel_here("export")
    assert (helped.returncode, "Commands:" in helped.stderr) == (ExitCode.USAGE, True)


def test_a_history_moves_into_another_log(tmp_path: Path) -> None:
    """What one log knows could never be taken over by another one."""
    home = _filled(("--home", tmp_path / "one"))
    file = tmp_path / "out.ndjson"
    filters = ("--system", "portal", *WHY)
    _fine(zegel_here(*home, "export", "--as", "ndjson", "--to", file, *WHY))
    other: Options = ("--home", tmp_path / "two")
    _fine(zegel_here(*other, "init", "--origin", "log.example/two"))
    taken = _fine(zegel_here(*other, "import", file, "--system", "moved"))
    summary = json.loads(taken.stdout)
    assert (summary["recorded"], summary["unreadable"]) == (4, 0)
    assert sum(summary["skipped"].values()) == 2  # the roles of the other log, and the ending
    events = [
        [each["event"] for each in _lines("\n".join(_shown(each_home, *filters)))]
        for each_home in (home, other)
    ]
    assert events[0] == events[1]
