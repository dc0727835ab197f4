"""The pages on OCSF, ECS and CEF can be followed as they are written, out and in."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from formats.export.cef import EXPORT as CEF
from formats.ocsf.catalogue import CLASSES
from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.ocsf_schema import problems_of
from tests.page_transcripts import run_through

PAGES: Final = PROJECT / "docs" / "how-to" / "connect"
LONG_AGO: Final = 1_700_000_000
"""A time of a file that nobody writes into now, in seconds since 1970."""
FACTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "access.granted",
        "grant_id": "G-1",
        "grantee": "person:anna@example.nl",
        "granted_by": "person:boss@example.nl",
        "resource": "sso/role/reader",
        "purpose": "claim-handling",
    },
    {
        "kind": "access.used",
        "actor": "person:anna@example.nl",
        "origin": "ip:192.0.2.14",
        "resource": "portal",
        "act": "log-in",
        "outcome": "success",
    },
    {"kind": "ip.blocked", "block_id": "B-1", "ip": "ip:203.0.113.77", "scope": "sshd"},
    {
        "kind": "exchange.performed",
        "direction": "out",
        "exchange_kind": "transfer",
        "channel": "sftp",
        "object_kind": "file",
        "object_id": "list.csv",
        "size_bytes": 512,
        "actor": "person:anna@example.nl",
        "origin": "ip:192.0.2.14",
    },
)


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text("utf-8")


def commands(name: str) -> list[str]:
    return re.findall(r"^\$ (.*)$", page(name), re.MULTILINE)


def block(name: str, language: str) -> str:
    """The first block of a page in one language."""
    found = re.search(rf"```{language}\n(.*?)```", page(name), re.DOTALL)
    assert found is not None
    return found[1]


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def told(home: Path, *filters: str) -> list[dict[str, Any]]:
    """The events of a log with identities, those about the log and its roles left out."""
    answer = zegel_here(
        *("--home", home, "log", "--json", "--identities", "--purpose", "audit: test"),
        *("--without", "log", *filters),
    )
    assert answer.returncode == 0, answer.stderr
    found = [json.loads(line)["event"] for line in answer.stdout.splitlines()]
    return [event for event in found if event.get("system") != "zegel"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with facts of several classes."""
    folder = tmp_path_factory.mktemp("siem") / "home"
    made = zegel_here("--home", folder, "init", "--no-roles", "--origin", "log.example/siem")
    assert made.returncode == 0, made.stderr
    dated = (
        {**fact, "occurred_at": f"2026-03-0{day}T09:00:00.000123+01:00"}
        for day, fact in enumerate(FACTS, start=1)
    )
    text = "\n".join(map(json.dumps, dated))
    options = ("--home", folder, "import", "-", "--from", "ndjson", "--system", "portal")
    assert zegel_here(*options, stdin=text).returncode == 0
    return folder


