"""`zegel erase`: destroys what is kept of a person, says what it did, and never more than typed."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.command_line import Answer, zegel_here

VICTIM = "data-subject:customer:qzxvictim4711"
OTHER = "data-subject:customer:qzxother4712"
WORDS = "qzxwords of somebody"


def _run(home: Path, *arguments: str | Path) -> Answer:
    return zegel_here("--home", home, *arguments)


def _fine(answer: Answer) -> Answer:
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


def _record(home: Path) -> None:
    for subject in (VICTIM, OTHER):
        _fine(
            _run(
                *(home, "record", "access.used", "--actor", "person:qzxactor@example.nl"),
                *("--resource", "customer-file", "--subjects", subject, "--note", WORDS),
            )
        )


def _shown(home: Path, index: int) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(_fine(_run(home, "show", str(index), "--json")).stdout)
    return shown


def test_what_is_erased_is_shown_as_erased_everywhere(home: Path) -> None:
    """A reader could not tell what was erased, by which event, or whether the log still holds."""
    _record(home)
    done = _fine(_run(home, "erase", VICTIM, "--request", "R-1", "--yes"))
    row = json.loads(done.stdout)
    assert (row["keys_destroyed"], row["disclosures_destroyed"], row["records"]) == (1, 1, 1)
    event = row["confirmed_index"]
    shown = _shown(home, 0)
    assert shown["erased"] == {"subjects/0": {"event": event}, "note": {"event": event}}
    assert shown["personal"]["note"] == "erased"
    assert shown["faults"] == []
    assert f"erased (by event {event})" in {each["state"] for each in shown["digests"]}
    drawn = _fine(_run(home, "show", "0", "--table")).stdout
    assert f"note         erased (by event {event})" in drawn
    listed = _fine(_run(home, "log", "--table")).stdout
    assert f"subjects, note erased (by event {event})" in listed
    report = json.loads(_fine(_run(home, "verify")).stdout)
    assert (report["outcome"], report["counts"]["ERASED"]) == ("valid", 1)
    assert _shown(home, 1)["erased"] == {}


def test_the_program_says_nothing_of_the_erased_person(home: Path) -> None:
    """Logs of the program would keep what it erased."""
    _record(home)
    answers = [
        _run(home, "erase", VICTIM, "--yes"),
        _run(home, "erase", VICTIM, "--yes"),
        _run(home, "log", "--table"),
        _run(home, "show", "0"),
        _run(home, "verify", "--json"),
    ]
    assert [each.returncode for each in answers] == [0, ExitCode.USAGE, 0, 0, 0]
    said = "".join(each.stdout + each.stderr for each in answers)
    assert "qzxvictim" not in said
    assert WORDS not in said


def test_exports_made_since_hold_nothing_of_the_erased_person(home: Path, tmp_path: Path) -> None:
    """Evidence that is handed out would bring back who was erased."""
    _record(home)
    _fine(_run(home, "seal"))
    _fine(_run(home, "erase", VICTIM, "--yes"))
    _fine(_run(home, "seal"))
    bundle = tmp_path / "bundle"
    opened = ("--identities", "--purpose", "other: test")
    _fine(_run(home, "export", "bundle", "--to", bundle, *opened))
    content = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    assert b"qzxvictim" not in content
    key = json.loads(_fine(_run(home, "key", "list")).stdout)["verifier_key"]
    _fine(zegel_here("verify", "--bundle", bundle, "--key", key))
    _fine(_run(home, "prove", "0"))
    _fine(_run(home, "verify", "--quick"))
    _fine(_run(home, "verify", "--jobs", "2"))
    note = bundle / "checkpoint"
    _fine(_run(home, "verify", "--since", note))


def test_it_asks_before_it_erases(home: Path) -> None:
    """A word in a script, or a slip at a terminal, would destroy what nobody can bring back."""
    _record(home)
    refused = _run(home, "erase", VICTIM)
    assert refused.returncode == ExitCode.USAGE
    assert "--yes" in refused.stderr
    assert _shown(home, 0)["erased"] == {}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("data-subject:customer:nobody", "nobody by that name"),
        ("somebody", "expected person:NAME"),
        ("person#01936e2a7c00700080000000000000a1", "nobody by that name"),
    ],
)
def test_who_is_not_known_is_not_erased(home: Path, typed: str, said: str) -> None:
    """A misspelt name would be reported as erased."""
    _record(home)
    answer = _run(home, "erase", VICTIM, typed, "--yes")
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
    assert _shown(home, 0)["erased"] == {}


def test_several_are_erased_at_once(home: Path) -> None:
    """Each name would cost a rewrite of the database."""
    _record(home)
    done = _fine(_run(home, "erase", VICTIM, OTHER, "--yes", "--json"))
    document = json.loads(done.stdout)
    assert [row["disclosures_destroyed"] for row in document["erased"]] == [1, 1]
    assert document["horizon"] is None
    assert document["horizon_explained"] == ["not known: set backup_retention_days"]
    assert done.stderr.count("scrubbing") == 1


def test_the_horizon_follows_from_the_settings(home: Path) -> None:
    """The officer could not say until when backups keep who was erased."""
    _record(home)
    settings = home / "zegel.toml"
    settings.write_text(settings.read_text() + "backup_retention_days = 35\n")
    done = _fine(_run(home, "erase", VICTIM, "--yes"))
    assert json.loads(done.stdout)["horizon"] is not None
    assert "35 days" in done.stderr


def test_an_interrupted_erasure_is_finished_first(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody would stay half erased until the same name is typed again."""
    _record(home)

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr("ledger.erasure.steps.scrub", fail)
        assert _run(home, "erase", VICTIM, "--yes").returncode == ExitCode.UNAVAILABLE
    _fine(_run(home, "verify"))
    done = _fine(_run(home, "erase", VICTIM, OTHER, "--yes"))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["disclosures_destroyed"] for row in rows] == [1, 1]
    assert "1 erasure of an earlier run" in done.stderr
