"""Listening for syslog: what peers send is kept, whatever else they do."""

import contextlib
import logging.handlers
import socket
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import BadRequest, StoreUnavailable
from tests.certificates import make_certificate
from tests.syslog_listeners import listening
from tests.syslog_messages import counted, modern

FREE = "tcp:127.0.0.1:0"
ONE = modern("one").encode()
TWO = modern("two").encode()


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def test_both_framings_on_one_port_are_kept_in_order(tmp_path: Path) -> None:
    """Messages would be lost, or cut where a packet ends."""
    with listening(tmp_path, FREE) as listener, connected(listener.port) as peer:
        for piece in (counted(ONE)[:7], counted(ONE)[7:] + TWO, b"\n" + counted(ONE, TWO)):
            peer.sendall(piece)
        assert listener.wait_for_lines(4) == [ONE.decode(), TWO.decode()] * 2


def test_a_last_line_without_an_end_is_kept_of_a_peer_that_finished(tmp_path: Path) -> None:
    """The last message of every short connection would be lost."""
    with listening(tmp_path, FREE) as listener:
        with connected(listener.port) as peer:
            peer.sendall(ONE)
        assert listener.wait_for_lines(1) == [ONE.decode()]


def test_a_cut_or_long_frame_is_kept_as_refused_and_told(tmp_path: Path) -> None:
    """A frame would vanish without a trace, or stop those that follow."""
    with listening(tmp_path, FREE, max_frame_bytes=1024) as listener:
        with connected(listener.port) as peer:
            peer.sendall(counted(b"<1>" + b"x" * 2000, ONE) + b"99 <1>cut")
        long, one, cut = listener.wait_for_lines(3)
        assert long.startswith("\0expected at most 1024 octets, found 2003\0<1>xxx")
        assert one == ONE.decode()
        assert cut.startswith("\0expected 99 octets, found 6 before the connection ended\0")
        listener.wait_for_word("frames refused and kept as unreadable")


def test_datagrams_of_the_network_are_kept(tmp_path: Path) -> None:
    """Machines that send by UDP could not be heard."""
    with listening(tmp_path, "udp:127.0.0.1:0", max_frame_bytes=1024) as listener:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for content in (ONE, b"", b"\0\n", b"<1>" + b"x" * 2000, TWO + b"\n"):
                peer.sendto(content, ("127.0.0.1", listener.port))
        one, long, two = listener.wait_for_lines(3)
        assert (one, two) == (ONE.decode(), TWO.decode())
        assert long.startswith("\0expected a datagram of at most 1024 octets, found more\0")


def test_programs_of_the_machine_are_heard_at_a_socket(tmp_path: Path) -> None:
    """Lines of internal-sftp, which go nowhere else, could not be had."""
    path = tmp_path / "log"
    with listening(tmp_path, f"unix:{path}") as listener:
        handler = logging.handlers.SysLogHandler(str(path))
        logger = logging.Logger("test")  # noqa: LOG001 - one that no other test sees
        logger.addHandler(handler)
        logger.warning("fail2ban.actions[7]: NOTICE [sshd] Ban 203.0.113.77")
        handler.close()
        (line,) = listener.wait_for_lines(1)
        assert line.startswith("<12>20")
        assert line.endswith("Z fail2ban.actions[7]: NOTICE [sshd] Ban 203.0.113.77")
        assert stat.S_IMODE(path.stat().st_mode) == 0o666
    assert not path.exists()


