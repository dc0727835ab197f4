"""The page on verifying with public tools works as it is written, and finds what is wrong."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.command_line import ZEGEL, clean_environment

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "how-to" / "verify-without-zegel.md"
HANDED_OVER = """
set -e
export ZEGEL_HOME=home
zegel init --origin log.example.nl/page
zegel import "$LOG" --system web --year 2025
zegel seal
zegel show 5 --raw > record
zegel prove 5 --to record.tlog-proof
zegel key show > log.vkey
"""


def run(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A shell in a folder, with the program and an example log at hand."""
    environment = clean_environment(LOG=str(PROJECT / "cli" / "demo_data" / "auth.log"))
    environment["PATH"] = f"{ZEGEL.parent}:{environment['PATH']}"
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def page() -> str:
    """Every block of the page, in order, as one script that stops at the first failure."""
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return "set -e -o pipefail\n" + "\n".join(blocks)


@pytest.fixture
def handed_over(tmp_path: Path) -> Path:
    """A folder with what the page says that the reader has."""
    made = run(tmp_path, HANDED_OVER)
    assert made.returncode == 0, made.stderr
    return tmp_path


def test_the_page_verifies_a_record(handed_over: Path, page: str) -> None:
    """A reader who trusts no program of ours could not check the evidence."""
    done = run(handed_over, page)
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    assert "record 5 is one of the 37 records of log.example.nl/page" in done.stdout


@pytest.mark.parametrize(
    "damage",
    [
        "sed -i 's/web/wob/' record",
        "sed -i 's/^index 5$/index 4/' record.tlog-proof",
        "sed -i 's/^37$/38/' record.tlog-proof",
        "sed -i '3s/./_/' record.tlog-proof",
    ],
)
def test_the_page_refuses_what_was_changed(handed_over: Path, page: str, damage: str) -> None:
    """The page would call forged evidence good."""
    assert run(handed_over, damage).returncode == 0
    assert run(handed_over, page).returncode != 0
