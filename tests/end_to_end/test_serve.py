"""The service as a process: how it starts, what it refuses, and that a stop loses nothing."""

import json
import signal
import socket
import subprocess
import time
from pathlib import Path
from threading import Thread
from urllib.request import Request, urlopen

import pytest

from tests.certificates import make_certificate
from tests.command_line import ZEGEL, clean_environment, zegel, zegel_here
from tests.running_service import RunningService, make_home, make_key, running_service

EVENT = {
    "kind": "ip.blocked",
    "block_id": "gate-1",
    "ip": "ip:192.0.2.7",
    "occurred_at": "2026-03-01T09:00:00Z",
    "system": "gate",
}


@pytest.fixture
def served_home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


def size_of(home: Path) -> int:
    """How many records stand in the log."""
    shown = zegel_here("--home", home, "log", "--json")
    assert shown.returncode == 0, shown.stderr
    return shown.stdout.count("\n")


def test_a_second_process_shows_nothing_lost_after_sigterm(served_home: Path) -> None:
    """What was acknowledged just before a stop would be gone after it."""
    key = make_key(served_home, "gate", "recorder")
    acknowledged: list[int] = []
    before = size_of(served_home)

    def write(service: RunningService) -> None:
        while True:
            request = reported(service, key, len(acknowledged))
            try:
                with urlopen(request, timeout=20) as answer:
                    acknowledged.append(answer.status)
            except OSError:
                return

    with running_service(served_home) as service:
        writer = Thread(target=write, args=(service,))
        writer.start()
        while len(acknowledged) < 20:
            assert writer.is_alive(), service.log
        assert service.stop() == 0
        writer.join()
    assert set(acknowledged) == {201}
    assert size_of(served_home) >= before + len(acknowledged)
    assert zegel_here("--home", served_home, "verify").returncode == 0


