"""Two services over two logs of one database: a caller of one is nobody to the other."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.home import Home
from ledger.many_logs.home_logs import named_log
from ledger.serve_settings import ServeSettings
from ledger.signing.signing_folder import SigningFolder
from projections import catch_up
from service.access.authenticating import authenticator
from service.app import create_app
from service.context import Context
from tests.two_logs import CUSTOMER, FILLERS, OTHER, PERSON, command, facts, make_home, opened

NAMES = ("main", OTHER)
FACT = {
    "kind": "access.used.v1",
    "occurred_at": "2026-03-02T10:00:00Z",
    "system": "crm",
    "resource": "customer-file",
    "actor": PERSON,
}


@dataclass(frozen=True, slots=True)
class Served:
    """One log with its service, and the secrets of its callers."""

    client: TestClient
    reader: dict[str, str]
    recorder: dict[str, str]


@pytest.fixture
def served(tmp_path: Path, database_url: str) -> Iterator[dict[str, Served]]:
    """Both logs with the same facts, each served by a service of its own."""
    home = make_home(tmp_path / "home", database_url)
    with ExitStack() as stack:
        yield {name: _served(home, name, stack) for name in NAMES}


def _served(home: Home, name: str, stack: ExitStack) -> Served:
    with opened(home, name) as ledger:
        ledger.record_many(list(facts(f"word of {name}")))
        catch_up(ledger)
    keys = {
        role: json.loads(command(home, name, "api-key", "create", f"{role}-of", "--role", role))
        for role in ("reader", "recorder")
    }
    place = named_log(home, name)
    ledger = place.open_ledger()
    stack.callback(ledger.close)
    settings = ServeSettings()
    terms = SigningFolder(place.folder).terms
    context = Context(ledger, place, settings, authenticator(ledger, settings), terms)
    client = TestClient(create_app(context), raise_server_exceptions=False)
    return Served(client, _bearer(keys["reader"]), _bearer(keys["recorder"]))


def _bearer(made: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {made['key']}"}


def test_a_key_of_one_log_opens_nothing_of_another(served: dict[str, Served]) -> None:
    """Whoever has a program at one customer could read, or write, at every other."""
    for name, stranger in (("main", OTHER), (OTHER, "main")):
        client = served[name].client
        assert client.get("/v1/events", headers=served[name].reader).status_code == 200
        for headers in (served[stranger].reader, served[stranger].recorder):
            assert client.get("/v1/events", headers=headers).status_code == 401
            refused = client.post("/v1/events", json=FACT, headers=headers)
            assert refused.status_code == 401


def test_the_same_fact_sent_to_both_is_recorded_in_both(served: dict[str, Served]) -> None:
    """What one customer sent would be answered as known already to another."""
    receipts = {}
    for name, each in served.items():
        headers = {**each.recorder, "Idempotency-Key": '"one-key"'}
        answer = each.client.post("/v1/events", json=FACT, headers=headers)
        assert answer.status_code == 201, answer.text
        receipts[name] = answer.json()
    assert receipts["main"]["leaf_hash"] != receipts[OTHER]["leaf_hash"]


def test_no_token_or_page_of_one_log_means_anything_in_another(
    served: dict[str, Served],
) -> None:
    """A pseudonym would link a person across customers, or a page be read on in another log."""
    first = {}
    for name, each in served.items():
        found = each.client.get(
            f"/v1/events?limit=2&subject={CUSTOMER}", headers=each.reader
        ).json()
        assert len(found["records"]) == 2, found
        first[name] = found
    tokens = {name: found["records"][0]["event"]["subjects"][0] for name, found in first.items()}
    assert tokens["main"] != tokens[OTHER]
    other = served[OTHER]
    by_token = other.client.get(
        "/v1/events", params={"subject": tokens["main"]}, headers=other.reader
    )
    assert by_token.status_code == 200
    assert by_token.json()["records"] == []
    followed = other.client.get(f"/v1/events{first['main']['next']}", headers=other.reader)
    assert followed.status_code == 400, followed.text


def test_each_service_tells_of_its_own_log_alone(served: dict[str, Served]) -> None:
    """Views, counts and searches of one customer would hold those of another."""
    for name, each in served.items():
        found = each.client.get(
            "/v1/events", params={"actor": PERSON, "limit": 1000}, headers=each.reader
        ).json()
        assert len(found["records"]) == FILLERS, name
        answer = each.client.get("/v1/views/access?only=ungranted", headers=each.reader).json()
        assert len(answer["rows"]) == FILLERS, name
