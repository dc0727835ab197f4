"""What the first page shows of the service is what a newcomer sees."""

import re
from pathlib import Path
from typing import Final

from tests.page_transcripts import in_shell, shows
from tests.running_service import running_service

README: Final = Path(__file__).resolve().parents[2] / "README.md"
SERVE: Final = "zegel serve &"
HTTP: Final = "http://127.0.0.1:8080"


def steps() -> list[tuple[str, str]]:
    """Each command of the chapter, with what the page shows of its answer."""
    (block,) = re.findall(r"```console\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        typed = 1 + sum(line.startswith("> ") for line in lines)
        command = "\n".join(line.removeprefix("> ") for line in lines[:typed])
        found.append((command, "\n".join(lines[typed:])))
    return found


def test_the_service_is_as_the_first_page_shows(tmp_path: Path) -> None:
    """A newcomer would fail in the first five minutes, or see something else."""
    commands = [command for command, _ in steps()]
    at = commands.index(SERVE)
    home = tmp_path / "home"
    for command, answer in steps()[:at]:
        require_shown(command, answer, tmp_path)
    with running_service(home) as service:
        said = [f"{name} {address}" for name, address in service.addresses.items()]
        shown = steps()[at][1].splitlines()
        assert [line.split()[0] for line in said] == [line.split()[0] for line in shown[:-1]]
        for command, answer in steps()[at + 1 :]:
            require_shown(command.replace(HTTP, service.url), answer, tmp_path)


def require_shown(command: str, answer: str, folder: Path) -> None:
    """Runs a command, and compares its answer with that of the page."""
    settings = {"ZEGEL_HOME": str(folder / "home"), "ZEGEL_OUTPUT": "table"}
    done = in_shell(command, folder, settings)
    assert done.returncode == 0, done.stdout
    assert shows(answer, done.stdout), f"{command}\n{done.stdout}"
