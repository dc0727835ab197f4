"""The pages on Timesketch and STIX can be followed; what they warn of is refused."""

import csv
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest
import stix2
from stix2validator import ValidationOptions, validate_file

from formats.export.timesketch import COLUMNS
from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import run_through, steps_of

PAGES: Final = PROJECT / "docs" / "how-to" / "connect"
TIMESKETCH: Final = (PAGES / "timesketch.md").read_text("utf-8")
STIX: Final = (PAGES / "stix.md").read_text("utf-8")
AUTH_LOG: Final = PROJECT / "cli" / "demo_data" / "auth.log"
BLOCKED: Final = "203.0.113.45"
_FACTS: Final = (
    ("ip.blocked", "2025-12-12T10:00", "--block-id", "B-1", "--ip", f"ip:{BLOCKED}"),
    ("ip.unblocked", "2025-12-12T12:00", "--block-id", "B-1", "--ip", f"ip:{BLOCKED}"),
    (
        *("access.attempt_denied", "2025-11-15T23:52", "--resource", "tickets"),
        *("--actor", "person:s.dekker@example.nl"),
    ),
)
_PURPOSE: Final = ("--identities", "--purpose", "share with our CERT")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of attacks, with a block that ended."""
    folder = tmp_path_factory.mktemp("timelines") / "home"
    done(folder, "init", "--no-roles", "--origin", "log.example/timelines")
    done(folder, "import", str(AUTH_LOG), "--system", "gateway", "--year", "2025")
    for kind, occurred_at, *more in _FACTS:
        done(folder, "record", kind, "--occurred-at", occurred_at, "--system", "gateway", *more)
    return folder


def done(home: Path, *words: str) -> str:
    answer = zegel_here("--home", home, *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def exports_issued(home: Path) -> int:
    """How many exports the log itself knows of."""
    return len(done(home, "log", "--kind", "log.export_issued", "--json").splitlines())


def test_the_page_on_timesketch_works(home: Path, tmp_path: Path) -> None:
    """An analyst would stand before a file that does not load, or look for fields it has not."""
    commands = [command for command, _ in steps_of(TIMESKETCH)]
    assert len(commands) == 2
    run_through(commands, tmp_path, ZEGEL_HOME=str(home))
    lines = (tmp_path / "incident.jsonl").read_text("utf-8").splitlines()
    row, ending = map(json.loads, lines)
    assert row["message"].startswith("access.attempt_denied by person#")
    assert ending["tag"] == ["export", "complete"]
    with (tmp_path / "incident.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    assert [cells["message"] for cells in found[:-1]] == [row["message"]]
    assert found[-1]["tag"] == "export,complete"  # of a log that has one record more by now
    named = set(re.findall(r"`([a-z_]+)`", TIMESKETCH))
    assert {"message", "datetime", "timestamp_desc", "data_type", "tag", "index"} <= named
    assert {name for name in named if name in COLUMNS} <= set(COLUMNS)


def test_the_page_on_stix_works(home: Path, tmp_path: Path) -> None:
    """Another team would get a bundle that its tools refuse, or an address that is let in again."""
    (command,) = (command for command, _ in steps_of(STIX))
    run_through([command], tmp_path, ZEGEL_HOME=str(home))
    written = tmp_path / "blocked.json"
    assert validate_file(str(written), ValidationOptions(version="2.1")).is_valid
    objects = stix2.parse(written.read_text("utf-8")).objects
    (indicator,) = (each for each in objects if each["type"] == "indicator")
    assert indicator["pattern"] == f"[ipv4-addr:value = '{BLOCKED}']"
    assert indicator["valid_until"] > indicator["valid_from"]
    told = {each["type"] for each in objects}
    assert told >= {"identity", "ipv4-addr", "marking-definition", "note", "sighting"}
    assert {name for name in told if f"`{name}`" not in STIX} == set()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "--identities --purpose"),
        (("--kind", "access", *_PURPOSE), "which address was blocked"),
    ],
)
def test_a_bundle_that_says_nothing_is_refused_and_not_recorded(
    home: Path, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    """The log would tell that something was handed out, or an empty file look like peace."""
    before = exports_issued(home)
    target = tmp_path / "blocked.json"
    refused = zegel_here("--home", home, "export", "--as", "stix", *words, "--to", target)
    assert (refused.returncode, target.exists()) == (2, False)
    assert expected in refused.stderr
    assert exports_issued(home) == before


def test_the_same_question_gives_the_same_bytes(home: Path) -> None:
    """Two people who ask the same could not compare what they got."""
    size = json.loads(done(home, "log", "--reverse", "-n", "1", "--json"))["index"]
    for name, words in (("timesketch", ()), ("timesketch-csv", ()), ("stix", _PURPOSE)):
        asked = ("export", "--as", name, "--as-known", f"@{size}", *words)
        first, second = (done(home, *asked) for _ in range(2))
        assert first == second


def test_who_sees_tokens_gets_tokens(home: Path) -> None:
    """A timeline that is passed around would name everybody."""
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in done(home, "export", "--as", "timesketch").splitlines()
    ]
    assert "s.dekker" not in json.dumps(rows)
    assert BLOCKED not in json.dumps(rows)


def test_what_was_erased_is_in_neither(home: Path) -> None:
    """Whoever was erased would live on in the tools of investigators and of other teams."""
    again, person = "198.51.100.200", "person:w.bakker@example.nl"
    block = ("record", "ip.blocked", "--block-id", "B-2", "--ip", f"ip:{again}")
    done(home, *block, "--occurred-at", "2025-12-12T13:00")
    done(home, "record", "access.used", "--resource", "tickets", "--actor", person)
    before = done(home, "export", "--as", "timesketch", *_PURPOSE)
    assert again in before
    assert person in before
    done(home, "erase", f"ip:{again}", person, "--reason", "end of contract", "--yes")
    for name in ("timesketch", "timesketch-csv", "stix"):
        text = done(home, "export", "--as", name, *_PURPOSE)
        assert again not in text
        assert person not in text
        assert "left out" in text or "erased" in text
