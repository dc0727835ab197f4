"""fail2ban action: tells Zegel which addresses are kept out, and which are let in again.

Install it as `/etc/fail2ban/action.d/zegel.py`; `jail.example.conf` beside it shows how a jail uses
it. It needs nothing but the Python that runs fail2ban.

A ban is first written to a folder on disk and then sent, in order, by a thread of its own: fail2ban
never waits for the network, and what could not be sent waits for the service to come back, also
over restarts. A folder holds a bounded number of facts. What did not fit is counted, and told as
`measure.failed` as soon as there is room: nothing is lost in silence.

| fail2ban | becomes |
|---|---|
| ban | `ip.blocked` from the moment from which fail2ban counts, with its end |
| ban made longer (`bantime.increment`) | `ip.blocked` of the same block with its new end |
| unban | `ip.unblocked`; automatic when the ban was over |
| unban because the jail stops, ban again after a start | only with `restarts=told` |

Each has one id, made of host, jail, `<fid>-<time>` and the act: sent twice it is recorded once.
Lines of logs (`matches`) are not sent: anybody can write into them.

Source: fail2ban 1.0.2, server/actions.py (which methods are called when) and server/action.py.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import logging
import os
import re
import socket
import ssl
import threading
import time
import urllib.parse
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PARSER = "zegel-fail2ban-action/1"
MEDIA_TYPE = "application/cloudevents+json"
ANSWER_S = 10
"""Seconds that the service has for an answer."""
STOP_S = 3
"""Seconds that a jail which stops waits for the last facts to be sent; the rest stays on disk."""
FIRST_PAUSE_S = 1
LONGEST_PAUSE_S = 60

_IDS = uuid.UUID("6f0f2b1e-3f0c-5f3c-9b52-5a6567656c21")
"""The namespace of the ids: the same ban has the same id wherever it is computed."""
_FOREIGN = re.compile(r"[^a-z0-9._-]+")
_REPEATED_MARKS = re.compile(r"[._-]*([._-])[._-]*")
_ADDRESS = re.compile(
    r"(?<![0-9])(?:[0-9]{1,3}[._-]){3}[0-9]{1,3}(?![0-9])|(?<![0-9a-z])(?:[0-9a-f]{1,4}[._-]){7}[0-9a-f]{1,4}(?![0-9a-z])"
    r"|(?<![0-9a-f:])[0-9a-f]*:[0-9a-f]*:|@"
)
"""What may be somebody's address within a name."""
_TAKEN = range(200, 300)
_REFUSED = frozenset({400, 409, 410, 413, 415, 422})
"""Statuses that say that the fact itself cannot be recorded; sending it again would not help."""

_LOG = logging.getLogger("fail2ban.zegel")


