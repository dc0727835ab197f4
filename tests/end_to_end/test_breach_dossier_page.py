"""The page on the dossier of a breach can be followed as it is written."""

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pypdf

from tests.command_line import ZEGEL, clean_environment, zegel_here
from tests.house.tracked_files import PROJECT

PAGE: Final = PROJECT / "docs" / "how-to" / "breach-dossier.md"


def _run(command: str, folder: Path, home: Path) -> None:
    environment = clean_environment(ZEGEL_HOME=str(home))
    environment["PATH"] = f"{ZEGEL.parent}:{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"


def _detach(pdf: Path) -> None:
    """What `pdfdetach` does, where it is not installed."""
    attached = pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).attachments
    for name, (content,) in attached.items():
        (pdf.parent / name).write_bytes(content)


def test_every_command_of_the_page_works(home: Path, tmp_path: Path) -> None:
    """Somebody with an authority at the door would be stuck half-way."""
    opened = zegel_here("--home", home, "breach", "open", "B-7", "--cause", "phishing")
    assert opened.returncode == 0, opened.stderr
    commands = re.findall(r"^\$ (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 7
    for command in commands:
        if command.startswith("pdfdetach") and shutil.which("pdfdetach") is None:
            _detach(tmp_path / "b-7.pdf")
        else:
            _run(command, tmp_path, home)
    assert {path.name for path in tmp_path.iterdir()} >= {
        *("b-7.pdf", "b-7.html", "b-7.case.json", "b-7.evidence.json"),
        *("full.pdf", "earlier.pdf", "case.json", "evidence.json"),
    }
