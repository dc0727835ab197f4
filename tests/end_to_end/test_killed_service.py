"""A service that is killed while hundreds write loses nothing that it acknowledged."""

import json
from pathlib import Path
from typing import Final

from tests.command_line import zegel_here
from tests.killed_service import Run, require_exactly_once, write_while_killing
from tests.running_service import ORIGIN

SHORT: Final = Run(processes=2, writers=100, events=4, kills=3)


def test_acknowledged_events_are_there_exactly_once(tmp_path: Path, database_url: str) -> None:
    """A program would hold a receipt of a fact that is gone, or a fact would be told twice."""
    home = tmp_path / "home"
    made = zegel_here("--home", home, "init", "--origin", ORIGIN, "--database", database_url)
    assert made.returncode == 0, made.stderr
    told = write_while_killing(home, SHORT)
    stored = require_exactly_once(home, told)
    assert told.retried > 0
    assert len(told.receipts) <= stored <= SHORT.total
    verified = zegel_here("--home", home, "verify")
    assert verified.returncode == 0, verified.stdout
    assert json.loads(verified.stdout)["outcome"] == "valid"
