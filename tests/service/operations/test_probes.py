"""Whoever runs the service is told whether it can vouch for the log, and whether it can record."""

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import StoreUnavailable, VerificationError
from projections import catch_up
from service.context import Context
from service.operations import checks, probes
from service.operations.loops import Loop
from tests.grants import grant
from tests.served import client_of, served_context


@pytest.fixture(autouse=True)
def _always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "FRESH_S", -1.0)


def asked(context: Context, path: str = "/readyz") -> tuple[int, dict[str, Any]]:
    answer = client_of(context).get(path)
    return answer.status_code, answer.json()


def test_a_sound_service_is_ready(tmp_path: Path) -> None:
    """A load balancer would send nobody to it."""
    with served_context(tmp_path) as context:
        catch_up(context.ledger)
        status, document = asked(context)
        assert (status, document["status"], document["failing"]) == (200, "ready", [])
        assert document["checks"]["database"]["size"] == context.ledger.head().size
        assert document["checks"]["projection"]["lag_records"] == 0
        assert asked(context, "/livez") == asked(context, "/healthz") == (200, {"status": "alive"})


def late_signer(context: Context, monkeypatch: pytest.MonkeyPatch) -> str:
    del monkeypatch
    context.ledger.record(grant())
    return "signer"


def broken_evidence(context: Context, monkeypatch: pytest.MonkeyPatch) -> str:
    del monkeypatch
    loop = Loop("signer", lambda _stop: None)
    loop.broken = VerificationError("MODIFIED", 3, "expected another hash")
    context.operations.add(loop)
    return "signer"


def lagging_views(context: Context, monkeypatch: pytest.MonkeyPatch) -> str:
    del monkeypatch
    context.ledger.record_many([grant() for _ in range(3)])
    return "projection"


@pytest.mark.parametrize("trouble", [late_signer, broken_evidence, lagging_views])
def test_what_keeps_it_from_vouching_does_not_keep_it_from_recording(
    tmp_path: Path,
    trouble: Callable[[Context, pytest.MonkeyPatch], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Facts would be lost because evidence is broken, or nobody would hear that it is."""
    with served_context(tmp_path, ready_signer_s=0.0, ready_lag_records=2) as context:
        catch_up(context.ledger)
        name = trouble(context, monkeypatch)
        status, document = asked(context)
        assert status == 503
        assert name in document["failing"]
        assert asked(context, "/readyz/intake")[0] == 200


def full_disk(_context: Context, monkeypatch: pytest.MonkeyPatch) -> str:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1))
    return "disk"


def database_away(context: Context, monkeypatch: pytest.MonkeyPatch) -> str:
    def head() -> None:
        raise StoreUnavailable("the password of the database is hunter2")

    monkeypatch.setattr(context.ledger.log, "head", head)
    return "database"


@pytest.mark.parametrize("trouble", [full_disk, database_away])
def test_what_keeps_it_from_recording_is_told_by_both(
    tmp_path: Path,
    trouble: Callable[[Context, pytest.MonkeyPatch], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Senders would be led to a service that can store nothing."""
    with served_context(tmp_path) as context:
        name = trouble(context, monkeypatch)
        for path in ("/readyz", "/readyz/intake"):
            status, document = asked(context, path)
            assert status == 503
            assert name in document["failing"]
            assert "hunter2" not in str(document)


def test_a_service_that_stops_is_not_ready(tmp_path: Path) -> None:
    """A load balancer would send callers to a service that is about to end."""
    with served_context(tmp_path) as context:
        context.operations.stopping.set()
        status, document = asked(context)
        assert (status, document["status"]) == (503, "stopping")


def test_the_checks_are_made_once_for_many_who_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody could keep the database busy without a login."""
    monkeypatch.setattr(probes, "FRESH_S", 1000.0)
    made: list[int] = []
    whole = checks.checked

    def counted(context: Context) -> dict[str, checks.Check]:
        made.append(1)
        return whole(context)

    monkeypatch.setattr(probes, "checked", counted)
    with served_context(tmp_path) as context:
        client = client_of(context)
        for _ in range(5):
            client.get("/readyz")
    assert len(made) == 1


def test_numbers_are_for_who_may_administer(tmp_path: Path) -> None:
    """How much is recorded, and when, would be told to anybody."""
    with served_context(tmp_path) as context:
        for role in ("reader", "auditor", "recorder"):
            assert client_of(context, role).get("/metrics").status_code == 403
        context.operations.numbers.recorded("security.ip_blocked.v1", count=2)
        context.operations.numbers.appended(0.01)
        context.tails.enter(1)
        answer = client_of(context, "admin").get("/metrics")
        size = context.ledger.head().size
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'zegel_events_total{group="security",outcome="recorded"} 2.0' in lines
    assert "zegel_tails 1.0" in lines
    assert f"zegel_log_size {float(size)}" in lines
    assert "zegel_evidence_broken 0.0" in lines
    assert 'zegel_requests_refused_total{problem="not-authorised"} 3.0' in lines
    assert any(line.startswith("zegel_projection_lag_records ") for line in lines)


def test_numbers_without_a_database_are_still_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The page would be gone just when somebody wants to know what happens."""
    with served_context(tmp_path) as context:
        database_away(context, monkeypatch)
        with caplog.at_level(logging.WARNING):
            answer = client_of(context, "admin").get("/metrics")
    assert answer.status_code == 200
    assert "zegel_evidence_broken" in answer.text
    assert "zegel_log_size" not in answer.text
    assert "hunter2" not in caplog.text
