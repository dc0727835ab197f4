"""The action of fail2ban: what it keeps on disk, what it sends, and under which ids."""

import json
import logging
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.fail2ban import zegel
from formats.cloudevents import read
from formats.fail2ban_blocks import scope_of
from formats.reading import Translated
from tests.certificates import make_certificate
from tests.loopback_server import Answer, Request, serving
from tests.unit.formats.sources import outcomes

TIME: Final = float(round(time.time()) - 100)
"""When the bans of these tests began."""
TAKEN: Final = Answer(201)


def told_of(ip: str = "203.0.113.77", **terms: object) -> dict[str, object]:
    """What fail2ban says of one ban."""
    known: dict[str, object] = {
        "ip": ip,
        "fid": ip,
        "failures": 3,
        "time": TIME,
        "bantime": 86_400,
        "restored": 0,
    }
    return known | terms


def action_in(folder: Path, **options: str) -> zegel.Action:
    """An action of a jail that keeps out nobody; nobody sends."""
    actions = SimpleNamespace(active=True, getBanList=list)
    jail = SimpleNamespace(name="sshd", actions=actions)
    return zegel.Action(jail, "zegel", spool=str(folder), **options)


def kept(folder: Path) -> list[dict[str, Any]]:
    """The facts that wait in the folder of the jail, in order."""
    return [json.loads(path.read_bytes()) for path in sorted((folder / "sshd").glob("*.json"))]


def event(number: int) -> dict[str, Any]:
    """A fact that tells only which it is."""
    return {"id": str(number)}


def lost_as_told(lost: dict[str, Any]) -> dict[str, Any]:
    """The fact that some were lost."""
    return {"lost": lost["count"]}


class Service:
    """A service that gives one answer until it is told to give another."""

    def __init__(self, answer: Answer = TAKEN) -> None:
        self.answer = answer
        self.came: list[bytes] = []

    def __call__(self, request: Request) -> Answer:
        """Keeps what came."""
        self.came.append(request.body)
        return self.answer


@contextmanager
def sending(folder: Path, service: Service) -> Iterator[zegel.Action]:
    """An action that has something to send to a service."""
    key = folder / "key"
    key.write_text("zk_1\n")
    with serving(service) as url:
        action = action_in(folder, url=url, key_file=str(key))
        action.ban(told_of())
        yield action


@pytest.mark.parametrize(
    ("jail", "scope"),
    [
        ("sshd", "sshd"),
        ("nginx_http auth!", "nginx_http-auth"),
        ("x-203.0.113.77", "fail2ban"),
        ("203..0..113.77", "fail2ban"),
        ("web2001:db8::7", "fail2ban"),
        ("2001-db8-0-0-0-0-0-7", "fail2ban"),
        ("jan.jansen@example.nl", "fail2ban"),
    ],
)
def test_where_an_address_is_kept_out_is_told_as_by_the_log(
    tmp_path: Path, jail: str, scope: str
) -> None:
    """An address in the name of a jail would be sealed in public, or a block have two scopes."""
    action = zegel.Action(
        SimpleNamespace(name=jail, actions=SimpleNamespace(active=True, getBanList=list)),
        "zegel",
        spool=str(tmp_path),
    )
    action.ban(told_of())
    (path,) = tmp_path.rglob("*.json")
    assert json.loads(path.read_bytes())["data"]["scope"] == scope == scope_of(jail)


@given(numbers=st.lists(st.integers(), max_size=12), most=st.integers(1, 12))
def test_what_is_put_comes_out_in_order_or_is_counted(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[int], most: int
) -> None:
    """Facts would be told in another order than they happened, or lost in silence."""
    folder = tmp_path_factory.mktemp("spool")
    spool = zegel.Spool(folder, most)
    for number in numbers:
        spool.put(event(number))
    again = zegel.Spool(folder, most)
    held = [json.loads(path.read_bytes())["id"] for path in again.waiting()]
    assert held == [str(number) for number in numbers[:most]]
    for path in again.waiting():
        again.sent(path)
    again.put_lost(lost_as_told)
    lost = [json.loads(path.read_bytes()) for path in again.waiting()]
    assert lost == ([{"lost": len(numbers) - most}] if len(numbers) > most else [])


