"""`zegel breach`, `request` and `clocks` as a person and a script use them."""

import csv
import json
import os
import pty
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import icalendar
import pytest

from cli.breach_register import REGISTER_COLUMNS
from tests.command_line import ZEGEL, Answer, clean_environment, zegel, zegel_here

OVERDUE = 6
OPENED = "2026-11-20 12:00"
AWARE = ("breach", "aware", "B-1", "--aware-at", "2026-11-20 13:00", "--occurred-at")


def _run(home: Path, *arguments: str | Path) -> Answer:
    return zegel_here("--home", home, *arguments)


def _fine(home: Path, *arguments: str | Path) -> Answer:
    answer = _run(home, *arguments)
    assert answer.returncode == 0, answer.stderr
    return answer


def _size(home: Path) -> int:
    return len(_fine(home, "log").stdout.splitlines())


def _opened(home: Path) -> None:
    _fine(home, "breach", "open", "B-1", "--occurred-at", OPENED, "--system", "web")


def _shown(home: Path, *more: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_fine(home, "breach", "show", "B-1", "--json", *more).stdout)
    return found


def _leading(found: dict[str, Any], rule: str = "gdpr-33-1") -> dict[str, Any]:
    (clock,) = [each for each in found["clocks"] if each["leads"] and each["rule_id"] == rule]
    return dict(clock)


BREACH_STEPS = {
    "breach.suspected": ("open", "--cause", "phishing"),
    "breach.facts_updated": ("facts", "--records", "120", "--nature", "phishing"),
    "breach.assessed": ("assess", "--risk", "risk", "--dpc", "2", "--ei", "0.75"),
    "breach.awareness_determined": ("aware", "--aware-at", "2026-11-20 13:00", "--basis", "read"),
    "breach.notification_decided": ("decide", "--addressee", "authority", "--notify", "yes"),
    "breach.authority_notified": ("notify", "--authority", "ap", "--content", "nature"),
    "breach.controller_notified": ("notify", "--controller", "acme", "--content", "nature"),
    "breach.subjects_notified": ("inform-subjects", "--manner", "direct", "--count", "9"),
    "breach.authority_responded": ("answer", "--authority", "ap", "--response", "closing"),
    "breach.measure_taken": ("measure", "--aim", "containment", "--measure", "passwords-reset"),
    "breach.ruled_out": ("rule-out", "--basis", "own test"),
    "breach.closed": ("close",),
}
REQUEST_STEPS = {
    "dsr.received": ("receive", "--right", "A15"),
    "dsr.acknowledged": ("acknowledge", "--channel", "e-mail"),
    "dsr.identity_requested": ("ask-identity", "--reasons", "odd"),
    "dsr.identity_verified": ("identity-verified", "--method", "call"),
    "dsr.clarification_requested": ("clarify", "--reasons", "which?"),
    "dsr.clarified": ("clarified",),
    "dsr.extended": ("extend", "--reasons", "many systems"),
    "dsr.fulfilled": ("fulfil", "--partly", "yes"),
    "dsr.refused": ("refuse", "--ground", "excessive", "--remedies-named", "complaint"),
    "dsr.withdrawn": ("withdraw",),
}
EVERY_STEP = [
    *(("breach", kind, words) for kind, words in BREACH_STEPS.items()),
    *(("request", kind, words) for kind, words in REQUEST_STEPS.items()),
]


@pytest.mark.parametrize(
    ("group", "kind", "words"), EVERY_STEP, ids=[each[1] for each in EVERY_STEP]
)
def test_each_step_is_recorded_with_its_evidence_and_refused_when_malformed(
    home: Path, tmp_path: Path, group: str, kind: str, words: tuple[str, ...]
) -> None:
    """A step would record another kind, lose its evidence, or record half of what is malformed."""
    command, *options = words
    paper = tmp_path / "paper.txt"
    paper.write_text("paper")
    evidence = () if command == "assess" else ("--evidence", paper)
    _fine(home, group, command, "C-1", *options, *evidence, "--note", "a word")
    (row,) = [json.loads(line) for line in _fine(home, "log").stdout.splitlines()]
    assert row["kind"] == f"{kind}.v1"
    assert len(row["event"].get("evidence", ())) == len(evidence) // 2
    size = _size(home)
    malformed = (
        (*words[:1], "C-1", *options, "--occurred-at", "soonish"),
        (*words[:1], "C-1", *options, "--corrects", "999"),
        (*words[:1], "C-1", *options, "--no-such-option", "1"),
        (*words[:1], *options),
    )
    for typed in malformed[1:] if command == "assess" else malformed:
        answer = _run(home, group, *typed)
        assert answer.returncode == 2, typed
        assert answer.stderr
    if evidence:
        missing = _run(home, group, command, "C-1", *options, "--evidence", tmp_path / "none.txt")
        assert missing.returncode == 2
        assert "none.txt: expected a file to read" in missing.stderr
    assert _size(home) == size