def test_a_socket_that_was_left_behind_is_replaced_and_no_other(tmp_path: Path) -> None:
    """After a crash the listener would not start, or it would take somebody else's socket."""
    path = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
        left.bind(str(path))
    with listening(tmp_path, f"unix:{path}") as first:
        assert not first.failure
        with listening(tmp_path / "second", f"unix:{path}") as second:
            assert isinstance(second.failure[0], BadRequest)
            assert "key listen: expected an address that can be listened at" in str(
                second.failure[0]
            )
        assert path.exists()
    path.write_text("no socket")
    with listening(tmp_path / "third", f"unix:{path}") as third:
        assert isinstance(third.failure[0], BadRequest)
    assert path.read_text() == "no socket"


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    """The program would seem to listen and hear nothing."""
    with (
        listening(tmp_path, FREE) as first,
        listening(tmp_path / "second", f"tcp:127.0.0.1:{first.port}") as second,
    ):
        assert isinstance(second.failure[0], BadRequest)


def test_messages_over_tls_are_kept(tmp_path: Path) -> None:
    """Messages could only be sent so that everybody on the way may read and change them."""
    chain, key, trust = make_certificate(tmp_path)
    options: dict[str, Any] = {"certificate": chain, "key": key}
    with listening(tmp_path, "tls:127.0.0.1:0", **options) as listener:
        with trust.wrap_socket(connected(listener.port), server_hostname="127.0.0.1") as peer:
            peer.sendall(counted(ONE, TWO))
        assert listener.wait_for_lines(2) == [ONE.decode(), TWO.decode()]


def test_without_the_certificate_that_is_asked_for_nothing_is_taken(tmp_path: Path) -> None:
    """Whoever reaches the port could write into the log."""
    chain, key, trust = make_certificate(tmp_path)
    options: dict[str, Any] = {"certificate": chain, "key": key, "client_ca": chain}
    with listening(tmp_path, "tls:127.0.0.1:0", **options) as listener:
        with (
            contextlib.suppress(OSError),
            trust.wrap_socket(connected(listener.port), server_hostname="127.0.0.1") as stranger,
        ):
            stranger.sendall(counted(ONE))
            stranger.recv(1)
        listener.wait_for_word("connections of clients without a certificate refused")
        with contextlib.suppress(OSError), connected(listener.port) as plain:
            plain.sendall(counted(ONE))
            plain.recv(1)
        listener.wait_for_word("without the TLS that is asked for")
        trust.load_cert_chain(chain, key)
        with trust.wrap_socket(connected(listener.port), server_hostname="127.0.0.1") as peer:
            peer.sendall(counted(TWO))
        assert listener.wait_for_lines(1) == [TWO.decode()]


def test_why_a_certificate_does_not_count_is_told(tmp_path: Path) -> None:
    """Whoever looks for the one machine that is not heard would not know where to begin."""
    chain, key, trust = make_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    trust.load_cert_chain(*make_certificate(tmp_path / "other")[:2])
    options: dict[str, Any] = {"certificate": chain, "key": key, "client_ca": chain}
    with listening(tmp_path, "tls:127.0.0.1:0", **options) as listener:
        with (
            contextlib.suppress(OSError),
            trust.wrap_socket(connected(listener.port), server_hostname="127.0.0.1") as stranger,
        ):
            stranger.sendall(counted(ONE))
            stranger.recv(1)
        listener.wait_for_word("connections of clients refused by their certificate: self-signed")
        assert listener.lines() == []


@pytest.mark.parametrize(
    ("names", "heard"), [(["127.0.0.1", "x.example.org"], True), (["x.example.org"], False)]
)
def test_only_clients_with_a_stated_name_are_heard(
    tmp_path: Path, names: list[str], *, heard: bool
) -> None:
    """Every machine with a certificate of the house could write into the log."""
    chain, key, trust = make_certificate(tmp_path)
    trust.load_cert_chain(chain, key)
    options: dict[str, Any] = {"certificate": chain, "key": key, "client_ca": chain}
    with listening(tmp_path, "tls:127.0.0.1:0", client_names=names, **options) as listener:
        with (
            contextlib.suppress(OSError),
            trust.wrap_socket(connected(listener.port), server_hostname="127.0.0.1") as peer,
        ):
            peer.sendall(counted(ONE))
        if heard:
            assert listener.wait_for_lines(1) == [ONE.decode()]
        else:
            listener.wait_for_word("connections of clients with another name refused")
            assert listener.lines() == []


