"""What every request passes first."""

from pathlib import Path

from starlette.testclient import TestClient

from ledger.events.access import AccessAttemptDenied
from service.app import create_app
from tests.opened import opened_records
from tests.served import client_of, served_context


def test_who_comes_in_clear_is_refused_and_recorded(tmp_path: Path) -> None:
    """A key that was sent in clear would work, and nobody would know that it must be replaced."""
    with served_context(tmp_path, require_tls=True) as context:
        client = client_of(context, "reader")
        assert client.get("/v1/events").status_code == 403
        assert client.get("/v1/events/secret-7").status_code == 403
        assert client.get("/healthz").status_code == 200
        opened = opened_records(context.ledger, context.ledger.log.scan())
        (denied,) = [each.event for each in opened]
        assert isinstance(denied, AccessAttemptDenied)
        assert (denied.act, denied.action, denied.resource) == (
            "connect", "in-clear", "zegel/service",
        )  # fmt: skip
        context.refusals.settle()
        assert context.ledger.head().size == 2
        over_tls = TestClient(
            create_app(context), "https://testserver", headers=dict(client.headers)
        )
        assert over_tls.get("/v1/events").status_code == 200