def test_two_services_share_one_database(postgres_database: str, tmp_path: Path) -> None:
    """A second process would store, sign or fold what the first one had already."""
    home = make_home(tmp_path / "home", "--database", postgres_database)
    key = make_key(home, "gate", "recorder")
    with (
        running_service(home, "--no-grpc") as signing,
        running_service(home, "--no-grpc", "--no-seal", "--no-project") as answering,
    ):
        receipts = [
            json.loads(service.ask(reported(service, key, number // 2))[1])
            for number, service in enumerate([signing, answering] * 4)
        ]
        status, body = answering.get("/readyz")
    assert sorted({receipt["index"] for receipt in receipts}) == [2, 3, 4, 5]
    assert sum(receipt["duplicate"] for receipt in receipts) == 4
    assert status == 200, body
    assert zegel_here("--home", home, "verify").returncode == 0


def reported(service: RunningService, key: str, number: int) -> Request:
    """A fact, the same one for the same number."""
    return Request(
        f"{service.url}/v1/events",
        json.dumps(EVENT).encode(),
        {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"gate-{number}",
        },
    )


def test_it_signs_and_projects_beside_the_requests(served_home: Path) -> None:
    """A service alone would leave the log unsigned, and its views behind."""
    with running_service(served_home) as service:
        status, body = service.get("/readyz")
    assert status == 200
    checks = json.loads(body)["checks"]
    assert set(checks) == {"database", "signer", "projection", "disk", "verification"}
    assert zegel_here("--home", served_home, "checkpoint", "show").returncode == 0


def test_sigint_ends_it_in_good_order_too(served_home: Path) -> None:
    """Ctrl-C at a terminal would be taken for a crash."""
    with running_service(served_home) as service:
        assert service.stop(signal.SIGINT) == 0
    assert json.loads(service.log[-1])["event"] == "stopped"


def test_a_second_signal_ends_it_at_once(served_home: Path) -> None:
    """An operator in a hurry would have to kill it, or wait for a client that never ends."""
    key = make_key(served_home, "gate", "recorder")
    with running_service(served_home, "--no-grpc", ZEGEL_SERVE_BODY_S="600") as service:
        address = ("127.0.0.1", int(service.url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=60) as client:
            client.sendall(
                b"POST /v1/events HTTP/1.1\r\nhost: gate\r\nauthorization: Bearer %b\r\n"
                b"content-type: application/json\r\nidempotency-key: gate\r\n"
                b"content-length: 100\r\nexpect: 100-continue\r\n\r\n" % key.encode()
            )
            assert client.recv(1000).startswith(b"HTTP/1.1 100 ")  # its body is waited for
            service.process.send_signal(signal.SIGTERM)
            while not any('"stopping"' in line for line in service.log):
                time.sleep(0.02)
            assert service.process.poll() is None
            assert service.stop() == -signal.SIGTERM


def test_a_client_that_goes_away_does_not_end_it(served_home: Path) -> None:
    """The habit of ending with a closed pipe would let anybody stop the service."""
    with running_service(served_home) as service:
        service.process.send_signal(signal.SIGPIPE)
        assert service.get("/livez")[0] == 200


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--host", "0.0.0.0"), "host"),
        (("--require-tls",), "require_tls"),
        (("--tls-cert", "a.pem"), "tls_cert, tls_key"),
        (("--behind-proxy", "nonsense"), "behind_proxy"),
        (("--host", "no.such.host.invalid"), "host"),
    ],
)
def test_it_refuses_to_listen_unprotected(
    served_home: Path, options: tuple[str, ...], named: str
) -> None:
    """Keys and identities would cross a network in clear."""
    refused = zegel("--home", served_home, "serve", "--port", "0", *options)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"zegel: {named}: ")


def test_without_a_home_it_says_what_makes_one(tmp_path: Path) -> None:
    """A typing error in a path would be answered with a trace."""
    refused = zegel("--home", tmp_path / "nowhere", "serve")
    assert refused.returncode == 4
    assert "zegel init" in refused.stderr


def test_a_port_that_is_taken_is_named(served_home: Path) -> None:
    """Two services at one port would share the requests between them."""
    with running_service(served_home, "--no-grpc") as service:
        port = service.url.rpartition(":")[2]
        refused = zegel("--home", served_home, "serve", "--port", port, "--no-grpc")
    assert refused.returncode == 4
    assert port in refused.stderr


def test_over_tls_it_answers_and_asks_browsers_to_stay(served_home: Path, tmp_path: Path) -> None:
    """The certificate of the settings would be ignored, or its key asked for on a terminal."""
    chain, key, trust = make_certificate(tmp_path)
    options = ("--tls-cert", chain, "--tls-key", key, "--require-tls", "--host", "0.0.0.0")
    with running_service(served_home, *options, trust=trust, ready=False) as service:
        service.url = service.url.replace("0.0.0.0", "127.0.0.1")
        assert service.url.startswith("https://")
        with urlopen(f"{service.url}/livez", context=trust, timeout=20) as answer:
            assert answer.status == 200
            assert answer.headers["strict-transport-security"]


def test_a_certificate_that_is_none_is_named(served_home: Path, tmp_path: Path) -> None:
    """A wrong file would end with the words of a library."""
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    refused = zegel(
        "--home", served_home, "serve", "--tls-cert", str(wrong), "--tls-key", str(wrong)
    )
    assert refused.returncode == 4
    assert str(wrong) in refused.stderr


def test_behind_a_proxy_only_its_word_is_believed(served_home: Path) -> None:
    """Anybody could say that they came over TLS."""
    with running_service(
        *(served_home, "--behind-proxy", "127.0.0.1", "--require-tls", "--no-grpc"), ready=False
    ) as service:
        assert service.get("/checkpoint")[0] == 403
        assert service.get("/v1/openapi.json", **{"X-Forwarded-Proto": "https"})[0] == 200
        assert service.get("/livez")[0] == 200
    with running_service(
        *(served_home, "--behind-proxy", "192.0.2.1", "--require-tls", "--no-grpc"), ready=False
    ) as service:
        assert service.get("/v1/openapi.json", **{"X-Forwarded-Proto": "https"})[0] == 403


def test_flags_win_over_the_environment_and_that_over_the_file(served_home: Path) -> None:
    """A setting would come from another place than the operator was told."""
    settings = served_home / "zegel.toml"
    settings.write_text(
        settings.read_text() + "\n[serve]\nport = 1\nmost_depth = 10\nseal_every_s = 2\n"
    )
    shown = zegel_here(
        "--home", served_home, "config", "show", "--json", ZEGEL_SERVE_MOST_DEPTH="11"
    )
    found = {row["name"]: row for row in map(json.loads, shown.stdout.splitlines())}
    assert found["serve.port"]["value"] == 1
    assert found["serve.port"]["source"] == "file"
    assert found["serve.most_depth"]["value"] == 11
    assert found["serve.most_depth"]["source"] == "environment"
    assert found["serve.body_s"]["source"] == "default"
    with running_service(
        served_home, "--port", "0", "--no-grpc", ready=False, ZEGEL_SERVE_PORT="2"
    ) as service:
        assert service.url.rpartition(":")[2] not in {"1", "2"}
        assert set(service.addresses) == {"HTTP"}


def test_config_show_never_shows_a_secret(served_home: Path) -> None:
    """A screen that somebody shares would hand out the database."""
    shown = zegel_here(
        *("--home", served_home, "config", "show", "--json"),
        ZEGEL_DATABASE="postgresql://zegel:hunter2@db/zegel?password=hunter3",
        ZEGEL_KEY_PASSPHRASE="hunter4",
        ZEGEL_TOKEN_PIN="hunter5",
    )
    assert shown.returncode == 0, shown.stderr
    assert "hunter" not in shown.stdout
    found = {row["name"]: row for row in map(json.loads, shown.stdout.splitlines())}
    assert found["key_passphrase"]["value"] == "set"
    assert found["database"]["source"] == "environment"
    assert "zegel:***@db" in found["database"]["value"]


def test_a_loop_apart_keeps_the_views_in_step(served_home: Path) -> None:
    """Views beside a service that does not project would be folded when somebody waits."""
    loop = subprocess.Popen(
        [ZEGEL, "--home", served_home, "project", "--loop", "--every", "0.05"],
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    try:
        assert loop.stdout is not None
        first = json.loads(loop.stdout.readline())["size"]
        make_key(served_home, "another", "reader")
        assert json.loads(loop.stdout.readline())["size"] > first
        loop.send_signal(signal.SIGTERM)
        assert loop.wait(60) == 0
    finally:
        loop.kill()
        loop.wait()
        if loop.stdout is not None:
            loop.stdout.close()