class Spool:
    """The facts of one jail that still have to be sent: a folder with a file for each, in order.

    A fact that the service refused is kept in the folder `refused`, with the answer beside it.
    """

    def __init__(self, folder: Path, most: int) -> None:
        """Opens or makes a folder that holds so many facts at most, refused ones among them."""
        self._folder, self._most = folder, most
        self._refused, self._losses = folder / "refused", folder / "lost"
        self._lock = threading.RLock()
        self._refused.mkdir(mode=0o700, parents=True, exist_ok=True)
        waiting = self.waiting()
        self._last = int(waiting[-1].stem) if waiting else 0
        self._count = len(waiting) + len(list(self._refused.glob("*.json")))
        kept = self._losses.read_bytes() if self._losses.exists() else b"null"
        self._lost: dict[str, Any] | None = json.loads(kept)

    def put(self, event: Mapping[str, Any]) -> None:
        """Keeps a fact, on disk when this returns; one that does not fit is counted as lost."""
        with self._lock:
            if self._count >= self._most:
                self.lose(f"{self._folder} is full")
                return
            self._last = max(self._last + 1, time.time_ns())
            try:
                _write(self._folder / f"{self._last:020d}.json", json.dumps(event).encode())
                self._count += 1
            except OSError as error:
                self.lose(error)

    def waiting(self) -> list[Path]:
        """The paths of the facts to send, the oldest first."""
        return sorted(self._folder.glob("*.json"))

    def sent(self, path: Path) -> None:
        """Forgets a fact that the service has."""
        with self._lock:
            path.unlink()
            self._count -= 1

    def refused(self, path: Path, answer: bytes) -> None:
        """Puts a fact aside that the service will never take, with its answer beside it."""
        _write(self._refused / f"{path.stem}.answer", answer)
        path.replace(self._refused / path.name)

    def lose(self, why: object) -> None:
        """Counts a fact that cannot be kept, on disk if there is room for that."""
        with self._lock, contextlib.suppress(OSError):
            now = time.time()
            lost = self._lost or {"count": 0, "since": now}
            self._lost = {**lost, "count": lost["count"] + 1, "until": now}
            _LOG.error("not kept, %d facts lost until now: %s", self._lost["count"], why)
            _write(self._losses, json.dumps(self._lost).encode())

    def put_lost(self, told: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Keeps the fact that facts were lost, if there is room, and begins to count anew."""
        with self._lock:
            if self._lost and self._count < self._most:
                self.put(told(self._lost))
                self._lost = None
                self._losses.unlink(missing_ok=True)


class Service:
    """Where facts are sent to."""

    def __init__(self, url: str, key_file: str, ca_file: str | None = None) -> None:
        """Takes the address of the service; the key is read anew for each fact.

        Raises:
            ValueError: the address is none, or would send the key over a network in clear.
        """
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"url: expected https://HOST, found {url!r}")
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise ValueError("url: expected https:// beyond this machine, found http://")
        self._address = (parts.hostname, parts.port)
        self._path = parts.path.rstrip("/") + "/v1/events"
        self._key_file = Path(key_file)
        is_encrypted = parts.scheme == "https"
        self._tls = ssl.create_default_context(cafile=ca_file) if is_encrypted else None

    def post(self, body: bytes) -> tuple[int, bytes, int]:
        """The status, answer and seconds to wait that the service gave to one fact."""
        host, port = self._address
        connection = (
            http.client.HTTPSConnection(host, port, timeout=ANSWER_S, context=self._tls)
            if self._tls
            else http.client.HTTPConnection(host, port, timeout=ANSWER_S)
        )
        key = self._key_file.read_text("ascii").strip()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": MEDIA_TYPE}
        try:
            connection.request("POST", self._path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(65536), _seconds(answer.getheader("Retry-After"))
        finally:
            connection.close()


class Sender(threading.Thread):
    """Sends what waits on disk, the oldest first, until it is stopped."""

    def __init__(
        self, spool: Spool, service: Service, told: Callable[[dict[str, Any]], dict[str, Any]]
    ) -> None:
        """Takes what it works with; `told` makes a fact of how many were lost, and when."""
        super().__init__(name="zegel", daemon=True)
        self._spool, self._service, self._told = spool, service, told
        self.work, self._stopping = threading.Event(), threading.Event()
        self._pause_s = 0

    def finish(self) -> None:
        """Sends what it can within `STOP_S` seconds; the rest stays on disk."""
        self._stopping.set()
        self.work.set()
        if self.is_alive():
            self.join(STOP_S)

    def run(self) -> None:
        """Sends, waits, and sends again."""
        while True:
            self.work.clear()
            self._spool.put_lost(self._told)
            waiting = self._spool.waiting()
            is_through = all(self._send(path) for path in waiting)
            if self._stopping.is_set() and not (waiting and is_through):
                return
            if not is_through:
                self._stopping.wait(self._pause_s)
            elif not waiting:
                self.work.wait()

    def _send(self, path: Path) -> bool:
        """Whether the service answered for good; else the pause before the next try is set."""
        try:
            status, answer, after_s = self._service.post(path.read_bytes())
            if status in _TAKEN:
                self._spool.sent(path)
            elif status in _REFUSED:
                self._spool.refused(path, answer)
                _LOG.error("%s refused with %d: %s", path.name, status, answer[:500])
            else:
                return self._later(f"status {status}: {answer[:500]!r}", after_s)
        except (OSError, http.client.HTTPException, ValueError) as error:
            return self._later(f"{type(error).__name__}: {error}", 0)
        if self._pause_s:
            _LOG.info("the service answers again")
        self._pause_s = 0
        return True

    def _later(self, why: str, after_s: int) -> bool:
        if not self._pause_s:
            _LOG.warning("not sent, kept on disk and tried again: %s", why)
        longer = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._pause_s = max(after_s, longer, FIRST_PAUSE_S)
        return False


class Action:
    """What fail2ban calls; it takes any class that has these methods."""

    banEpoch = 0  # noqa: N815 - a name of fail2ban
    _prolongable = True

    def __init__(self, jail: Any, _name: str, **options: str) -> None:  # noqa: ANN401 - of fail2ban
        """Takes the options of `action = zegel.py[...]`; see `jail.example.conf`."""
        self._jail = jail
        self._sender: Sender | None = None
        self._configure(**options)

    def _configure(
        self,
        *,
        url: str = "http://127.0.0.1:8080",
        key_file: str = "/etc/fail2ban/zegel.key",
        spool: str = "/var/lib/fail2ban/zegel",
        system: str | None = None,
        restarts: str = "silent",
        most: str = "10000",
        ca_file: str | None = None,
    ) -> None:
        """Takes the options, all of them text; `jail.example.conf` explains them.

        Raises:
            ValueError: an option is not what it should be.
        """
        if restarts not in {"silent", "told"}:
            raise ValueError(f"restarts: expected silent or told, found {restarts!r}")
        self._tells_restarts = restarts == "told"
        self.norestored = not self._tells_restarts
        self._host = socket.gethostname()
        self._system = system
        self._service = Service(url, key_file, ca_file)
        self._spool = Spool(Path(spool) / urllib.parse.quote(self._jail.name, safe=""), int(most))

    def clearAllParams(self) -> None:  # noqa: N802 - a name of fail2ban
        """Without it, `fail2ban-client reload` takes the action away."""

    def reload(self, **options: str) -> None:
        """Takes other options, without unbanning anybody."""
        self.stop()
        self._configure(**options)
        self.start()

    def start(self) -> None:
        """Begins to send, first what was left when fail2ban stopped."""
        self._sender = Sender(self._spool, self._service, self._lost)
        self._sender.start()

    def stop(self) -> None:
        """Sends what it can for a moment; the rest waits on disk for the next start."""
        if self._sender is not None:
            self._sender.finish()

    def ban(self, info: Mapping[str, Any]) -> None:
        """An address is kept out."""
        if info["restored"]:
            self._block(info, "restored", time.time())
        else:
            self._block(info, "banned", info["time"])

    def prolong(self, info: Mapping[str, Any]) -> None:
        """An address is kept out for longer than was told."""
        self._block(info, "prolonged", time.time())

    def reban(self, _info: Mapping[str, Any]) -> None:
        """Only what fail2ban does against an address is done again: the block goes on."""

    def unban(self, info: Mapping[str, Any]) -> None:
        """An address is let in again, unless only the action goes or the jail comes back."""
        if 0 <= info["bantime"] <= time.time() - info["time"]:
            self._put(info, "unbanned", "ip.unblocked", time.time(), decided_by="automatic")
        elif not self._jail.actions.active:
            if self._tells_restarts:
                why = "the jail stopped before the end of the ban"
                self._put(info, "stopped", "ip.unblocked", time.time(), reason=why)
        elif info["fid"] not in self._jail.actions.getBanList():
            why = "by command, before the end of the ban"
            self._put(info, "unbanned", "ip.unblocked", time.time(), reason=why)

    def _block(self, info: Mapping[str, Any], act: str, since: float) -> None:
        failures = info["failures"]
        told = {"decided_by": "automatic"} if failures else {}
        told["reason"] = f"{failures} failures" if failures else "by command"
        if act != "banned":
            told["reason"] += f", {act}"
        if info["bantime"] >= 0:
            told["until"] = _moment(float(info["time"]) + info["bantime"])
        self._put(info, act, "ip.blocked", since, **told)

    def _put(self, info: Mapping[str, Any], act: str, kind: str, at: float, **told: str) -> None:
        try:
            address = str(ipaddress.ip_address(str(info["ip"]).partition("%")[0]))
        except ValueError:
            self._spool.lose(f"{info['fid']} is no address")
        else:
            times = "" if act in {"banned", "unbanned"} else f"-{at}"  # the others can come again
            block = f"fail2ban {self._system or self._host} {self._jail.name} {address}"
            data = {"block_id": block, "ip": f"ip:{address}", "scope": self._scope(), **told}
            own_id = f"{info['fid']}-{info['time']}-{act}{times}"
            self._spool.put(self._event(own_id, kind, at, data))
        if self._sender is not None:
            self._sender.work.set()

    def _lost(self, lost: dict[str, Any]) -> dict[str, Any]:
        data = {
            "measure_id": "fail2ban-log",
            "measure": "logging",
            "scope": self._scope(),
            "valid_from": _moment(lost["since"]),
            "valid_until": _moment(lost["until"] + 0.001),  # it ends after it began
            "reason": f"{lost['count']} blocks or ends of blocks could not be told",
        }
        own_id = f"lost-{lost['count']}-{lost['since']}"
        return self._event(own_id, "measure.failed", lost["until"], data)

    def _event(self, own_id: str, kind: str, at: float, data: dict[str, Any]) -> dict[str, Any]:
        common = {"host": self._host, "collector": "fail2ban", "parser": PARSER}
        common |= {"system": self._system} if self._system else {}
        named = f"{self._host}\n{self._jail.name}\n{own_id}"
        return {
            "specversion": "1.0",
            "id": str(uuid.uuid5(_IDS, named)),
            "source": f"/fail2ban/{self._host}",
            "type": kind,
            "time": _moment(at),
            "datacontenttype": "application/json",
            "data": {**common, **data},
        }

    def _scope(self) -> str:
        name = self._jail.name.lower()
        word = _REPEATED_MARKS.sub(r"\1", _FOREIGN.sub("-", name))
        is_public = not _ADDRESS.search(f"{name} {word}")
        return (is_public and word[:64].strip("._-")) or "fail2ban"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _moment(seconds: float) -> str:
    utc = timezone.utc  # noqa: UP017 - datetime.UTC came with Python 3.11
    return datetime.fromtimestamp(seconds, utc).isoformat().replace("+00:00", "Z")


def _seconds(retry_after: str | None) -> int:
    """The seconds of a Retry-After header, at most an hour; a date counts as none."""
    return min(int(retry_after), 3600) if retry_after and retry_after.isdigit() else 0


def _write(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, on disk when this returns."""
    beside = path.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
