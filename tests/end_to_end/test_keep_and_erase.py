"""The page on keeping and erasing can be followed as it is written."""

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.command_line import zegel_here
from tests.end_to_end.test_tutorial import words
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import steps_of

PAGE: Final = PROJECT / "docs" / "how-to" / "keep-and-erase.md"
_FACTS: Final = (
    ("contract.started --contract-id C-4711", "customer_id", "4711", "2024-01-08T09:00"),
    (
        "access.used --resource crm/mail --actor person:j.jansen",
        "subjects",
        "4711",
        "2024-03-01T10:15",
    ),
    (
        "access.used --resource crm/mail --actor person:p.pieters",
        "subjects",
        "4712",
        "2024-05-02T14:40",
    ),
    (
        "access.used --resource crm/mail --actor person:j.jansen",
        "subjects",
        "4713",
        "2024-09-30T08:05",
    ),
    ("contract.ended --contract-id C-4711", "customer_id", "4711", "2025-01-31T17:00"),
    ("access.used --resource crm/mail --actor person:p.pieters", "subjects", "4713", "-30d"),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A log with the facts that the answers of the page are about."""
    folder = tmp_path / "home"
    assert zegel_here("--home", folder, "init", "--origin", "log.example/crm").returncode == 0
    for fact, field, customer, occurred_at in _FACTS:
        recorded = zegel_here(
            *("--home", str(folder), "record", *fact.split(), "--system", "crm"),
            *(f"--{field.replace('_', '-')}", f"data-subject:customer:{customer}"),
            *("--occurred-at", occurred_at),
        )
        assert recorded.returncode == 0, recorded.stderr
    return folder


def test_every_step_does_what_the_page_shows(home: Path) -> None:
    """Whoever must keep or erase by the page would be stuck, or misled by its answers."""
    steps = steps_of(PAGE.read_text("utf-8"))
    assert len(steps) >= 12
    for command, shown in steps:
        expected = re.search(r"# exit code (\d)", command)
        program, *arguments = shlex.split(command, comments=True)
        assert program == "zegel"
        done = zegel_here("--home", home, *arguments, ZEGEL_OUTPUT="table")
        said = done.stdout + done.stderr
        assert done.returncode == (int(expected[1]) if expected else 0), f"{command}\n{said}"
        missing = words(shown) - words(said)
        assert not missing, f"{command}\n{said}\nmissing: {missing}"
