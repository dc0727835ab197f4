"""Every command and every program of the pages on sending does what the page says.

They are read from the page and run in order against a real service. Only the address is another,
and `journalctl` gives a journal that was written before.
"""

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from ledger.events import Event
from ledger.events.access import AccessUsed
from ledger.events.processing import ProcessingPerformed
from ledger.home import Home
from ledger.query import EventQuery
from tests.command_line import SECONDS, ZEGEL, clean_environment
from tests.page_transcripts import shows
from tests.running_service import RunningService, make_home, running_service

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
PAGES: Final = (DOCS / "how-to" / "send-events.md", DOCS / "reference" / "otlp.md")
HTTP: Final = "https://audit.example.nl"
GRPC: Final = "https://audit.example.nl:4317"
ACTIVITY: Final = "https://register.example.nl/activities/1407"
JOURNAL: Final = (
    {
        "__CURSOR": "s=0639;i=1a2;b=4f",
        "__REALTIME_TIMESTAMP": "1763632800000000",
        "_HOSTNAME": "desk-1",
        "_COMM": "sudo",
        "MESSAGE": "  anna : TTY=pts/0 ; PWD=/home/anna ; USER=root ; COMMAND=/usr/bin/less export",
    },
    {
        "__CURSOR": "s=0639;i=1a3;b=4f",
        "__REALTIME_TIMESTAMP": "1763632801000000",
        "_HOSTNAME": "desk-1",
        "_COMM": "sudo",
        "MESSAGE": "pam_unix(sudo:session): session opened for user root(uid=0) by anna(uid=1000)",
    },
)


@dataclass(frozen=True)
class Step:
    """One block of the page that does something, with the answer that the page shows below."""

    chapter: str
    language: str
    text: str
    answer: str | None = None


def steps() -> list[Step]:
    """What the page does, in order."""
    found: list[Step] = []
    chapter = ""
    pattern = r"^## (?P<chapter>[^\n]+)$|^```(?P<language>\w+)\n(?P<text>.*?)^```$"
    text = "\n".join(page.read_text("utf-8") for page in PAGES)
    for match in re.finditer(pattern, text, re.MULTILINE | re.DOTALL):
        if match["chapter"]:
            chapter = match["chapter"]
        elif match["language"] == "json":
            last = found.pop()
            found.append(Step(last.chapter, last.language, last.text, match["text"]))
        elif match["language"] in {"sh", "python"}:
            found.append(Step(chapter, match["language"], match["text"]))
    return found


@dataclass(frozen=True)
class Followed:
    """The page, followed; and its curl commands once more."""

    told: dict[str, list[str]]
    """What the commands of each chapter wrote."""
    again: list[str]
    """What each curl command wrote when it was sent again."""
    events: list[Event]
    """What was in the log after the first time."""
    events_again: int
    """How many were there after the second time."""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """The page was followed from its first step to its last."""
    if shutil.which("curl") is None:
        if os.environ.get("ZEGEL_TEST_TOOLS") == "installed":
            pytest.fail("curl is not installed, although ZEGEL_TEST_TOOLS says so")
        pytest.skip("curl is not installed; `make test` installs it")
    folder = tmp_path_factory.mktemp("sending")
    home = make_home(folder / "home")
    (folder / "journal").write_text("".join(json.dumps(each) + "\n" for each in JOURNAL))
    programs = folder / "bin"
    programs.mkdir()
    (programs / "journalctl").write_text(f"#!/bin/sh\ncat {folder}/journal\n")
    (programs / "journalctl").chmod(0o755)
    told: dict[str, list[str]] = {}
    with running_service(home) as service:
        for step in steps():
            told.setdefault(step.chapter, []).append(_run(step, folder, home, service))
        events = events_in(home)
        again = [
            _run(replace(step, answer=None), folder, home, service)
            for step in steps()
            if "curl -" in step.text and "refused" not in step.chapter
        ]
        return Followed(told, again, events, len(events_in(home)))


def _run(step: Step, folder: Path, home: Path, service: RunningService) -> str:
    """What a step wrote; it ended well and answered as the page shows."""
    grpc = service.addresses["gRPC"].removeprefix("http://")
    text = step.text.replace(GRPC, f"http://{grpc}").replace(HTTP, service.url)
    if step.language == "python":
        name = re.match(r"# (\S+\.py)\n", text)
        assert name, f"a program without a name: {text[:60]}"
        (folder / name[1]).write_text(text)
        return ""
    environment = clean_environment(ZEGEL_HOME=str(home))
    environment["PATH"] = f"{folder / 'bin'}:{ZEGEL.parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    if step.answer is not None:
        given = json.dumps(json.loads(done.stdout))
        assert shows(re.sub(r"\s+", " ", step.answer), given), f"{text}\n{given}"
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout


def events_in(home: Path) -> list[Event]:
    """What programs reported, people as tokens."""
    ledger = Home(home).open_ledger()
    try:
        kinds = ("access.used.v1", "processing.performed.v1")
        return [each.event for each in ledger.read(EventQuery(kinds=kinds)) if each.event]
    finally:
        ledger.close()


def test_each_way_of_sending_arrives(followed: Followed) -> None:
    """A reader who does what the page says would record nothing, or something else."""
    used = Counter(each.resource for each in followed.events if isinstance(each, AccessUsed))
    assert used == {"customer-file": 7, "payroll": 1, "sudo": 1}
    lines = [each for each in followed.events if isinstance(each, ProcessingPerformed)]
    assert [each.processing_activity_id for each in lines] == [ACTIVITY, ACTIVITY]
    assert {each.system for each in followed.events} == {"customer-desk"}


def test_the_page_answers_as_it_shows(followed: Followed) -> None:
    """The page would promise an answer that nobody gets."""
    assert sum(step.answer is not None for step in steps()) >= 4
    assert followed.told["A library of CloudEvents"][-1] == "False\n"
    assert json.loads(followed.told["The journal of systemd"][-1])["accepted"] == 1


def test_what_is_sent_again_is_recorded_once(followed: Followed) -> None:
    """A script that runs twice would tell everything twice."""
    assert len(followed.again) == 6
    *of_events, of_otlp = followed.again
    for told in of_events:
        assert re.search(r'"duplicate":true|"accepted":0,"duplicates":[1-9]', told), told
    assert of_otlp == "{}"  # OTLP knows no word for it
    assert followed.events_again == len(followed.events)