@pytest.mark.parametrize("group", ["breach", "request"])
def test_an_unknown_case_is_no_empty_case(home: Path, group: str) -> None:
    """A mistyped id would look like a case about which nothing is known."""
    _opened(home)
    _fine(home, "request", "receive", "R-1", "--right", "A15")
    other = "R-1" if group == "breach" else "B-1"
    listed = _fine(home, "request" if group == "breach" else "breach", "list").stdout
    stream = json.loads(listed)["request" if group == "breach" else "breach"]
    for name in ("B-9", other, stream):
        answer = _run(home, group, "show", name)
        assert answer.returncode == 2
        known = json.loads(_fine(home, group, "list").stdout)[group]
        assert (
            f"{group}: expected one that the log knows, found {name!r}; `zegel {group} list` shows "
            f"them: {known}\n"
        ) in answer.stderr


def test_a_correction_replaces_a_step_of_its_own_case_alone(home: Path) -> None:
    """A correction could take back a step of another case, or warn about what it replaces."""
    _opened(home)
    _fine(home, "breach", "open", "B-2")
    _fine(home, "breach", "notify", "B-1", "--authority", "ap")
    size = _size(home)
    refused = _run(home, "breach", "notify", "B-2", "--authority", "ap", "--corrects", "2")
    assert refused.returncode == 2
    assert "expected a step of this case" in refused.stderr
    assert _size(home) == size
    again = _fine(home, "breach", "notify", "B-1", "--authority", "ap", "--corrects", "2")
    assert "an initial notice is recorded already" not in again.stderr
    twice = _fine(home, "breach", "notify", "B-1", "--authority", "ap")
    assert "an initial notice is recorded already" in twice.stderr


def test_a_contradiction_is_said_and_recorded(home: Path) -> None:
    """What is unwise would be refused, or recorded without a word."""
    _opened(home)
    size = _size(home)
    said = _fine(home, "breach", "close", "B-1").stderr
    assert "warning: nobody decided whether and from when this was a breach" in said
    unknown = _fine(home, "request", "fulfil", "R-1").stderr
    assert "warning: no receipt of this request is recorded" in unknown
    assert _size(home) == size + 2


def test_a_correction_gives_a_new_clock_and_the_history_shows_both(home: Path) -> None:
    """A corrected anchor would rewrite what was due, or leave the old deadline in force."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    later = ("breach", "aware", "B-1", "--aware-at", "2026-11-20 11:00", "--occurred-at")
    _fine(home, *later, "2026-11-20 15:00", "--corrects", "1")
    now = _shown(home, "--as-of", "2026-11-21")
    then = _shown(home, "--as-of", "2026-11-21", "--as-known", "@1")
    assert _leading(now)["due_at"] == "2026-11-23T10:00:00Z"
    assert _leading(then)["due_at"] == "2026-11-23T12:00:00Z"
    (old,) = [each for each in now["clocks"] if each["anchor"]["corrected_by"] == 2]
    assert old["due_at"] == "2026-11-23T12:00:00Z"
    known = [each["anchor"]["corrected_by"] for each in then["clocks"]]
    assert known == [None] * len(known)


def test_a_notice_told_of_later_counts_from_when_it_was_given(home: Path) -> None:
    """A question about the days between would not find the notice."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    _fine(home, "breach", "notify", "B-1", "--authority", "ap", "--notified-at", "2026-11-21 09:00")
    assert _leading(_shown(home, "--as-of", "2026-11-21 10:00"))["state"] == "met"
    assert _leading(_shown(home, "--as-of", "2026-11-21 08:00"))["state"] == "running"