@pytest.fixture(scope="module")
def written(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every command of the pages was run, in their order."""
    folder = tmp_path_factory.mktemp("written")
    everything = [command for name in ("ocsf", "ecs", "cef") for command in commands(name)]
    assert len(everything) == 8
    run_through(everything, folder, ZEGEL_HOME=str(filled))
    return folder


def test_what_the_page_on_ocsf_exports_is_valid(written: Path) -> None:
    """A SIEM would turn down what the page promises it reads."""
    *events, closing = lines_of(written / "march.ocsf.ndjson")
    assert [event["type_uid"] for event in events] == [300716, 300201, 700401, 600602]
    assert [problems_of(event) for event in (*events, closing)] == [[]] * 5
    assert closing["message"] == "complete: 4 records"
    assert "person:" not in (written / "march.ocsf.ndjson").read_text()


def test_the_check_of_the_page_finds_what_was_changed(written: Path) -> None:
    """Whoever checks as the page says would be told that all is well."""
    whole = (written / "march.ocsf.ndjson").read_bytes()
    lines = whole.splitlines(keepends=True)
    changed = whole.replace(b'"time":', b'"time":1', 1)
    for content, fault in (
        (whole, None),
        (changed, "a line was changed"),
        (b"".join([*lines[:1], *lines[2:]]), "a line is missing or out of place"),
        (b"".join([lines[1], lines[0], *lines[2:]]), "a line is missing or out of place"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", block("ocsf", "python")],
            input=content,
            capture_output=True,
            check=False,
        )
        assert (done.returncode == 0) is (fault is None)
        if fault is None:
            assert done.stdout == b"complete: 4 records\n"
        else:
            assert fault in done.stderr.decode()


def test_the_digest_of_the_file_stands_in_the_log(filled: Path, written: Path) -> None:
    """Somebody could chain all lines anew, and nothing would tell."""
    answer = zegel_here("--home", filled, "log", "--json", "--kind", "log.export_issued")
    digests = {json.loads(line)["event"]["manifest_sha256"] for line in answer.stdout.splitlines()}
    done = subprocess.run(
        ["sha256sum", "march.ocsf.ndjson"], cwd=written, capture_output=True, check=True
    )
    assert done.stdout.decode().split()[0] in digests


def test_an_export_with_identities_is_the_same_facts_elsewhere(
    filled: Path, written: Path, home: Path
) -> None:
    """Two logs that exchange events would hold two histories."""
    file = written / "access.ocsf.ndjson.gz"
    assert zegel_here("--home", home, "import", file).returncode == 0
    there = told(filled, "--kind", "access")
    assert told(home, "--kind", "access") == there
    assert len(there) == 2
    again = json.loads(zegel_here("--home", filled, "import", file).stdout)
    assert (again["recorded"], again["conflicts"]) == (0, 0)


def test_the_configuration_of_the_page_takes_in_what_others_write(
    home: Path, tmp_path: Path
) -> None:
    """Whoever follows the page would wait in vain, or count everything twice."""
    text = block("ocsf", "toml").replace("/var/spool/ocsf", str(tmp_path))
    assert str(tmp_path) in text
    config, spool = tmp_path / "watch.toml", tmp_path / "siem.ndjson.gz"
    config.write_text(text)
    packed = subprocess.run(
        ["gzip"],
        input=json.dumps(json.loads(block("ocsf", "json"))).encode() + b"\n",
        capture_output=True,
        check=True,
    )
    spool.write_bytes(packed.stdout)
    os.utime(spool, (LONG_AGO, LONG_AGO))
    for _ in range(2):
        watched = zegel_here("--home", home, "watch", config, "--once")
        assert watched.returncode == 0, watched.stderr
    (event,) = told(home)
    assert (event["kind"], event["resource"], event["grantee"]) == (
        "access.granted.v1",
        "key-desk/role/claims-reader",
        "person:anna@example.org",
    )


def test_the_page_on_ocsf_names_every_class() -> None:
    """A rule of a SIEM would be written for classes that never come."""
    out = page("ocsf").partition("## In")[0]
    for event_class in CLASSES.values():
        assert re.search(rf"\| {event_class.uid} {event_class.caption}", out), event_class


def test_the_page_on_ecs_makes_a_bulk_that_adds_nothing_twice(written: Path) -> None:
    """Sending again after a failure would count everything twice."""
    done = subprocess.run(
        ["sh", "-c", block("ecs", "sh")], cwd=written, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = lines_of(written / "march.bulk")
    documents = lines_of(written / "march.ecs.ndjson")
    assert lines[1::2] == documents
    assert [line["create"].get("_id") for line in lines[::2]] == [
        document["event"].get("id") for document in documents
    ]
    assert len({line["create"].get("_id") for line in lines[::2]}) == 5


def test_the_page_on_ecs_names_every_field(written: Path) -> None:
    """Whoever builds a dashboard by the page would miss a field."""
    text = page("ecs")
    told_of = set(re.findall(r"`([a-z@_.…]+)`", text))
    groups = {each.removesuffix(".…").partition(".")[0] for each in told_of}
    for document in lines_of(written / "march.ecs.ndjson"):
        assert set(document) - groups - {"ecs", "observer"} == set()
        fields = {f"event.{name}" for name in document["event"]}
        assert fields - told_of <= {"event.module"}


def test_the_page_on_cef_shows_its_line_and_every_field(written: Path) -> None:
    """A parser of a collector would be set up for another line."""
    text = (written / "march.cef").read_text("utf-8")
    first, *_, last = text.splitlines()
    shown = block("cef", "text").strip()
    assert re.fullmatch(re.escape(shown).replace("…", ".*"), first)
    assert "|export.ended|" in last
    told_of = set(re.findall(r"`([A-Za-z0-9]+)`", page("cef")))
    keys = set(re.findall(r" ([A-Za-z0-9]+)=", text))
    assert {key for key in keys if not key.endswith("Label")} - told_of == set()
    assert CEF.suffix == ".cef"