def test_a_loss_is_told_once_and_only_when_there_is_room(tmp_path: Path) -> None:
    """A loss would be told twice, or its telling be lost itself."""
    spool = zegel.Spool(tmp_path, 1)
    spool.put(event(1))
    spool.put(event(2))
    spool.put_lost(lost_as_told)
    (first,) = spool.waiting()
    assert json.loads(first.read_bytes()) == event(1)
    spool.sent(first)
    for _ in range(2):
        spool.put_lost(lost_as_told)
    assert [json.loads(path.read_bytes()) for path in spool.waiting()] == [{"lost": 1}]


def test_a_full_disk_is_counted_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A ban on a full disk would raise into fail2ban, or be forgotten."""
    spool = zegel.Spool(tmp_path, 9)

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(zegel, "_write", full)
        spool.put(event(1))
    assert "1 facts lost" in caplog.text
    spool.put_lost(lost_as_told)
    assert [json.loads(path.read_bytes()) for path in spool.waiting()] == [{"lost": 1}]


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Anybody on the machine could read who was kept out."""
    action_in(tmp_path).ban(told_of())
    (path,) = (tmp_path / "sshd").glob("*.json")
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_ban_has_the_same_id_and_its_end_another(tmp_path: Path) -> None:
    """A ban sent twice would be two facts, or its end be taken for a contradiction."""
    for folder in (tmp_path / "one", tmp_path / "two"):
        action = action_in(folder)
        action.ban(told_of())
        action.unban(told_of(bantime=50))
    first, second = kept(tmp_path / "one"), kept(tmp_path / "two")
    assert first[0] == second[0]
    assert [each["id"] for each in first] == [each["id"] for each in second]
    assert len({each["id"] for each in first}) == 2
    action_in(tmp_path / "three").ban(told_of(time=TIME + 1))
    assert kept(tmp_path / "three")[0]["id"] != first[0]["id"]


def test_every_fact_is_one_of_the_vocabulary(tmp_path: Path) -> None:
    """The service would refuse what the action sends."""
    action = action_in(tmp_path, system="gateway", restarts="told")
    action.ban(told_of())
    action.ban(told_of("2001:db8::5", failures=0, bantime=-1))
    action.ban(told_of(restored=1))
    action.prolong(told_of(bantime=172_800))
    action.unban(told_of())
    action.unban(told_of(bantime=50))
    action._jail.actions.active = False
    action.unban(told_of())
    action.ban(told_of("192.0.2.0/24"))
    action._spool.put_lost(action._lost)
    facts = kept(tmp_path)
    kinds = ["ip.blocked"] * 4 + ["ip.unblocked"] * 3 + ["measure.failed"]
    assert [each["type"] for each in facts] == kinds
    assert facts[3]["data"]["reason"] == "3 failures, prolonged"
    assert facts[3]["data"]["until"] == zegel._moment(TIME + 172_800)
    assert "until" not in facts[1]["data"]
    lines = b"\n".join(json.dumps(each).encode() for each in facts)
    assert all(isinstance(each, Translated) for each in outcomes(read, lines))


def test_nobody_is_let_in_while_the_jail_still_lists_them(tmp_path: Path) -> None:
    """An action that goes would tell that the bans ended."""
    action = action_in(tmp_path)
    action._jail.actions.getBanList = lambda: ["203.0.113.77"]
    action.unban(told_of())
    assert kept(tmp_path) == []


def test_a_stopping_jail_lets_nobody_in_unless_that_is_asked(tmp_path: Path) -> None:
    """A restart would be told as the end of each block."""
    action = action_in(tmp_path)
    action._jail.actions.active = False
    action.unban(told_of())
    assert kept(tmp_path) == []
    action.unban(told_of(bantime=50))
    assert [each["type"] for each in kept(tmp_path)] == ["ip.unblocked"]
    assert action.norestored


