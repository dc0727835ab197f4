"""The real round, played: what happens in it, and what it leaves for tests to look at."""

import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cli.watching.coverage import LAG
from ledger.units import utc_now
from tests.real_fail2ban import Fail2ban, running_fail2ban
from tests.real_round import (
    Application,
    SyslogDaemon,
    answer,
    blocks_of,
    copy_auth_log,
    do,
    settle_fail2ban,
    until,
    upload,
    watching,
)
from tests.real_sshd import ACCOUNT, running_sshd

ATTACKER: Final = "127.0.0.66"
ONLY_ONCE: Final = "127.0.0.67"
CUSTOMER: Final = "127.0.0.14"
BY_HAND: Final = "203.0.113.200"
LET_IN: Final = "203.0.113.45"
"""Of the copied log; banned, and let in again by hand."""
LONG_S: Final = 4.0
LIMIT_S: Final = 2
WEB, SFTP = "infactor-web", "infobuilder-sftp"


@dataclass(frozen=True)
class Round:
    """What is left of a round: the log, what the programs wrote, when it was."""

    home: Path
    folder: Path
    as_of: str
    bans: dict[str, int]
    """By address, of fail2ban's own database."""

    def records(self, *words: str) -> list[dict[str, Any]]:
        """Records with identities; looking is recorded too, which is why each test asks anew."""
        purpose = ("--identities", "--purpose", "incident-investigation: a round")
        found: list[dict[str, Any]] = answer(self.home, "log", *words, *purpose, "--json")
        return found

    def story(self, promise: str) -> dict[str, Any]:
        """One promise with its judged events."""
        words = ("promises", "--explain", promise, "--all", "--as-of", self.as_of, "--json")
        found: dict[str, Any] = answer(self.home, *words)
        assert found["coverage_gaps"] == []
        return found

    def judged_files(self, promise: str, *kinds: str) -> dict[str, str]:
        """The verdict on each file of one promise, by the name of the file."""
        names = {
            record["index"]: Path(record["event"]["file_id"]).name
            for kind in kinds
            for record in self.records("--kind", kind, "--system", SFTP)
        }
        items = self.story(promise)["items"]
        return {names[item["index"]]: item["verdict"] for item in items if item["index"] in names}


def play(folder: Path, log_socket: Path) -> Round:
    """Plays the round in a folder; `log_socket` is what `/dev/log` is for the real server."""
    home, auth_log = folder / "home", folder / "auth.log"
    do(home, "init", "--no-roles", "--origin", "log.example/round")
    copy_auth_log(auth_log, utc_now())
    application = Application(folder / "orders.ndjson")
    application.log.touch()
    (folder / "fail2ban.log").touch()
    (folder / "srv").mkdir()
    config = folder / "watch.toml"
    config.write_text(configuration(folder))
    do(home, "watch", "--check", str(config))
    (sshd_settings,) = blocks_of("openssh", "")
    with (
        SyslogDaemon(log_socket, auth_log).running(),
        running_sshd(folder / "sshd", log_socket, sshd_settings) as sshd,
        watching(home, config, 3),
    ):
        in_force_from = publish(home)
        time.sleep(max(0.0, (in_force_from - utc_now()).total_seconds()))
        settle_fail2ban(folder, auth_log)
        with running_fail2ban(folder) as fail2ban:
            for account in ("admin", "oracle", ACCOUNT, "root"):
                sshd.guess(account, origin=ATTACKER)
            sshd.guess("admin", origin=ONLY_ONCE)
            one, two = (
                upload(sshd, folder, f"{name}.csv", origin=CUSTOMER) for name in ("one", "two")
            )
            fetched = [folder / "srv" / f"{name}.xml" for name in ("one", "two")]
            application.process(one, fetched[0])
            slow = threading.Thread(
                target=application.process, args=(two, fetched[1]), kwargs={"keeps_s": LONG_S}
            )
            slow.start()
            until(fetched[1].exists, "nothing was made")
            time.sleep(1)  # the server tells whole seconds: a file must not be gone before it came
            sshd.sftp(
                f'get "{fetched[0]}" "{folder}/fetched-one"',
                f'rm "{fetched[0]}"',
                f'get "{fetched[1]}" "{folder}/fetched-two"',
                f"!sleep {LONG_S}",
                f'rm "{fetched[1]}"',
                f'-rm "{folder}/srv/never-there"',
                origin=CUSTOMER,
            )
            slow.join()
            until(lambda: f"Ban {ATTACKER}" in fail2ban.log(), "the attacker is not banned")
            fail2ban.client("set", "sshd", "banip", BY_HAND)
            until(lambda: f"Ban {BY_HAND}" in fail2ban.log(), "nobody was banned by hand")
            bans = banned_by(fail2ban)
            fail2ban.client("set", "sshd", "unbanip", LET_IN)
            until(lambda: f"Unban {LET_IN}" in fail2ban.log(), "nobody was let in")
        # A restart restores every ban; to the log of the past nothing happened.
        with running_fail2ban(folder) as fail2ban:
            until(lambda: f"Restore Ban {BY_HAND}" in fail2ban.log(), "no ban was restored")
        as_of = utc_now() + timedelta(seconds=1)  # syslog writes whole seconds, and so does this
        # A source counts as connected up to a moment before the last look at it.
        time.sleep(LAG.total_seconds() + 2)
    return Round(home, folder, as_of.isoformat(timespec="seconds"), bans)


def configuration(folder: Path) -> str:
    """What the pages say, with the paths of this round."""
    from_pages = [block for block in blocks_of("openssh", "toml") if "auth.log" in block]
    from_pages += [
        block.replace('"gateway"', f'"{WEB}"')
        for block in blocks_of("fail2ban", "toml")
        if "fail2ban.log" in block
    ]
    from_pages.append(
        f'[[source]]\nsystem = "{SFTP}"\nformat = "ndjson"\nfile = "/var/log/orders.ndjson"\n'
    )
    text = "\n".join(from_pages).replace("/var/log/", f"{folder}/")
    return text.replace("Europe/Amsterdam", "UTC")


def publish(home: Path) -> datetime:
    """Both statements in force a moment from now, with the limit that the officer decided on."""
    from_now_on = (utc_now() + timedelta(seconds=4)).replace(microsecond=0)
    begin = ("--effective-from", from_now_on.isoformat())
    for system in (WEB, SFTP):
        do(home, "policy", "publish", system, *begin)
    for promise in ("IFB-05", "IFB-06"):
        reason = ("--reason", "a file is gone at once or it is not")
        do(home, "policy", "set", promise, f"seconds={LIMIT_S}", *reason, *begin)
    return from_now_on


def banned_by(fail2ban: Fail2ban) -> dict[str, int]:
    """How often fail2ban itself says that it banned which address."""
    with contextlib.closing(sqlite3.connect(fail2ban.folder / "fail2ban.sqlite3")) as database:
        rows = database.execute("select ip, count(*) from bans group by ip").fetchall()
    return {str(ip): int(count) for ip, count in rows}
