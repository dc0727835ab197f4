"""The page on pruning can be followed as it is written, and gives what it shows."""

import json
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import follow

PAGE: Final = PROJECT / "docs" / "how-to" / "prune.md"
FACTS: Final = 700


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """A home with 700 uses of access, sealed."""
    home, source = tmp_path / "home", tmp_path / "facts.ndjson"
    made = zegel_here("--home", home, "init", "--no-roles", "--origin", "log.example/test")
    assert made.returncode == 0, made.stderr
    lines = [
        {
            "kind": "access.used.v1",
            "occurred_at": f"2026-03-01T09:{number // 60:02}:{number % 60:02}Z",
            "system": "portal",
            "resource": "customer-file",
            "actor": f"person:u{number % 7}@example.nl",
        }
        for number in range(FACTS)
    ]
    source.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    for command in (("import", source, "--system", "portal"), ("seal",)):
        done = zegel_here("--home", home, *command)
        assert done.returncode == 0, done.stderr
    return home


def test_every_command_of_the_page_gives_what_it_shows(logged: Path, tmp_path: Path) -> None:
    """Somebody who prunes by the page would be surprised in the middle of it."""
    assert follow(PAGE, tmp_path, ZEGEL_HOME=str(logged)) == 8


def test_without_the_signing_key_it_waits_for_the_signature(logged: Path, tmp_path: Path) -> None:
    """Where another machine signs, records would go unsigned, or never."""
    keys, away = logged / "keys" / "signing", tmp_path / "elsewhere"
    keys.rename(away)
    target = tmp_path / "archive"
    asked = ("prune", "--before", "@512", "--to", target, "--with-disclosures", "--yes")
    waits = zegel_here("--home", logged, *asked)
    assert waits.returncode == 4, waits.stderr
    assert "nothing removed yet: `zegel seal`" in waits.stderr
    assert zegel_here("--home", logged, "show", "41").returncode == 0
    assert zegel_here("--home", logged, "prune").returncode == 4
    away.rename(keys)
    assert zegel_here("--home", logged, "seal").returncode == 0
    done = zegel_here("--home", logged, "retention", "prune", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["minimum_index"], said["records_removed"]) == (512, 512)
    assert zegel_here("--home", logged, "verify").returncode == 0
    again = zegel_here("--home", logged, "prune")
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing to finish" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--before", "@300"), 2, "expected both"),
        (("--to", "archive"), 2, "expected both"),
        (("--before", "@300", "--to", "archive"), 2, "--yes: expected it where nobody"),
        (("--before", "@300", "--to", "archive", "--yes"), 2, "erases them all first"),
        (("--before", "@100", "--to", "archive"), 2, "expected at least 256"),
        (("--before", "@9999", "--to", "archive"), 2, "`zegel seal` makes one"),
        (("--before", "2020-01-01", "--to", "archive"), 2, "expected at least 256"),
    ],
)
def test_what_cannot_be_pruned_is_refused_and_stays(
    logged: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """A slip of the hand would cost records, or leave half an archive behind."""
    target = tmp_path / "archive"
    typed = [str(target) if word == "archive" else word for word in arguments]
    done = zegel_here("--home", logged, "prune", *typed)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert not target.exists()
    assert zegel_here("--home", logged, "show", "0").returncode == 0


def test_a_time_chooses_what_was_recorded_before_it(logged: Path, tmp_path: Path) -> None:
    """Records from after the time that was named would go."""
    newest = json.loads(zegel_here("--home", logged, "show", str(FACTS - 1)).stdout)
    done = zegel_here(
        *("--home", logged, "prune", "--before", newest["recorded_at"]),
        *("--to", tmp_path / "archive", "--with-disclosures"),
    )
    # One import is one batch: all of it was recorded at that very instant, nothing before.
    assert done.returncode == 2
    assert "index 0: expected at least 256" in done.stderr


def test_a_checkpoint_that_cannot_be_compared_is_told(logged: Path, tmp_path: Path) -> None:
    """Somebody who kept a checkpoint would believe that it was compared when it was not."""
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(zegel_here("--home", logged, "checkpoint", "show").stdout, "utf-8")
    source = tmp_path / "more.ndjson"
    line = {"kind": "access.used.v1", "occurred_at": "2026-03-02T09:00:00Z", "resource": "file"}
    source.write_text(
        "".join(f"{json.dumps(line | {'note': str(number)})}\n" for number in range(400)), "utf-8"
    )
    assert zegel_here("--home", logged, "import", source, "--system", "portal").returncode == 0
    assert zegel_here("--home", logged, "seal").returncode == 0
    pruned = zegel_here(
        *("--home", logged, "prune", "--before", "@800", "--to", tmp_path / "archive"),
        *("--with-disclosures", "--yes"),
    )
    assert pruned.returncode == 0, pruned.stderr
    told = zegel_here("--home", logged, "verify", "--checkpoint", kept)
    assert told.returncode == 4
    assert "checkpoint file kept.checkpoint: its signature holds" in told.stderr
    assert json.loads(told.stdout)["checkpoints_uncompared"] == 2
    since = zegel_here("--home", logged, "verify", "--since", kept)
    assert (since.returncode, "records after it were pruned" in since.stderr) == (4, True)


def test_what_pruning_erased_is_no_unfinished_retention(logged: Path, tmp_path: Path) -> None:
    """The next run would claim an execution that pruning did, and count its values twice."""
    target = tmp_path / "a.zip"
    pruned = zegel_here(
        *("--home", logged, "prune", "--before", "@512", "--to", target),
        *("--with-disclosures", "--yes"),
    )
    assert pruned.returncode == 0, pruned.stderr
    ran = zegel_here("--home", logged, "retention", "run", "--yes", "--json")
    assert json.loads(ran.stdout)["executed"] == [], ran.stdout
