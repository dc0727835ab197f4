"""The installed command, as a person and a script use it."""

import csv
import gzip
import io
import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.command_line import ZEGEL, clean_environment, zegel, zegel_here

SSHD_LINES = """\
Dec 10 06:55:48 web sshd[24200]: Failed password for root from 203.0.113.7 port 38926 ssh2
Dec 10 06:55:49 web sshd[24201]: Failed password for root from 203.0.113.7 port 38927 ssh2
not a log line at all
Dec 10 06:56:49 web sshd[24202]: Accepted password for alice from 198.51.100.4 port 2022 ssh2
"""


def on_terminal(*arguments: str | Path, **variables: str) -> str:
    """What the command writes when standard output is a terminal of 100 columns."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [ZEGEL, *arguments],
        stdout=follower,
        stderr=subprocess.DEVNULL,
        env=clean_environment(**variables),
    ):
        os.close(follower)
        written = b""
        while chunk := _read(leader):
            written += chunk
    os.close(leader)
    return written.decode()


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65_536)
    except OSError:  # the other side of the terminal was closed
        return b""


def test_a_pipe_gets_json_lines_and_notes_stay_beside(filled: Path) -> None:
    """A script that reads the answer would stumble over a note or a table."""
    answer = zegel("--home", filled, "log", "--since", "2026-03-02", "--until", "2026-03-04")
    assert answer.returncode == 0
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row["index"] for row in rows] == [1, 2]
    assert rows[0]["event"]["occurred_at"] == "2026-03-02T08:00:00Z"
    assert answer.stderr == "occurred from 2026-03-02 00:00:00+01 until 2026-03-04 00:00:00+01\n"


def test_a_terminal_gets_a_table(filled: Path) -> None:
    """A person would get JSON."""
    shown = on_terminal("--home", filled, "log")
    assert "what happened" in shown
    assert "2026-03-01 09:00:00+01" in shown
    assert "{" not in shown


def test_colour_only_where_it_is_wanted(filled: Path) -> None:
    """Somebody who cannot use colours would get them, or a pipe would hold escapes."""
    assert "\x1b[" in on_terminal("--home", filled, "verify")
    # Bold and italic are no colours, and stay.
    assert "\x1b[32m" not in on_terminal("--home", filled, "verify", NO_COLOR="1")
    assert "\x1b" not in zegel("--home", filled, "verify", "--table").stdout


def test_no_identity_is_shown_unasked(filled: Path) -> None:
    """Everybody who may see the log would see who is in it."""
    for arguments in (["log"], ["show", "0"], ["state", "access"], ["log", "--table"]):
        answer = zegel_here("--home", filled, *arguments)
        assert answer.returncode == 0, answer.stderr
        assert "example.nl" not in answer.stdout
        assert "person#" in answer.stdout


def test_looking_at_identities_is_recorded(home: Path) -> None:
    """Nobody could tell later who looked."""
    grant = ("--grant-id", "G", "--grantee", "person:a@example.nl", "--resource", "files")
    zegel_here("--home", home, "record", "access.granted", *grant)
    refused = zegel_here("--home", home, "log", "--identities")
    assert (refused.returncode, refused.stdout) == (2, "")
    answer = zegel_here("--home", home, "log", "--identities", "--purpose", "incident 14")
    assert "person:a@example.nl" in answer.stdout
    shown = zegel_here("--home", home, "show", "0", "--identities", "--purpose", "incident 14")
    assert "person:a@example.nl" in shown.stdout
    reads = zegel_here("--home", home, "log", "--kind", "log.read").stdout.splitlines()
    assert len(reads) == 2
    assert json.loads(reads[0])["event"]["records"] == 2  # the fact, and who got the roles


def test_kinds_can_be_left_out(home: Path) -> None:
    """Whoever looks often would read of little but their own readings."""
    recorded = zegel_here(
        *("--home", home, "record", "file.received", "--file-id", "F-1"),
        *("--occurred-at", "2026-03-02T09:00", "--system", "portal"),
    )
    assert recorded.returncode == 0, recorded.stderr
    zegel_here("--home", home, "log", "--identities", "--purpose", "incident-investigation")
    every = zegel_here("--home", home, "log", "--ndjson").stdout.splitlines()
    narrow = ("--without", "log", "--without", "access.granted")
    left = zegel_here("--home", home, "log", *narrow, "--ndjson").stdout.splitlines()
    assert len(every) > len(left)
    assert [json.loads(line)["kind"] for line in left] == ["file.received.v1"]
    refused = zegel_here("--home", home, "log", "--without", "nonsense")
    assert refused.returncode == 2


def test_csv_has_no_formula(filled: Path) -> None:
    """A spreadsheet would run what somebody wrote into the log."""
    answer = zegel_here("--home", filled, "log", "--csv")
    rows = list(csv.reader(io.StringIO(answer.stdout)))
    assert len(rows) == 6
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_a_reader_that_leaves_ends_the_command_quietly(filled: Path) -> None:
    """`zegel log | head` would end with a trace."""
    program = f'"{ZEGEL}" --home "{filled}" log | head -n 1; echo "${{PIPESTATUS[0]}}"'
    answer = subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, env=clean_environment(), check=True
    )
    assert answer.stderr == ""
    assert answer.stdout.splitlines()[-1] in {"0", "141"}
    assert json.loads(answer.stdout.splitlines()[0])["index"] == 0


def test_the_same_import_again_adds_nothing(home: Path, tmp_path: Path) -> None:
    """A job that runs every hour would count every intruder every hour."""
    log = tmp_path / "auth.log"
    log.write_text(SSHD_LINES)
    options = ("--system", "web", "--year", "2025")
    first = zegel_here("--home", home, "import", log, *options)
    assert first.returncode == 0
    summary = json.loads(first.stdout)
    assert (summary["recorded"], summary["unreadable"]) == (3, 1)
    assert "line 3" in first.stderr
    kept = [json.loads(line) for line in Path(summary["quarantine"]).read_text().splitlines()]
    assert [line["place"] for line in kept] == ["line 3"]
    assert Path(summary["quarantine"]).stat().st_mode & 0o077 == 0
    again = json.loads(zegel_here("--home", home, "import", log, *options).stdout)
    assert (again["recorded"], again["already_there"], again["unreadable"]) == (0, 0, 0)
    whole = json.loads(zegel_here("--home", home, "import", log, *options, "--again").stdout)
    assert (whole["recorded"], whole["already_there"]) == (0, 3)
    with log.open("a") as more:
        more.write(SSHD_LINES.splitlines()[0].replace("06:55:48", "07:00:00") + "\n")
    grown = json.loads(zegel_here("--home", home, "import", log, *options).stdout)
    assert (grown["recorded"], grown["already_there"]) == (1, 0)
    assert len(zegel_here("--home", home, "log", "--system", "web").stdout.splitlines()) == 4
    noted = zegel_here("--home", home, "log", "--system", "zegel.sources").stdout
    assert [json.loads(line)["kind"] for line in noted.splitlines()] == ["log.lines_quarantined.v1"]


@pytest.mark.parametrize("is_old", [False, True], ids=["cursor", "cursor of an earlier version"])
def test_a_document_that_was_written_anew_is_read_whole(
    home: Path, tmp_path: Path, *, is_old: bool
) -> None:
    """Facts before the end of the document before would be left out, and nobody told."""
    document = tmp_path / "events.json"

    def imported(*numbers: int) -> tuple[int, int]:
        records = [
            {
                "id": f"00000000-0000-4000-8000-{number:012}",
                "time": 1_764_000_000_000 + number,
                "type": "LOGIN",
                "realmId": "infactor",
                "clientId": "portal",
                "userId": "u-1",
                "ipAddress": "203.0.113.7",
            }
            for number in numbers
        ]
        document.write_text(json.dumps(records, indent=1))
        options = ("--from", "keycloak", "--system", "idp")
        found = json.loads(zegel_here("--home", home, "import", document, *options).stdout)
        assert found["conflicts"] == found["unreadable"] == 0
        return found["recorded"], found["already_there"]

    assert imported(1, 2, 3) == (3, 0)
    assert imported(1, 2, 3) == (0, 0)
    if is_old:
        (cursor,) = (home / "imports").glob("*.json")
        kept = json.loads(cursor.read_text())
        del kept["head"]
        cursor.write_text(json.dumps(kept))
    assert imported(7, 8, 9, 1, 2, 3) == (3, 3)
    assert imported(7, 8, 9, 1, 2, 3, 4) == (1, 6)


@pytest.mark.parametrize(("name", "content"), [("quiet.log", ""), ("events.json", "[]\n")])
def test_a_file_with_nothing_in_it_keeps_none_of_the_others_out(
    home: Path, tmp_path: Path, name: str, content: str
) -> None:
    """One quiet day, and a nightly import of a folder would stop before all that came after it."""
    (tmp_path / name).write_text(content)
    (tmp_path / "told.log").write_text(SSHD_LINES.splitlines()[0])
    files = (tmp_path / name, tmp_path / "told.log")
    answer = zegel_here("--home", home, "import", *files, "--year", "2025")
    assert answer.returncode == 0, answer.stderr
    empty, told = (json.loads(line) for line in answer.stdout.splitlines())
    assert (empty["format"], empty["recorded"], told["recorded"]) == ("empty", 0, 1)


@pytest.mark.parametrize("more", [(), ("--dry-run",)], ids=["import", "dry run"])
def test_files_that_are_not_understood_are_all_named_before_anything_is_recorded(
    home: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    """Some files would be in the log, others not looked at, and nobody could say which."""
    told, odd, odder = (tmp_path / name for name in ("told.log", "odd.txt", "odder.txt"))
    told.write_text(SSHD_LINES.splitlines()[0])
    odd.write_text("Dear all,\n")
    odder.write_text("as promised\n")
    files = (told, odd, tmp_path / "none.log", tmp_path, odder)
    answer = zegel_here("--home", home, "import", *files, "--year", "2025", *more)
    assert (answer.returncode, answer.stdout) == (2, "")
    (said,) = answer.stderr.splitlines()
    assert f"{odd}, {odder}: expected one of ndjson, " in said
    assert f"{tmp_path / 'none.log'}: expected a file that can be read, found: No such" in said
    assert f"{tmp_path}: expected a file that can be read, found: Is a directory" in said
    assert said.endswith("; nothing was recorded")
    attempts = ("--home", home, "log", "--kind", "intrusion.attempt_detected")
    assert zegel_here(*attempts).stdout == ""
    assert not (home / "imports").exists()
    again = zegel_here("--home", home, "import", told, "--year", "2025")
    assert json.loads(again.stdout)["recorded"] == 1
    assert len(zegel_here(*attempts).stdout.splitlines()) == 1


def test_what_comes_only_once_is_read_from_its_first_byte(home: Path, tmp_path: Path) -> None:
    """To look at a pipe before it is read would take its first lines away."""
    first, second = SSHD_LINES.splitlines(keepends=True)[:2]
    (tmp_path / "plain.log").write_text(first.replace("06:55", "07:55"))
    (tmp_path / "packed").write_bytes(gzip.compress(second.encode()))
    answer = subprocess.run(
        ["bash", "-c", f'"{ZEGEL}" --home "{home}" import plain.log - <(cat packed) --year 2025'],
        input=first,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=clean_environment(),
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    read = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [each["recorded"] for each in read] == [1, 1, 1]


def test_a_dry_run_records_nothing(home: Path) -> None:
    """Somebody who only wanted to look would have changed the log."""
    answer = zegel_here(
        *("--home", home, "import", "-", "--from", "openssh", "--year", "2025", "--dry-run"),
        stdin=SSHD_LINES,
    )
    assert json.loads(answer.stdout)["recorded"] == 3
    assert zegel_here("--home", home, "log").stdout == ""
    assert not list(home.glob("quarantine/*"))


def test_a_fact_can_come_as_json(home: Path) -> None:
    """A program would have to turn its event into options."""
    event = {"kind": "ip.recorded", "occurred_at": "2026-01-01T00:00:00Z", "ip": "ip:203.0.113.7"}
    answer = zegel_here("--home", home, "record", "--json", "-", stdin=json.dumps(event))
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["index"] == 0
    found = zegel_here("--home", home, "log", "--ip", "203.0.113.7").stdout
    assert json.loads(found)["kind"] == "ip.recorded.v1"


def test_raw_bytes_are_the_sealed_ones(filled: Path) -> None:
    """An auditor could not hash what was sealed."""
    raw = zegel_here("--home", filled, "show", "0", "--raw").stdout
    assert raw.startswith("zegel/record/v1\nlog.example/test\n0\n")
    assert "_sd" in raw


def test_a_view_says_what_it_is_true_of(filled: Path) -> None:
    """An answer could not be compared with a checkpoint."""
    answer = json.loads(zegel_here("--home", filled, "state", "access", "--json").stdout)
    report = json.loads(zegel_here("--home", filled, "verify").stdout)
    assert (answer["size"], answer["root"]) == (report["size"], report["root"])
    assert len(answer["rows"]) == 5
    before = zegel_here(
        "--home", filled, "state", "access", "--as-of", "2026-03-02T12:00", "--json"
    )
    assert len(json.loads(before.stdout)["rows"]) == 2


def test_rebuilt_views_say_the_same(filled: Path) -> None:
    """Nobody could trust a view that changes when it is built again."""
    rows = json.loads(zegel_here("--home", filled, "state", "access", "--json").stdout)["rows"]
    rebuilt = zegel_here("--home", filled, "rebuild", "access")
    assert json.loads(rebuilt.stdout) == {"view": "access", "rows": 5, "size": 5}
    assert (
        json.loads(zegel_here("--home", filled, "state", "access", "--json").stdout)["rows"] == rows
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str) -> None:
    """Nobody would remember 120 kinds."""
    assert "_ZEGEL_COMPLETE" in zegel("completion", shell).stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("zegel st", "state"),
        ("zegel record access.gr", "access.granted"),
        ("zegel record access.granted --gran", "--grant-id"),
        ("zegel log --kind ip.bl", "ip.blocked"),
        ("zegel state bl", "blocks"),
        ("zegel import --from open", "openssh"),
        ("zegel log --system po", "portal"),
    ],
)
def test_a_word_is_completed(filled: Path, words: str, expected: str) -> None:
    """A kind, view or system would have to be typed in full."""
    last = len(words.split()) - 1
    answer = zegel(
        _ZEGEL_COMPLETE="bash_complete",
        COMP_WORDS=words,
        COMP_CWORD=str(last),
        ZEGEL_HOME=str(filled),
    )
    assert f"plain,{expected}" in answer.stdout.splitlines()


def test_times_are_local_unless_utc_is_asked_for(filled: Path) -> None:
    """A time read aloud in a meeting would be an hour off."""
    local = zegel_here("--home", filled, "log", "-n", "1", "--table").stdout
    utc = zegel_here("--utc", "--home", filled, "log", "-n", "1", "--table").stdout
    after = zegel_here("log", "-n", "1", "--table", "--utc", "--home", filled).stdout
    assert "2026-03-01 09:00:00+01" in local
    assert "2026-03-01 08:00:00Z" in utc
    assert after == utc


def test_what_is_recorded_next_is_followed(home: Path) -> None:
    """Somebody who watches an incident would have to ask again and again."""
    with subprocess.Popen(
        [ZEGEL, "--home", home, "log", "--follow"],
        stdout=subprocess.PIPE,
        env=clean_environment(),
        text=True,
    ) as watching:
        fact = ("ip.recorded", "--ip", "ip:203.0.113.7")
        assert zegel("--home", home, "record", *fact).returncode == 0
        assert watching.stdout is not None
        row = json.loads(watching.stdout.readline())
        watching.terminate()
    assert row["kind"] == "ip.recorded.v1"
