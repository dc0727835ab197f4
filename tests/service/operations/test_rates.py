"""How often one caller may ask, and what everybody is told about it."""

from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ledger.errors import TooOften
from ledger.serve_settings import ServeSettings
from service.app import create_app
from service.operations.rates import MOST_PROVED, Rates, digest, network_of
from tests.served import client_of, served_context

SETTINGS = replace(
    ServeSettings(), requests_per_minute=3, refusals_per_minute=2, public_requests_per_minute=5
)


def test_each_caller_has_a_limit_of_their_own() -> None:
    """One busy program would shut everybody else out."""
    rates = Rates(SETTINGS)
    assert rates.allow("192.0.2.1", b"one").left == 2
    rates.proved(b"one")
    for left in (1, 0):
        assert rates.allow("192.0.2.1", b"one").left == left
    with pytest.raises(TooOften) as refused:
        rates.allow("192.0.2.1", b"one")
    assert 0 < refused.value.retry_after_s <= 60
    rates.proved(b"two")
    assert rates.allow("192.0.2.1", b"two").left == 1


def test_evidence_has_a_limit_of_its_own() -> None:
    """An auditor who reads every tile would be shut out by the limit of queries, or the reverse."""
    rates = Rates(SETTINGS)
    for _ in range(5):
        rates.allow("192.0.2.1", None, public=True)
    with pytest.raises(TooOften):
        rates.allow("192.0.2.1", None, public=True)
    assert rates.allow("192.0.2.1", None).left == 2


def test_whoever_guesses_credentials_is_stopped_whatever_they_show() -> None:
    """Another guess each time would never meet a limit."""
    rates = Rates(SETTINGS)
    for number in range(2):
        rates.allow("192.0.2.1", b"guess %d" % number)
        rates.refused("192.0.2.1", b"guess %d" % number)
    with pytest.raises(TooOften, match="refused"):
        rates.allow("192.0.2.1", b"guess 3")
    assert rates.allow("192.0.2.2", b"guess 3").left == 2


def test_who_is_known_is_let_in_beside_one_who_guesses() -> None:
    """One program with an old key would shut out all that share its address."""
    rates = Rates(SETTINGS)
    rates.allow("192.0.2.1", b"known")
    rates.proved(b"known")
    for guess in (b"guess", b"another"):
        rates.refused("192.0.2.1", guess)
    for stranger in (b"guess", b"other"):
        with pytest.raises(TooOften, match="refused"):
            rates.allow("192.0.2.1", stranger)
    assert rates.allow("192.0.2.1", b"known").left == 1
    rates.refused("192.0.2.1", b"known")  # taken away meanwhile
    with pytest.raises(TooOften, match="refused"):
        rates.allow("192.0.2.1", b"known")


def test_one_old_key_stops_itself_alone() -> None:
    """A program with an old key, or with none, would shut out a key that comes for the first time.

    After each start of the service every key comes for the first time.
    """
    rates = Rates(SETTINGS)
    for _ in range(5):
        rates.refused("192.0.2.1", b"Bearer old")
        rates.refused("192.0.2.1")
    for known in (b"Bearer old", b"bearer  old", None):
        with pytest.raises(TooOften, match="refused"):
            rates.allow("192.0.2.1", known)
    assert rates.allow("192.0.2.1", b"Bearer fresh").left == 2


def test_credentials_that_proved_nobody_share_a_limit() -> None:
    """Fresh ones with each request would meet no limit where nobody looks at them."""
    rates = Rates(SETTINGS)
    for number in range(3):
        rates.allow("192.0.2.1", b"Bearer %d" % number)
    with pytest.raises(TooOften, match="caller"):
        rates.allow("192.0.2.1", b"Bearer 3")
    rates.proved(b"Bearer 4")
    assert rates.allow("192.0.2.1", b"Bearer 4").left == 1
    assert rates.allow("192.0.2.1", b"BEARER    4").left == 0


def test_not_more_credentials_are_remembered_than_fit() -> None:
    """Short-lived tokens would fill the memory of the service."""
    rates = Rates(SETTINGS)
    for number in range(MOST_PROVED + 1):
        rates.proved(b"token %d" % number)
    for guess in (b"guess", b"another"):
        rates.refused("192.0.2.1", guess)
    assert rates.allow("192.0.2.1", b"token 1").left == 1
    with pytest.raises(TooOften, match="refused"):
        rates.allow("192.0.2.1", b"token 0")


def test_a_key_that_works_is_not_shut_out_by_its_neighbour(tmp_path: Path) -> None:
    """A service behind one address would be shut by whoever tries keys from there."""
    with served_context(tmp_path, refusals_per_minute=2) as context:
        app = create_app(context)
        known = TestClient(app, headers={"Authorization": "Bearer admin"})
        assert known.get("/metrics").status_code == 200
        neighbour = TestClient(app, headers={"Authorization": "Bearer old"})
        found = [neighbour.get("/metrics").status_code for _ in range(3)]
        assert found == [401, 401, 429]
        assert known.get("/metrics").status_code == 200
        fresh = TestClient(app, headers={"Authorization": "Bearer reader"})
        assert fresh.get("/metrics").status_code == 403
        for guess in ("b", "c"):
            TestClient(app, headers={"Authorization": f"Bearer {guess}"}).get("/metrics")
        assert fresh.get("/metrics").status_code == 403  # it proved somebody
        later = TestClient(app, headers={"Authorization": "Bearer auditor"})
        assert later.get("/metrics").status_code == 429


def test_a_network_of_ipv6_is_one_address() -> None:
    """A subscriber with 2^64 addresses would have as many limits."""
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("testclient") == "testclient"


def test_a_digest_is_not_the_credentials() -> None:
    """A key would stand in the log of the service."""
    assert b"zegel_1" not in digest(b"Bearer zegel_1.secret").encode()
    assert len(digest(b"")) == len(digest(b"x" * 1000)) == 12


def test_an_answer_tells_what_is_left(tmp_path: Path) -> None:
    """A program would have to be refused before it learns that there is a limit."""
    with served_context(tmp_path, requests_per_minute=2) as context:
        client = client_of(context, "admin")
        first = client.get("/metrics")
        assert first.headers["ratelimit-policy"] == '"caller";q=2;w=60'
        assert first.headers["ratelimit"].startswith('"caller";r=1;t=')
        assert client.get("/metrics").status_code == 200
        refused = client.get("/metrics")
        assert refused.status_code == 429
        assert refused.json()["type"].endswith(":too-often")
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert client.get("/livez").status_code == 200


def test_refused_credentials_are_counted(tmp_path: Path) -> None:
    """Keys could be tried as fast as the service answers."""
    with served_context(tmp_path, refusals_per_minute=3) as context:
        client = client_of(context)
        statuses = [
            client.get("/metrics", headers={"Authorization": f"Bearer {number}"}).status_code
            for number in range(5)
        ]
    assert statuses == [401, 401, 401, 429, 429]
