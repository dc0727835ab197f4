"""What the pages about Keycloak, Active Directory and CloudTrail tell people to do works."""

import gzip
import json
import os
import re
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command_line import zegel_here

PAGES: Final = Path(__file__).parents[2] / "docs" / "how-to" / "connect"
LONG_AGO: Final = 1_700_000_000
"""A time of a file that nobody writes into now, in seconds since 1970."""


def block(page: str, language: str, number: int = 0) -> str:
    """A block of a page in one language."""
    found = re.findall(rf"```{language}\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    return str(found[number])


def record(page: str) -> bytes:
    """The record that a page shows, on one line."""
    return json.dumps(json.loads(block(page, "json"))).encode() + b"\n"


def configuration(page: str, folder: Path, number: int = 0) -> Path:
    """A configuration that a page shows, its paths in another folder."""
    text = re.sub(r'= "/var/[a-z/]*/', f'= "{folder}/', block(page, "toml", number))
    assert str(folder) in text
    file = folder / "watch.toml"
    file.write_text(text)
    return file


def events_of(home: Path) -> list[dict[str, Any]]:
    """The events of the log, those about the log itself left out."""
    answer = zegel_here("--home", home, "log", "--json")
    assert answer.returncode == 0, answer.stderr
    events = [json.loads(line) for line in answer.stdout.splitlines()]
    return [event for event in events if not event["kind"].startswith("log.")]


@pytest.mark.parametrize(
    ("shown", "file", "resource"),
    [
        (("keycloak.md", 0), "admin-events-2026-03-11.json.gz", "claims/role/claims-reader"),
        (("active-directory.md", 0), "security-20260312.ndjson", "example/group/claims-readers"),
        (("active-directory.md", 1), "security.json", "example/group/claims-readers"),
        (("cloudtrail.md", 0), "trail.json.gz", "aws/policy/amazons3readonlyaccess"),
    ],
)
def test_the_configuration_of_a_page_takes_in_its_record_once(
    shown: tuple[str, int], file: str, resource: str, home: Path, tmp_path: Path
) -> None:
    """Whoever follows the page would wait in vain, or count everything twice."""
    page, number = shown
    config, spool = configuration(page, tmp_path, number), tmp_path / file
    spool.write_bytes(gzip.compress(record(page)) if file.endswith(".gz") else record(page))
    os.utime(spool, (LONG_AGO, LONG_AGO))
    for _ in range(2):
        watched = zegel_here("--home", home, "watch", config, "--once")
        assert watched.returncode == 0, watched.stderr
        (event,) = events_of(home)
        assert (event["kind"], event["event"]["resource"]) == ("access.granted.v1", resource)


def test_a_compressed_file_gives_the_facts_of_the_plain_one(home: Path, tmp_path: Path) -> None:
    """A log would be told again after it was rotated."""
    plain, packed = tmp_path / "trail.json", tmp_path / "trail.json.1.gz"
    plain.write_bytes(record("cloudtrail.md"))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    first = json.loads(zegel_here("--home", home, "import", plain).stdout)
    assert (first["format"], first["recorded"]) == ("cloudtrail", 1)
    for options in ((), ("--again",)):
        again = json.loads(zegel_here("--home", home, "import", packed, *options).stdout)
        assert (again["format"], again["recorded"]) == ("cloudtrail", 0)
    piped = zegel_here("--home", home, "import", "-", stdin=packed.read_bytes())
    assert json.loads(piped.stdout)["already_there"] == 1


def test_a_compressed_file_that_was_cut_off_is_no_short_one(home: Path, tmp_path: Path) -> None:
    """Half a delivery would pass for a whole one."""
    file = tmp_path / "trail.json.gz"
    file.write_bytes(gzip.compress(record("cloudtrail.md"))[:-6])
    answer = zegel_here("--home", home, "import", file, "--system", "aws")
    assert answer.returncode == 2
    assert "expected a whole gzip file, found its end too early" in answer.stderr
    assert events_of(home) == []


def test_numbers_that_windows_gave_and_nobody_sent_are_a_gap(home: Path, tmp_path: Path) -> None:
    """Whoever removes events on their way would leave no trace."""
    event, lines = json.loads(record("active-directory.md")), []
    for number in (7001, 7002, 7005):
        event["winlog"]["record_id"] = number
        lines.append(json.dumps(event) + "\n")
    file = tmp_path / "security.ndjson"
    file.write_text("".join(lines))
    assert zegel_here("--home", home, "import", file, "--system", "directory").returncode == 0
    answer = zegel_here("--home", home, "log", "--json", "--kind", "log.source_gap_detected")
    (gap,) = (json.loads(line)["event"] for line in answer.stdout.splitlines())
    assert (gap["source"], gap["first_missing"], gap["missing"]) == ("directory", 7003, 2)


def test_a_page_that_was_only_fetched_again_adds_nothing(home: Path, tmp_path: Path) -> None:
    """A poll every hour would record every act every hour."""
    act = json.loads(block("keycloak.md", "json"))
    later = {**act, "id": "another", "time": act["time"] + 1}
    options = ("--home", home, "import")
    for number, page in enumerate(([act], [later, act])):
        file = tmp_path / f"admin-events-{number}.json"
        file.write_text(json.dumps(page))
        assert zegel_here(*options, file, "--system", "sso").returncode == 0
    assert len(events_of(home)) == 2
