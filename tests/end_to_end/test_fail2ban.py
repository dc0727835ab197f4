"""Our action in a real fail2ban server: what it bans is told, once, whatever stops meanwhile."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from ledger.home import Home
from tests.command_line import zegel_here
from tests.killed_service import recorder_key
from tests.loopback_server import Answer, Request, serving
from tests.real_fail2ban import SECONDS, require_fail2ban, running_fail2ban, settle
from tests.running_service import make_home, running_service

KEY: Final = "zk_of_this_test"
BANNED: Final = "203.0.113.77"
RECEIPT: Final = Answer(201, b"{}", "application/json")


class Receiver:
    """What a service was told; answers as the test says."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.answer = RECEIPT
        self._came = threading.Condition()

    def __call__(self, request: Request) -> Answer:
        """Keeps what was told, unless it is refused."""
        with self._came:
            self.keys.add(request.headers["Authorization"])
            if self.answer.status < 300:
                self.told.append(json.loads(request.body))
            self._came.notify_all()
            return self.answer

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """The first facts, in the order in which they came."""
        with self._came:
            self._came.wait_for(lambda: len(self.told) >= count, SECONDS)
            assert len(self.told) >= count, self.told
            return self.told[:count]


@contextmanager
def receiving() -> Iterator[tuple[Receiver, str]]:
    """A receiver with its URL."""
    receiver = Receiver()
    with serving(receiver) as url:
        yield receiver, url


@pytest.fixture(autouse=True)
def _with_fail2ban() -> None:
    require_fail2ban()


def until(holds: Callable[[], bool]) -> None:
    """Waits for something that another program does."""
    gives_up_at = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < gives_up_at
        time.sleep(0.1)


def test_a_ban_and_its_end_are_told(tmp_path: Path) -> None:
    """An address would be kept out, and the log not know of it."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY, ban_s=8, options=', system="gateway"')
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED)
            banned, unbanned = receiver.wait_for(2)
            until(lambda: not fail2ban.waiting())
            assert "ERROR" not in fail2ban.log()
    assert receiver.keys == {f"Bearer {KEY}"}
    assert [banned["type"], unbanned["type"]] == ["ip.blocked", "ip.unblocked"]
    assert banned["data"]["block_id"] == unbanned["data"]["block_id"]
    assert banned["data"]["block_id"] == f"fail2ban gateway sshd {BANNED}"
    told = {"ip", "scope", "system", "reason", "decided_by"}
    assert {name: banned["data"][name] for name in told} == {
        "ip": f"ip:{BANNED}",
        "scope": "sshd",
        "system": "gateway",
        "reason": "3 failures",
        "decided_by": "automatic",
    }
    moments = [banned["time"], banned["data"]["until"], unbanned["time"]]
    assert moments == sorted(moments, key=datetime.fromisoformat)
    assert banned["id"] != unbanned["id"]


def test_what_the_lines_of_the_log_say_is_not_sent(tmp_path: Path) -> None:
    """What an attacker types as a user name would stand in an audit log."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY)
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED, user="hunter2")
            (banned,) = receiver.wait_for(1)
    assert "hunter2" not in json.dumps(banned)


def test_bans_outlive_a_restart_without_being_told_again(tmp_path: Path) -> None:
    """Each restart would tell that addresses were let in that are kept out, and out anew."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY)
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED)
            receiver.wait_for(1)
        with running_fail2ban(tmp_path) as fail2ban:
            until(lambda: f"Restore Ban {BANNED}" in fail2ban.log())
            fail2ban.client("set", "sshd", "unbanip", BANNED)
            _, unbanned = receiver.wait_for(2)
    assert [each["type"] for each in receiver.told] == ["ip.blocked", "ip.unblocked"]
    assert unbanned["data"]["reason"] == "by command, before the end of the ban"


def test_a_restart_is_told_if_that_is_asked(tmp_path: Path) -> None:
    """Who wants to know for how long an address could come in could not learn it."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY, options=', restarts="told"')
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED)
            receiver.wait_for(1)
        receiver.wait_for(2)
        with running_fail2ban(tmp_path):
            _, stopped, restored = receiver.wait_for(3)
    assert stopped["type"] == "ip.unblocked"
    assert stopped["data"]["reason"] == "the jail stopped before the end of the ban"
    assert restored["type"] == "ip.blocked"
    assert restored["data"]["reason"] == "3 failures, restored"
    assert len({each["id"] for each in receiver.told}) == len(receiver.told)


