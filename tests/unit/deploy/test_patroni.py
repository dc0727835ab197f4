"""The file of a server under Patroni: the page shows what runs, and it keeps its promise."""

from string import Template
from typing import Any

import yaml

from tests.failover.cluster import TIMES
from tests.house.tracked_files import PROJECT

FILE = (PROJECT / "deploy" / "patroni" / "node.yml").read_text("utf-8")
PAGE = (PROJECT / "docs" / "how-to" / "run-highly-available.md").read_text("utf-8")
VALUES = {
    "name": "node1",
    "address": "127.0.0.1",
    "port": "5432",
    "control_port": "8008",
    "network": "127.0.0.1/32",
    "etcd": "127.0.0.1:2379",
    "programs": "/usr/lib/postgresql/15/bin",
    "folder": "/srv/node1",
    "password": "1" * 32,
}


def _configuration() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(Template(FILE).substitute(VALUES | TIMES))
    return found


def test_the_page_shows_the_file_that_runs() -> None:
    """A reader would set up another cluster than the one that was tested."""
    shown = PAGE.partition("```yaml\n")[2].partition("```")[0]
    assert len(shown.splitlines()) > 20
    assert shown in FILE


def test_what_is_acknowledged_is_on_two_servers() -> None:
    """The death of one server would lose what somebody has a receipt for."""
    settings = _configuration()["bootstrap"]["dcs"]
    assert settings["synchronous_mode"] is True
    assert settings["synchronous_mode_strict"] is True
    assert settings["ttl"] >= settings["loop_wait"] + 2 * settings["retry_timeout"]
    parameters = settings["postgresql"]["parameters"]
    assert {parameters[name] for name in ("synchronous_commit", "fsync", "full_page_writes")} == {
        "on"
    }


def test_a_password_is_a_text() -> None:
    """A password of digits would be read as a number, and no server come up."""
    for role in _configuration()["postgresql"]["authentication"].values():
        assert role["password"] == VALUES["password"]


def test_nobody_connects_without_a_password() -> None:
    """Anybody on the network could read the database."""
    assert all(line.endswith("scram-sha-256") for line in _configuration()["postgresql"]["pg_hba"])
