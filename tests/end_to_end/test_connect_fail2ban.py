"""A real fail2ban with the configuration of the page: told by action, log and database, once."""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from ledger.home import Home
from tests.command_line import Answer, zegel_here
from tests.killed_service import recorder_key
from tests.real_fail2ban import require_fail2ban, running_fail2ban, settle
from tests.real_round import blocks_of, until
from tests.running_service import make_home, running_service

TOLD_AT_ONCE: Final = "203.0.113.77"
NOT_TOLD: Final = "2001:db8::5"


def commands() -> dict[str, str]:
    """The commands of the page that take something in or compare, by what they begin with."""
    shown = blocks_of("fail2ban", "sh")[1:]
    log, reconcile, record, database = (block.strip() for block in shown)
    return {"log": log, "reconcile": reconcile, "record": record, "database": database}


def configure(folder: Path, url: str, key: str) -> None:
    """The jail of the page, in a server that acts against nobody."""
    settle(folder, url, key=key)
    (block,) = blocks_of("fail2ban", "ini")
    here = f'{url}", key_file="{folder}/key", spool="{folder}/spool'
    jails = folder / "etc" / "jail.d"
    jails.mkdir()
    (jails / "zegel.local").write_text(block.replace("https://audit.example.nl", here))
    jail = folder / "etc" / "jail.conf"
    jail.write_text("[DEFAULT]\naction_ =\n" + jail.read_text().partition("action =")[0])


@dataclass(frozen=True)
class Played:
    """A home, and the folder in which fail2ban was."""

    home: Path
    folder: Path

    def run(self, command: str, *more: str) -> Answer:
        """What a command of the page answers here."""
        words = command.replace("/var/log", str(self.folder))
        words = words.replace("/var/lib/fail2ban", str(self.folder))
        words = words.replace("Europe/Amsterdam", "UTC").removeprefix("zegel ")
        return zegel_here("--home", self.home, *words.split(), *more)

    def verdicts(self, command: str, code: int) -> dict[str, list[int]]:
        """How many records tell of the bans of each verdict."""
        answer = self.run(command, "--all", "--ndjson")
        assert answer.returncode == code, answer.stderr
        found: dict[str, list[int]] = {}
        for row in map(json.loads, answer.stdout.splitlines()):
            found.setdefault(row["verdict"], []).append(len(row["indexes"]))
        return found


@pytest.fixture(scope="module", autouse=True)
def _in_utc() -> Iterator[None]:
    """Local times, of which fail2ban writes its log, are those of UTC."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


def is_blocked(home: Path) -> bool:
    """Whether the log was told of a block."""
    ledger = Home(home).open_ledger()
    try:
        return any(each.kind == "ip.blocked.v1" for each in ledger.log.scan())
    finally:
        ledger.close()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One ban that the service was told of, and one while it was away."""
    require_fail2ban()
    folder = tmp_path_factory.mktemp("fail2ban")
    home = make_home(tmp_path_factory.mktemp("homes") / "home")
    with running_service(home, "--no-grpc") as service:
        configure(folder, service.url, recorder_key(home))
        with running_fail2ban(folder) as fail2ban:
            fail2ban.fail(TOLD_AT_ONCE)
            until(lambda: is_blocked(home), "nobody was blocked")
            service.stop()
            fail2ban.client("set", "sshd", "banip", NOT_TOLD)
            until(lambda: bool(fail2ban.waiting()), "nothing waits")
    return Played(home, folder)


@pytest.fixture
def played(once: Played, tmp_path: Path) -> Played:
    """The same, with a home of its own."""
    return Played(Path(shutil.copytree(once.home, tmp_path / "home")), once.folder)


def test_what_nobody_was_told_is_found_and_each_ban_is_one(played: Played) -> None:
    """A ban would be missed, or stand in the log as two."""
    page = commands()
    assert played.verdicts(page["reconcile"], code=3) == {"told": [1], "missing": [0]}
    logged = played.run(page["log"], "--json")
    assert logged.returncode == 0, logged.stderr
    assert played.verdicts(page["reconcile"], code=0) == {"told": [2, 1]}
    imported: dict[str, Any] = json.loads(played.run(page["database"], "--json").stdout)
    assert imported["recorded"] == 0
    assert imported["skipped"] == {"a ban that the log tells of already": 2}
    assert zegel_here("--home", played.home, "rebuild").returncode == 0
    asked = zegel_here("--home", played.home, "state", "blocks", "--json")
    blocks = json.loads(asked.stdout)["rows"]
    assert len({row["block"] for row in blocks}) == len(blocks) == 2


def test_what_nobody_was_told_is_recorded_from_the_database(played: Played) -> None:
    """An outage would leave a hole for ever."""
    page = commands()
    assert played.verdicts(page["record"], code=0) == {"told": [1], "recorded": [0]}
    assert played.verdicts(page["record"], code=0) == {"told": [1, 1]}
    assert zegel_here("--home", played.home, "verify").returncode == 0