def test_peers_outside_the_stated_networks_are_not_heard(tmp_path: Path) -> None:
    """Anybody on the network could write into the log."""
    with listening(tmp_path, FREE, allow=["192.0.2.0/24"]) as listener:
        with contextlib.suppress(OSError), connected(listener.port) as peer:
            peer.sendall(ONE + b"\n")
            assert peer.recv(1) == b""
        listener.wait_for_word("connections of peers that are not allowed refused")
        assert listener.lines() == []


def test_one_address_cannot_take_all_connections(tmp_path: Path) -> None:
    """A single peer could keep all others out."""
    limits: dict[str, Any] = {"max_connections_per_peer": 2, "max_connections": 3}
    with listening(tmp_path, FREE, **limits) as listener, contextlib.ExitStack() as held:
        first, second = (held.enter_context(connected(listener.port)) for _ in range(2))
        first.sendall(ONE + b"\n")
        second.sendall(ONE + b"\n")
        listener.wait_for_lines(2)
        with contextlib.suppress(OSError), connected(listener.port) as third:
            assert third.recv(1) == b""
        listener.wait_for_word("connections beyond 2 of one address refused")
        first.close()
        listener.wait_until(lambda: _gets_in(listener.port))
        assert listener.wait_for_lines(3)[2] == TWO.decode()


def _gets_in(port: int) -> bool:
    with contextlib.suppress(OSError), connected(port) as peer:
        peer.sendall(TWO + b"\n")
        peer.settimeout(0.1)
        try:
            peer.recv(1)
        except TimeoutError:
            return True
    return False


def test_slow_and_silent_peers_are_cut_off_and_others_served(tmp_path: Path) -> None:
    """Peers that never end a frame, or drip it, would hold their connections for ever."""
    with listening(tmp_path, FREE, frame_s=1, idle_s=1) as listener, contextlib.ExitStack() as held:
        slow, dripping, silent = (held.enter_context(connected(listener.port)) for _ in range(3))
        slow.sendall(b"99 <1>")
        dripping.sendall(b"98 <1>")
        with connected(listener.port) as other:
            other.sendall(ONE + b"\n")
            assert listener.wait_for_lines(1) == [ONE.decode()]
        _drip(dripping)
        assert slow.recv(1) == silent.recv(1) == b""
        listener.wait_for_word("took too long for one frame")
        listener.wait_for_word("that was silent")
        cut = {line.partition(" octets")[0] for line in listener.wait_for_lines(3)[1:]}
        assert cut == {"\0expected 98", "\0expected 99"}


def _drip(peer: socket.socket) -> None:
    """Sends a byte now and then until the other side hangs up."""
    peer.settimeout(0.1)
    with contextlib.suppress(ConnectionError):
        for _ in range(90):
            peer.sendall(b"x")
            with contextlib.suppress(TimeoutError):
                assert peer.recv(1) == b""
                return
    raise AssertionError("a peer that drips was not cut off")


def test_a_peer_is_read_no_further_than_the_disk_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames would be taken that a crash of the machine loses."""
    gate = threading.Event()
    monkeypatch.setattr("cli.watching.listening_streams.LAST_S", 0.2)
    with listening(tmp_path, FREE) as listener:
        settle = listener.spool.settle
        monkeypatch.setattr(listener.spool, "settle", lambda: (gate.wait(20), settle()))
        with connected(listener.port) as peer:
            peer.settimeout(0.3)
            assert _is_held(peer)
            assert listener.lines() == []
            gate.set()
            listener.wait_for_lines(1000)


def _is_held(peer: socket.socket) -> bool:
    """Whether some 60 MB cannot be sent, as nobody reads them."""
    block = counted(*[ONE] * 10_000)
    try:
        for _ in range(100):
            peer.sendall(block)
    except TimeoutError:
        return True
    return False


def test_a_disk_that_refuses_holds_peers_back_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came while the disk was full would be lost, or be kept twice."""
    monkeypatch.setattr("cli.watching.listening_intake.RETRY_S", 0.01)
    with listening(tmp_path, FREE) as listener, connected(listener.port) as peer:
        settle, failures = listener.spool.settle, [True, True]

        def fails_twice() -> None:
            if failures:
                failures.pop()
                raise StoreUnavailable("no space left")
            settle()

        monkeypatch.setattr(listener.spool, "settle", fails_twice)
        peer.sendall(counted(ONE, TWO))
        listener.wait_for_word("peers wait: no space left")
        assert listener.wait_for_lines(2) == [ONE.decode(), TWO.decode()]


