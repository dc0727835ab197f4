"""The logs of a home are found by one look into its folder."""

from pathlib import Path

import pytest

from ledger.home import Home
from ledger.many_logs.home_logs import all_logs


def test_the_folder_is_looked_into_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round of the signer over a thousand logs would look a million times for a file."""
    names = [f"log-{number}" for number in range(20)]
    for name in names:
        (tmp_path / "logs" / name).mkdir(parents=True)
        (tmp_path / "logs" / name / "zegel.toml").write_text(f'origin = "{name}"\n', "utf-8")
    (tmp_path / "zegel.toml").write_text('origin = "main"\n', "utf-8")
    looks: list[Path] = []
    iterdir = Path.iterdir

    def watched(self: Path) -> object:
        looks.append(self)
        return iterdir(self)

    monkeypatch.setattr(Path, "iterdir", watched)
    found = dict(all_logs(Home(tmp_path)))
    assert list(found) == ["main", *sorted(names)]
    assert found["main"].folder == tmp_path
    assert found["log-7"].folder == tmp_path / "logs" / "log-7"
    assert looks == [tmp_path / "logs"]
