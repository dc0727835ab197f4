"""What tests start leaves nothing behind on the machine, also where their run is killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.house.tracked_files import PROJECT
from tests.real_fail2ban import require_fail2ban, settle
from tests.stopped_programs import ended_with_us

OWNER = """
import sys, time
from pathlib import Path
from tests.real_fail2ban import running_fail2ban
with running_fail2ban(Path(sys.argv[1])):
    print("runs", flush=True)
    time.sleep(60)
"""
STARTER = """
import subprocess, sys
subprocess.run(sys.argv[1:])
"""
SLEEPER = "echo $$; exec sleep 120"


def _killed_once_it_spoke(program: str, *words: str | Path) -> str:
    """What a program of ours said first, which was killed then."""
    with subprocess.Popen(
        [sys.executable, "-c", program, *words],
        cwd=PROJECT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        said = owner.stdout.readline().strip()
        owner.send_signal(signal.SIGKILL)
    return said


def _comes_true(is_true: Callable[[], bool]) -> bool:
    for _ in range(600):
        if is_true():
            return True
        time.sleep(0.05)
    return False


def _runs(pid: int) -> bool:
    """Whether a process is there and not only waits for somebody who asks how it ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def test_a_program_ends_with_a_run_that_is_killed() -> None:
    """Every killed run would leave its servers behind, on the ports that they hold."""
    pid = int(_killed_once_it_spoke(STARTER, *ended_with_us(), "sh", "-c", SLEEPER))
    assert _comes_true(lambda: not _runs(pid))


def test_fail2ban_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    """A fail2ban server would go on after the run, and ban to a service that is gone."""
    require_fail2ban()
    settle(tmp_path, "http://127.0.0.1:9/", key="none")
    assert _killed_once_it_spoke(OWNER, tmp_path) == "runs"
    assert _comes_true(lambda: not (tmp_path / "pid").exists())
