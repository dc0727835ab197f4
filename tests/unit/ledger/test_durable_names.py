"""Names are brought to the disk by their folder."""

import os
from pathlib import Path

import pytest

from ledger.durable_names import sync_names


def test_the_folder_itself_is_brought_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a file that was acknowledged would have no name."""
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda opened: synced.append(os.fstat(opened).st_ino))
    before = len(list(Path("/proc/self/fd").iterdir()))
    sync_names(tmp_path)
    assert synced == [tmp_path.stat().st_ino]
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    """A name would seem durable because another file is."""
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        sync_names(tmp_path / "file")
