"""Files of the owner alone are made closed, and closed again where nobody can be using them."""

from pathlib import Path

import pytest

from ledger.private_files import close_to_others, make_private_file
from ledger.store.engine import open_engine


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_file_is_made_closed_and_what_is_there_stays(tmp_path: Path) -> None:
    """Between its making and its closing somebody could open it, or what it holds would be lost."""
    path = tmp_path / "log"
    make_private_file(path)
    assert (_mode(path), path.read_bytes()) == (0o600, b"")
    path.write_bytes(b"x")
    make_private_file(path)
    assert path.read_bytes() == b"x"


@pytest.mark.parametrize(
    ("folder", "before", "after"),
    [(0o700, 0o644, 0o600), (0o700, 0o600, 0o600), (0o750, 0o640, 0o640), (0o755, 0o664, 0o664)],
)
def test_only_what_nobody_else_can_be_using_is_closed(
    tmp_path: Path, folder: int, before: int, after: int
) -> None:
    """A reader to whom the owner opened the folder would be shut out by an upgrade."""
    tmp_path.chmod(folder)
    path = tmp_path / "log"
    path.touch()
    path.chmod(before)
    close_to_others(path)
    assert _mode(path) == after


def test_a_link_and_what_is_missing_stay_as_they_are(tmp_path: Path) -> None:
    """The rights of a file elsewhere would change, or a home without that file fail."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch()
    elsewhere.chmod(0o644)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "link").symlink_to(elsewhere)
    close_to_others(closed / "link")
    close_to_others(closed / "missing")
    assert _mode(elsewhere) == 0o644


def test_a_database_is_closed_with_what_is_written_beside_it(tmp_path: Path) -> None:
    """What was written last would lie open beside a closed log."""
    path = tmp_path / "zegel.db"
    engine = open_engine(f"sqlite:///{path}", create=True)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
        modes = {each.name: _mode(each) for each in tmp_path.iterdir()}
    engine.dispose()
    assert modes == dict.fromkeys(("zegel.db", "zegel.db-wal", "zegel.db-shm"), 0o600)