def test_a_reload_unbans_nobody_and_keeps_the_action(tmp_path: Path) -> None:
    """After `fail2ban-client reload` nothing would be told any more."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY)
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED)
            receiver.wait_for(1)
            settle(tmp_path, url, key=KEY, options=', system="moved"')
            fail2ban.client("reload")
            fail2ban.fail("2001:db8::5")
            _, after = receiver.wait_for(2)
    assert after["data"]["ip"] == "ip:2001:db8::5"
    assert after["data"]["system"] == "moved"
    assert [each["type"] for each in receiver.told] == ["ip.blocked", "ip.blocked"]


def test_an_action_that_is_taken_away_lets_nobody_in(tmp_path: Path) -> None:
    """Whoever ends the telling would seem to have ended the bans."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY)
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED)
            receiver.wait_for(1)
            jails = tmp_path / "etc" / "jail.conf"
            jails.write_text(jails.read_text().partition("action =")[0] + "action =\n")
            fail2ban.client("reload")
            assert BANNED in fail2ban.client("status", "sshd")
            assert fail2ban.client("get", "sshd", "actions").count("zegel") == 0
    assert [each["type"] for each in receiver.told] == ["ip.blocked"]


def test_while_the_service_is_away_facts_wait_on_disk(tmp_path: Path) -> None:
    """A ban during an outage would never be told, or fail2ban wait for it."""
    with receiving() as (receiver, url):
        receiver.answer = Answer(503, b"{}", "application/problem+json")
        settle(tmp_path, url, key=KEY)
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.fail(BANNED)
            until(lambda: len(fail2ban.waiting()) == 1)
            fail2ban.fail("198.51.100.9")
            until(lambda: len(fail2ban.waiting()) == 2)
        assert len(fail2ban.waiting()) == 2
        receiver.answer = RECEIPT
        with running_fail2ban(tmp_path) as fail2ban:
            receiver.wait_for(2)
            until(lambda: not fail2ban.waiting())
    assert [each["data"]["ip"] for each in receiver.told] == [f"ip:{BANNED}", "ip:198.51.100.9"]


def test_by_hand_and_by_network(tmp_path: Path) -> None:
    """A ban by hand would look like one of fail2ban; one of a network be lost in silence."""
    with receiving() as (receiver, url):
        settle(tmp_path, url, key=KEY)
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.client("set", "sshd", "banip", "192.0.2.0/24")
            fail2ban.client("set", "sshd", "banip", BANNED)
            told = receiver.wait_for(2)
    by_type = {each["type"]: each["data"] for each in told}
    assert "decided_by" not in by_type["ip.blocked"]
    assert by_type["ip.blocked"]["reason"] == "by command"
    assert by_type["measure.failed"]["reason"] == "1 blocks or ends of blocks could not be told"


def test_a_real_service_records_a_block_and_its_end(tmp_path: Path) -> None:
    """What the action sends would be refused by the service that it is made for."""
    home = make_home(tmp_path / "home")
    with running_service(home, "--no-grpc") as service:
        settle(tmp_path, service.url, key=recorder_key(home), options=', system="gateway"')
        with running_fail2ban(tmp_path) as fail2ban:
            fail2ban.client("set", "sshd", "banip", "192.0.2.0/24")
            until(lambda: blocking_in(home) == ["measure.failed"])
            fail2ban.fail(BANNED)
            until(lambda: "ip.blocked" in blocking_in(home))
            fail2ban.client("set", "sshd", "unbanip", BANNED)
            until(lambda: "ip.unblocked" in blocking_in(home))
            until(lambda: not fail2ban.waiting())
            assert not list((tmp_path / "spool" / "sshd" / "refused").iterdir())
    assert blocking_in(home) == ["measure.failed", "ip.blocked", "ip.unblocked"]
    assert zegel_here("--home", home, "verify").returncode == 0


def blocking_in(home: Path) -> list[str]:
    """The kinds of what fail2ban told, without their versions, in the order of the log."""
    ledger = Home(home).open_ledger()
    try:
        told = [str(each.kind) for each in ledger.log.scan() if each.system == "gateway"]
    finally:
        ledger.close()
    return [kind.removesuffix(".v1") for kind in told]
