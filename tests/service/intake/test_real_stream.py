"""Streams into a real service: receipts while lines come, constant memory, and kills in between."""

import http.client
import json
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from ledger.home import Home
from tests.command_line import zegel_here
from tests.running_service import RunningService, make_home, make_key, running_service
from tests.service.intake.sending import LINES, PATH, lines, native

PATIENCE_S: Final = 60.0
NO_LOOPS: Final = ("--no-seal", "--no-project", "--no-verify", "--no-grpc")


class Connection:
    """A stream that is written and read at once."""

    def __init__(self, service: RunningService, key: str) -> None:
        """Sends the head of a request."""
        address = urlsplit(service.url)
        assert address.hostname is not None
        assert address.port is not None
        self._socket = socket.create_connection((address.hostname, address.port), PATIENCE_S)
        self._received = self._socket.makefile("rb")
        self._socket.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {key}\r\n"
            "Content-Type: application/x-ndjson\r\nAccept: application/x-ndjson\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )

    def send(self, data: bytes) -> None:
        """Sends a piece of the body; none: its end."""
        self._socket.sendall(b"%x\r\n%b\r\n" % (len(data), data))

    def head(self) -> str:
        """The status line of the answer."""
        status = self._received.readline().decode().strip()
        while self._received.readline().strip():
            pass
        return status

    def receipts(self) -> list[dict[str, Any]]:
        """Those of the next piece of the answer; none at its end."""
        size = int(self._received.readline(), 16)
        piece = self._received.read(size)
        self._received.readline()
        return [json.loads(line) for line in piece.splitlines()]

    def close(self) -> None:
        """Ends the connection."""
        self._received.close()
        self._socket.close()


Connect = Callable[[RunningService, str], Connection]


@pytest.fixture
def connect() -> Iterator[Connect]:
    made: list[Connection] = []

    def connection(service: RunningService, key: str) -> Connection:
        made.append(Connection(service, key))
        return made[-1]

    yield connection
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningService, str]]:
    """A service for all tests that do not kill it, and a key."""
    home = make_home(tmp_path_factory.mktemp("served") / "home")
    secret = make_key(home, "sender", "recorder")
    with running_service(home, *NO_LOOPS, ready=False, ZEGEL_SERVE_STREAM_IDLE_S="8") as service:
        yield service, secret


def test_receipts_come_while_lines_are_sent(
    keyed: tuple[RunningService, str], connect: Connect
) -> None:
    """A sender that follows a source would wait for its end, or lose lines while it listens."""
    stream = connect(*keyed)
    stream.send(lines(native(0)))
    assert stream.head() == "HTTP/1.1 200 OK"
    (first,) = stream.receipts()
    for number in range(1, 4):
        whole = lines(native(number))
        stream.send(whole[:20])
        stream.send(whole[20:])
        (receipt,) = stream.receipts()
        assert (receipt["line"], receipt["event_id"]) == (
            number + 1,
            native(number)["event_id"],
        )
        assert receipt["index"] == first["index"] + number
    stream.send(b"")
    assert stream.receipts() == []


def test_a_silent_stream_is_answered_with_how_far_it_is_durable(
    keyed: tuple[RunningService, str],
) -> None:
    """Its sender would not learn what it may forget, or hold the connection for ever."""
    status, told = posted(*keyed, [lines(native(50), native(51)), b'{"kind"'], ends=False)
    assert (status, told["type"]) == (408, "urn:zegel:problem:too-slow")
    assert (told["accepted"], told["durable_lines"]) == (2, 2)


def test_a_long_stream_is_taken_in_constant_memory(keyed: tuple[RunningService, str]) -> None:
    """A long stream would end the service."""
    # What the database keeps of its file in memory is full by then, and grows no more.
    assert posted(*keyed, _many(range(10_000)))[0] in {200, 201}
    before = _peak_bytes(keyed[0])
    pieces = _many(range(10_000, 22_000))
    sent_bytes = sum(map(len, _many(range(10_000, 22_000))))
    status, told = posted(*keyed, pieces)
    assert (status, told["accepted"], told["durable_lines"]) == (201, 12_000, 12_000)
    grown = _peak_bytes(keyed[0]) - before
    assert grown < sent_bytes / 10, f"{grown} bytes for a stream of {sent_bytes}"


def test_what_was_acknowledged_survives_a_kill_and_is_there_once(
    tmp_path: Path, connect: Connect
) -> None:
    """A sender would forget a fact that is lost, or repeat one that then is there twice."""
    home = make_home(tmp_path / "home")
    key = make_key(home, "sender", "recorder")
    acknowledged: set[str] = set()
    numbers = range(6_000)
    for signalled in (signal.SIGKILL, signal.SIGKILL, None):
        with running_service(home, *NO_LOOPS, ready=False) as service:
            stream = connect(service, key)
            if signalled is None:
                status, told = posted(service, key, [lines(*map(native, numbers))])
                assert status in {200, 201}
                assert told["accepted"] + told["duplicates"] == len(numbers)
                break
            for start in range(0, 4_000, 500):
                stream.send(lines(*map(native, numbers[start : start + 500])))
            assert stream.head() == "HTTP/1.1 200 OK"
            acknowledged |= {receipt["event_id"] for receipt in stream.receipts()}
            service.stop(signalled)
    assert acknowledged
    with closing(Home(home).open_ledger()) as ledger:
        ids = [str(row.event_id) for row in ledger.log.scan() if row.kind == "access.used.v1"]
    assert len(ids) == len(set(ids)) == len(numbers)
    assert acknowledged <= set(ids)
    assert zegel_here("--home", home, "verify").returncode == 0


def posted(
    service: RunningService, key: str, pieces: Iterable[bytes], *, ends: bool = True
) -> tuple[int, dict[str, Any]]:
    """Status and answer of a stream; one that does not end waits for its answer."""
    address = urlsplit(service.url)
    assert address.hostname is not None
    client = http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE_S)
    try:
        client.putrequest("POST", PATH)
        for name, value in LINES.items():
            client.putheader(name, value)
        client.putheader("Authorization", f"Bearer {key}")
        client.putheader("Transfer-Encoding", "chunked")
        client.endheaders()
        for piece in pieces:
            client.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        if ends:
            client.send(b"0\r\n\r\n")
        answer = client.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        client.close()


def _many(numbers: range) -> Iterator[bytes]:
    """Lines of some 6,000 bytes, ten in a piece."""
    for at in range(0, len(numbers), 10):
        yield lines(
            *(native(number + 100_000, note="x" * 6_000) for number in numbers[at : at + 10])
        )


def _peak_bytes(service: RunningService) -> int:
    """The most memory that the process ever had resident."""
    told = Path(f"/proc/{service.process.pid}/status")
    if not told.exists():
        pytest.skip("this system does not tell how much memory a process had")
    (line,) = (line for line in told.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
