"""The service manager hears when the service is ready, and its absence troubles nobody."""

import socket
from pathlib import Path

import pytest

from service.operations.notifying import VARIABLE, notify


@pytest.mark.parametrize("abstract", [False, True])
def test_the_manager_is_told(tmp_path: Path, abstract: bool) -> None:  # noqa: FBT001 - a case
    """A unit of type `notify` would be taken for one that never started."""
    name = f"@zegel-{tmp_path.name}-{id(tmp_path)}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + name[1:] if abstract else name)
        manager.settimeout(10)
        notify("READY=1", {VARIABLE: name})
        assert manager.recv(100) == b"READY=1"


def test_nobody_has_to_listen(tmp_path: Path) -> None:
    """A service started by hand would not start."""
    notify("READY=1", {})
    notify("STOPPING=1", {VARIABLE: str(tmp_path / "nobody")})
