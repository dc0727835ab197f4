"""The page on syslog: its configurations run with rsyslog, logger and fail2ban as they stand."""

import contextlib
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from msgspec import structs

from ledger.home import Home
from ledger.query import EventQuery
from tests.certificates import make_certificate
from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.real_fail2ban import require_fail2ban, running_fail2ban, settle
from tests.real_rsyslog import require_rsyslog, running_rsyslog
from tests.shared_data import shared
from tests.syslog_listeners import listening
from tests.watched import WatchedHome, wait_until, watched_home

PAGE: Final = PROJECT / "docs" / "how-to" / "connect" / "syslog.md"
PORTAL: Final = '{"kind":"access.used","occurred_at":"2026-03-01T12:00:00Z","resource":"claims"}'


def block(begins: str) -> str:
    """The block of the page that begins so."""
    found = [
        text
        for text in re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
        if text.startswith(begins)
    ]
    assert len(found) == 1
    return str(found[0])


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path, as paths of sockets have to be short."""
    made = Path(tempfile.mkdtemp(prefix="zegel-"))
    try:
        yield made
    finally:
        shutil.rmtree(made)


def configured(folder: Path, **changes: str) -> str:
    """The configuration of the page, at a free port and with certificates of this folder."""
    chain, key, _ = make_certificate(folder)
    text = block("# watch.toml").replace("tls:192.0.2.10:6514", "tls:127.0.0.1:0")
    for path, here in (("machines.pem", chain), ("machines.key", key), ("machines-ca.pem", chain)):
        text = text.replace(f"/etc/zegel/tls/{path}", here)
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def told_port(home: WatchedHome) -> str:
    """The port at which the watch says that it listens."""
    said = "listening at tls:127.0.0.1:"
    wait_until(lambda: any(said in text for text in home.told))
    return next(text for text in home.told if said in text).rpartition(":")[2]


def facts(home: WatchedHome, kind: str) -> list[dict[str, Any]]:
    """The facts of one kind, with what stands in them."""
    return [
        structs.asdict(record.event)
        for record in home.records()
        if record.event is not None and record.stored.kind == kind
    ]


def sent(socket: Path) -> None:
    """Sends the line of the page to a socket."""
    line = block("logger --tag").replace("\\\n", " ").replace("/dev/log", str(socket))
    subprocess.run(shlex.split(line), check=True, timeout=20)


def of_sender(folder: Path, port: str) -> str:
    """The settings of rsyslog on the page, with this address and the certificates of a folder."""
    settings = block("# /etc/rsyslog.d/zegel.conf").replace("6514", port)
    for path, here in (
        ("listener-ca.pem", "chain.pem"),
        ("gateway.pem", "chain.pem"),
        ("gateway.key", "key.pem"),
    ):
        settings = settings.replace(f"/etc/zegel/tls/{path}", str(folder / here))
    return settings.replace("192.0.2.10", "127.0.0.1").replace("zegel.example.org", "localhost")


def test_what_rsyslog_sends_over_tls_is_recorded(folder: Path) -> None:
    """Whoever follows the page would send into the void."""
    require_rsyslog()
    with watched_home(folder) as home:
        home.write_config(configured(folder))
        with home.watching():
            settings = of_sender(folder, told_port(home))
            with running_rsyslog(folder, "gateway", settings) as socket:
                sent(socket)
                portal = ("logger", "--tag", "portal", "--priority", "daemon.info")
                subprocess.run([*portal, "--socket", socket, PORTAL], check=True, timeout=20)
                wait_until(lambda: len(facts(home, "access.used.v1")) == 1)
        (attempt,) = facts(home, "intrusion.attempt_detected.v1")
        (used,) = facts(home, "access.used.v1")
    assert (attempt["system"], used["system"]) == ("infactor-gateway", "infactor-gateway")
    assert attempt["target"] == "ssh/gateway"
    assert attempt["parser"] == "zegel-openssh/1"
    assert attempt["occurred_precision"] == "microsecond"
    assert attempt["observed_at"] >= attempt["occurred_at"]
    assert used["parser"] == "zegel-syslog/1"


def test_what_rsyslog_has_while_nobody_listens_comes_later(folder: Path) -> None:
    """Each restart of the listener would lose what machines say meanwhile."""
    require_rsyslog()
    chain, key, _ = make_certificate(folder)
    options: dict[str, Any] = {"certificate": chain, "key": key, "client_ca": chain}
    with contextlib.ExitStack() as running:
        with listening(folder / "before", "tls:127.0.0.1:0", **options) as listener:
            port = listener.port
            rsyslog = running_rsyslog(folder, "gateway", of_sender(folder, f"{port}"))
            socket = running.enter_context(rsyslog)
            sent(socket)
            listener.wait_for_lines(1)
        for _ in range(2):
            sent(socket)
        with listening(folder / "after", f"tls:127.0.0.1:{port}", **options) as listener:
            assert len(listener.wait_for_lines(2)) == 2


def test_lines_of_a_file_are_sent_as_messages(folder: Path) -> None:
    """What a database tells of grants would be cut, or not come at all."""
    require_rsyslog()
    lines = shared("vectors/samples/pgaudit.jsonl").read_text()
    long = '"message":"' + "x" * 20_000
    lines = lines.splitlines()[0].replace('"message":"', long) + "\n" + lines
    files = block("# /etc/rsyslog.d/zegel-postgresql.conf")
    with watched_home(folder) as home:
        home.write_config(configured(folder))
        with home.watching():
            settings = of_sender(folder, told_port(home))
            settings += files.replace("/var/log/postgresql", str(folder))
            with running_rsyslog(folder, "gateway", settings):
                (folder / "postgresql.json").write_text(lines)
                wait_until(lambda: len(facts(home, "access.used.v1")) == 3)
                wait_until(lambda: len(facts(home, "access.granted.v1")) == 1)
        (granted,) = facts(home, "access.granted.v1")
        assert granted["system"] == "infactor-gateway"
        assert facts(home, "log.lines_quarantined.v1") == []
        told = [each["resource"] for each in facts(home, "access.used.v1")]
    assert told == [
        "postgresql/postgres",
        "postgresql/postgres/public.claims",
        "postgresql/postgres",
    ]
    assert granted["resource"] == "postgresql/postgres/claims"


def test_what_fail2ban_writes_to_the_socket_is_recorded(folder: Path) -> None:
    """Bans of a machine without a syslog daemon would be missing."""
    require_fail2ban()
    socket = folder / "log"
    settle(folder, "http://127.0.0.1:9", key="none")
    local = block("# /etc/fail2ban/fail2ban.local").replace("/dev/log", str(socket))
    (folder / "etc" / "fail2ban.local").write_text(local)
    with watched_home(folder) as home:
        home.write_config(
            f'[[source]]\nsystem = "gateway"\nformat = "syslog"\nlisten = "unix:{socket}"\n'
        )
        with home.watching():
            wait_until(socket.is_socket)
            with running_fail2ban(folder) as server:
                server.fail("203.0.113.77")
                wait_until(lambda: len(facts(home, "ip.blocked.v1")) == 1)
            sent(socket)
            wait_until(lambda: len(facts(home, "intrusion.attempt_detected.v1")) >= 4)
        attempts = facts(home, "intrusion.attempt_detected.v1")
        (blocked,) = facts(home, "ip.blocked.v1")
        assert facts(home, "ip.unblocked.v1") == []
    assert sorted(each["detector"] for each in attempts) == ["fail2ban"] * 3 + ["sshd"]
    assert blocked["scope"] == "sshd"
    assert len(blocked["attempt_ids"]) == 3


def test_a_file_of_many_machines_is_imported(folder: Path) -> None:
    """Facts of one machine would be told of another."""
    file = folder / "syslog"
    line = "Mar 12 06:17:02 {} sshd[7]: Failed password for root from 203.0.113.45 port 4 ssh2\n"
    event = f"<30>1 2026-03-12T06:17:02Z desk portal 1 - - {PORTAL}\n"
    file.write_text(line.format("gateway") + line.format("desk") + event)
    assert zegel_here("--home", folder / "home", "init", "--no-roles").returncode == 0
    words = shlex.split(block("zegel import").replace("\\\n", " "))
    words[words.index("/var/log/syslog")] = str(file)
    done = zegel_here("--home", folder / "home", *words[1:])
    assert done.returncode == 0, done.stderr
    with closing(Home(folder / "home").open_ledger()) as ledger:
        records = list(ledger.read(EventQuery(system="infactor-gateway")))
        assert (len(records), ledger.head().size) == (1, 3)


def test_the_configuration_can_be_checked_without_listening(folder: Path) -> None:
    """A fault would be found only when the listener is started anew."""
    assert zegel_here("--home", folder / "home", "init", "--no-roles").returncode == 0
    good, bad = folder / "good.toml", folder / "bad.toml"
    good.write_text(configured(folder))
    bad.write_text(configured(folder, **{"tls:127.0.0.1": "tls:nowhere"}))
    checked = zegel_here("--home", folder / "home", "watch", "--check", good)
    assert checked.returncode == 0, checked.stderr
    refused = zegel_here("--home", folder / "home", "watch", "--check", bad)
    assert refused.returncode == 2
    assert "bad.toml, [[source]] 1, key listen: expected an address" in refused.stderr