def test_a_full_spool_holds_peers_back_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came while nothing could be recorded would be lost, or nothing more be taken ever."""
    monkeypatch.setattr("cli.watching.listening_intake.RETRY_S", 0.01)
    room = {"most_bytes": 400, "segment_bytes": 200}
    with listening(tmp_path, FREE, room) as listener, connected(listener.port) as peer:
        peer.sendall(counted(*(modern(f"{number:03}").encode() for number in range(9))))
        listener.wait_for_word("the spool is full, peers wait")
        kept: list[str] = []

        def recorded() -> bool:
            newest = listener.spool.durable[0]
            kept.extend(line for line in listener.lines() if line not in kept)
            listener.spool.drop_before(newest)
            return len(kept) >= 9

        listener.wait_until(recorded)
        assert [line[-3:] for line in kept] == [f"{number:03}" for number in range(9)]


def test_what_came_before_the_end_is_kept(tmp_path: Path) -> None:
    """Each restart would lose what was on its way."""
    with listening(tmp_path, FREE) as listener, connected(listener.port) as peer:
        peer.sendall(counted(*[ONE] * 500))
        listener.wait_for_lines(1)
    assert listener.lines() == [ONE.decode()] * 500


def test_a_peer_that_never_pauses_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program could not be stopped while anybody sends."""
    ended = threading.Event()
    monkeypatch.setattr("cli.watching.listening_streams.LAST_S", 0.2)

    def flood(port: int) -> None:
        with contextlib.suppress(OSError), connected(port) as peer:
            while not ended.is_set():
                peer.sendall(counted(ONE))

    with listening(tmp_path, FREE) as listener:
        sender = threading.Thread(target=flood, args=(listener.port,))
        sender.start()
        listener.wait_for_lines(10)
    ended.set()
    sender.join(20)
    assert not sender.is_alive()


def test_losses_that_the_system_reports_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Datagrams for which the kernel had no room would vanish without a trace."""
    monkeypatch.setattr("cli.watching.listening_sockets.RECEIVE_BUFFER_BYTES", 1)
    gate = threading.Event()
    with listening(tmp_path, "udp:127.0.0.1:0") as listener:
        settle = listener.spool.settle
        monkeypatch.setattr(listener.spool, "settle", lambda: (gate.wait(20), settle()))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            for _ in range(200):
                peer.sendto(ONE, ("127.0.0.1", listener.port))
            gate.set()
            listener.wait_until(lambda: _said_lost(peer, listener.port, listener.lines()))


def _said_lost(peer: socket.socket, port: int, lines: list[str]) -> bool:
    peer.sendto(ONE, ("127.0.0.1", port))
    return any("the system had no room for" in line for line in lines)


def test_files_of_a_listener_are_for_its_owner_only(tmp_path: Path) -> None:
    """Whoever may enter the home could read what machines report."""
    with listening(tmp_path, FREE) as listener, connected(listener.port) as peer:
        peer.sendall(ONE + b"\n")
        listener.wait_for_lines(1)
        modes = {stat.S_IMODE(path.stat().st_mode) for path in listener.spool.folder.iterdir()}
    assert modes == {0o600}