def test_what_is_refused_for_good_does_not_stop_the_rest(tmp_path: Path) -> None:
    """One fact that the service never takes would keep all later ones waiting."""
    service = Service(Answer(422, b'{"title": "no"}', "application/problem+json"))
    with sending(tmp_path, service) as action:
        action.start()
        action.stop()
        service.answer = TAKEN
        action.ban(told_of("198.51.100.9"))
        action.start()
        action.stop()
    assert len(service.came) == 2
    assert kept(tmp_path) == []
    refused = tmp_path / "sshd" / "refused"
    assert [path.suffix for path in sorted(refused.iterdir())] == [".answer", ".json"]


@pytest.mark.parametrize("status", [302, 401, 403, 404, 429, 500, 503])
def test_what_may_pass_is_tried_again(
    tmp_path: Path, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A fact would be thrown away because a key had run out, or a redirection get the key."""
    service = Service(Answer(status, headers={"Location": "/elsewhere"}))
    with sending(tmp_path, service) as action, caplog.at_level(logging.WARNING):
        action.start()
        action.stop()
        assert len(kept(tmp_path)) == 1
        service.answer = TAKEN
        action.start()
        action.stop()
    assert len(set(service.came)) == 1
    assert kept(tmp_path) == []
    assert "zk_1" not in caplog.text


def test_a_new_key_needs_no_restart(tmp_path: Path) -> None:
    """After a key was replaced, bans would be refused until somebody restarts fail2ban."""
    seen: list[str] = []

    def respond(request: Request) -> Answer:
        seen.append(request.headers["Authorization"])
        return Answer(201)

    key = tmp_path / "key"
    with serving(respond) as url:
        action = action_in(tmp_path, url=url, key_file=str(key))
        for secret in ("zk_1", "zk_2"):
            key.write_text(secret)
            action.ban(told_of(time=TIME + len(seen)))
            action.start()
            action.stop()
    assert seen == ["Bearer zk_1", "Bearer zk_2"]


@pytest.mark.parametrize(
    "options",
    [
        {"url": "http://audit.example.nl"},
        {"url": "ftp://audit.example.nl"},
        {"url": "audit.example.nl"},
        {"restarts": "perhaps"},
        {"most": "many"},
    ],
)
def test_a_wrong_option_is_refused(tmp_path: Path, options: dict[str, str]) -> None:
    """A key would cross the network in clear, or a mistyped option count for nothing."""
    with pytest.raises(ValueError, match=r"\w"):
        action_in(tmp_path, **options)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, 0), ("7", 7), ("99999", 3600), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("-1", 0)],
)
def test_a_pause_that_the_service_asks_for(header: str | None, seconds: int) -> None:
    """The service would be asked sooner than it wants, or never again."""
    assert zegel._seconds(header) == seconds


def test_over_tls_only_a_known_certificate_is_believed(tmp_path: Path) -> None:
    """Whoever sits between could take the key, or a service with its own authority get nothing."""
    chain, private, _ = make_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(chain, private)
    key = tmp_path / "key"
    key.write_text("zk_1")
    service = Service()
    with serving(service, tls) as url:
        stranger = action_in(tmp_path, url=url, key_file=str(key))
        stranger.ban(told_of())
        stranger.start()
        stranger.stop()
        assert service.came == []
        known = action_in(tmp_path, url=url, key_file=str(key), ca_file=chain)
        known.start()
        known.stop()
    assert len(service.came) == 1


def test_what_was_left_over_a_restart_is_sent_before_what_is_new(tmp_path: Path) -> None:
    """A block could be told after its own end."""
    first = action_in(tmp_path)
    first.ban(told_of())
    again = action_in(tmp_path)
    again.unban(told_of(bantime=50))
    assert [each["type"] for each in kept(tmp_path)] == ["ip.blocked", "ip.unblocked"]