def test_two_writers_at_once_both_count(home: Path) -> None:
    """Of two people who record at once, one would lose a step."""
    _opened(home)
    _run(home, "clocks")
    arguments = ("--home", home, "breach", "measure", "B-1", "--aim", "containment", "--measure")
    answers: list[Answer] = []
    writers = [
        threading.Thread(target=lambda name=name: answers.append(zegel(*arguments, name)))
        for name in ("one", "two")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [answer.returncode for answer in answers] == [0, 0]
    (row,) = [json.loads(line) for line in _fine(home, "breach", "list").stdout.splitlines()]
    assert sorted(row["measures"]) == ["containment: one", "containment: two"]


@pytest.mark.parametrize("more", [(), ("--due-within", "24h"), ("--ical", "due.ics"), ("--csv",)])
def test_the_exit_code_says_whether_something_is_overdue(
    home: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    """Cron would stay silent about a deadline that passed, or cry about one that did not."""
    monkeypatch.chdir(home)
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    assert _run(home, "clocks", "--as-of", "2026-11-21", *more).returncode == 0
    assert _run(home, "clocks", "--as-of", "2026-11-24", *more).returncode == OVERDUE
    _fine(home, "breach", "decide", "B-1", "--addressee", "authority", "--notify", "no")
    assert _run(home, "clocks", *more).returncode == 0


def test_a_span_counts_from_the_moment_asked_about(home: Path) -> None:
    """Asked about last week, `due within` would look at tomorrow."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    for moment, count in (("2026-11-21", 0), ("2026-11-23 00:00", 1)):
        answer = _run(home, "clocks", "--due-within", "24h", "--as-of", moment)
        assert len(answer.stdout.splitlines()) == count


def test_an_undecided_breach_is_shown_and_not_overdue(home: Path) -> None:
    """A suspicion would be forgotten, or called a missed deadline."""
    _opened(home)
    answer = _fine(home, "clocks", "--as-of", "2026-11-30", "--json")
    (clock,) = json.loads(answer.stdout)
    assert (clock["state"], clock["leads"], clock["undecided"]) == ("overdue", False, True)


def test_the_forms_of_clocks_say_the_same(home: Path) -> None:
    """A script that reads CSV would get another deadline than one that reads JSON."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    asked = ("clocks", "--as-of", "2026-11-21")
    (row,) = csv.DictReader(_fine(home, *asked, "--csv").stdout.splitlines())
    (line,) = _fine(home, *asked, "--ndjson").stdout.splitlines()
    (document,) = json.loads(_fine(home, *asked, "--json").stdout)
    assert json.loads(line) == document
    assert document["due_at"] == "2026-11-23T12:00:00Z"
    assert "2026-11-23 13:00:00+01" in row["due"]


def test_a_feed_is_written_whole_or_not_at_all(home: Path, tmp_path: Path) -> None:
    """A calendar would read half a feed, or names of people."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00", "--decided-by", "person:dpo@example.nl")
    target = tmp_path / "due.ics"
    _fine(home, "clocks", "--as-of", "2026-11-21", "--ical", target)
    content = target.read_bytes()
    (entry,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert entry.decoded("dtend").isoformat() == "2026-11-23T12:00:00+00:00"
    assert b"dpo" not in content
    assert b"B-1" not in content
    assert set(tmp_path.iterdir()) == {target, home}
    nowhere = _run(home, "clocks", "--ical", tmp_path / "none" / "due.ics")
    assert nowhere.returncode == 4
    assert "cannot be written" in nowhere.stderr


def test_a_follower_tells_a_clock_and_ends_when_interrupted(home: Path) -> None:
    """Somebody who watches would see nothing, or could not stop."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    with subprocess.Popen(
        [ZEGEL, "--home", home, "clocks", "--follow", "--ndjson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
        text=True,
    ) as watching:
        assert watching.stdout is not None
        told = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)
        code = watching.wait(30)
    assert told["rule_id"] == "gdpr-33-1"
    assert code == 130


def test_a_follower_watches_the_present_alone(home: Path) -> None:
    """A follower of the past would tell nothing for ever."""
    assert _run(home, "clocks", "--follow", "--as-of", "2026-11-21").returncode == 2


def test_a_case_of_an_erased_person_stays_with_its_clocks(home: Path) -> None:
    """Erasing who asked would erase that an answer is due."""
    person = "data-subject:customer:4711"
    received = ("--received-at", "2026-10-01", "--subject", person, "--details", "all")
    _fine(home, "request", "receive", "R-1", "--right", "A15", *received)
    asked = ("--as-of", "2026-10-05")
    (before,) = [json.loads(_fine(home, "request", "list", *asked).stdout)]
    _fine(home, "erase", person, "--request", "R-2", "--yes")
    (after,) = [json.loads(_fine(home, "request", "list", *asked).stdout)]
    assert after == before
    (clock,) = json.loads(_run(home, "clocks", "--json").stdout)
    assert (clock["rule_id"], clock["state"]) == ("gdpr-12-3", "overdue")


def test_the_register_holds_what_the_law_asks(home: Path) -> None:
    """The authority could not verify a breach by the register: facts, effects, action, reasons."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00", "--basis", "a rule was found")
    late = ("--notified-at", "2026-11-24 13:00", "--reasons-for-delay", "holiday")
    _fine(home, "breach", "facts", "B-1", "--records", "120", "--consequences", "fraud")
    _fine(home, "breach", "measure", "B-1", "--aim", "containment", "--measure", "reset")
    _fine(home, "breach", "assess", "B-1", "--risk", "risk", "--basis", "few")
    _fine(home, "breach", "notify", "B-1", "--authority", "ap", "--content", "nature", *late)
    _fine(home, "breach", "open", "B-2", "--occurred-at", "2026-11-21")
    _fine(home, "breach", "rule-out", "B-2", "--basis", "own test")
    asked = ("breach", "list", "--as-of", "2026-12-01")
    first, second = csv.DictReader(_fine(home, *asked, "--csv").stdout.splitlines())
    assert list(first) == [column.name for column in REGISTER_COLUMNS]
    told = {
        "status": "aware",
        "deadline_at": "2026-11-23T12:00:00Z",
        "authority_told_at": "2026-11-24T12:00:00Z",
        "late_seconds": "86400",
        "authority_clock": "late",
        "reasons_for_delay": "withheld",
        "records": "120",
        "consequences": "fraud",
        "measures": "containment: reset",
        "risk": "risk",
        "not_told_yet": "contact-point; consequences; measures",
    }
    assert {name: first[name] for name in told} == told
    assert (second["status"], second["authority_told_at"]) == ("ruled-out", "")
    page = Path(__file__).parents[2] / "docs" / "reference" / "breach-register.md"
    named = [line.split("`")[1] for line in page.read_text().splitlines() if line.startswith("| `")]
    assert named == [column.name for column in REGISTER_COLUMNS]


@pytest.mark.parametrize("columns", ["80", "120", "200"])
def test_no_line_is_wider_than_its_terminal(home: Path, columns: str) -> None:
    """Deadlines would be cut or wrapped in the middle on a narrow terminal."""
    _opened(home)
    _fine(home, *AWARE, "2026-11-20 14:00")
    for words in (("clocks",), ("breach", "list"), ("breach", "show", "B-1")):
        drawn = _on_terminal(home, *words, "--as-of", "2026-11-21", columns=columns)
        assert "2026-11-23 13:00" in drawn
        assert max(map(len, drawn.splitlines())) <= int(columns)


def _on_terminal(home: Path, *words: str, columns: str) -> str:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [ZEGEL, "--home", home, *words],
        stdout=follower,
        stderr=subprocess.DEVNULL,
        env=clean_environment(COLUMNS=columns, NO_COLOR="1"),
    ):
        os.close(follower)
        written = b""
        while chunk := _read(leader):
            written += chunk
    os.close(leader)
    return re.sub(r"\x1b\[[0-9;]*m", "", written.decode())


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65_536)
    except OSError:  # the other side of the terminal was closed
        return b""
