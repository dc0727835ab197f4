"""The facts that steps over SFTP become."""

from uuid import UUID

import pytest

from formats.sftp_facts import Closed, Who, deletion, exchange, fits_an_id, picked_up, received
from ledger.events import event_from_mapping

WHO = Who("person:anna", "ip:192.0.2.14", UUID(int=7))
AT = {"occurred_at": "2026-11-22T10:00:00Z"}


@pytest.mark.parametrize(
    "values",
    [
        exchange(WHO, Closed("/srv/x", 5, 0, is_forced=False)),
        exchange(WHO, Closed("/srv/x", 0, 5, is_forced=True)),
        received(WHO, "/srv/x", 5),
        picked_up(WHO, "/srv/x", 5),
        deletion(WHO, "/srv/x"),
        deletion(Who("person:anna", None, None), "/" * 500),
    ],
)
def test_each_is_an_event_that_says_who_acted(values: dict[str, object]) -> None:
    """The log would refuse what a server says, or not say who did it."""
    known = {name: value for name, value in values.items() if value is not None}
    event = event_from_mapping(AT | known)
    assert event.actor == "person:anna"
    assert event.outcome in {"success", "failure"}


def test_a_lost_connection_is_no_success() -> None:
    """Half a file would pass for a whole one."""
    lost = exchange(WHO, Closed("/srv/x", 5, 0, is_forced=True))
    assert (lost["kind"], lost["outcome"], lost["cause"]) == (
        "exchange.failed",
        "failure",
        "connection-lost",
    )


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (400, True), (401, False)])
def test_a_path_is_an_id_up_to_a_length(length: int, *, fits: bool) -> None:
    """An event would be refused because of a long name, or a file without a name be one."""
    assert fits_an_id("x" * length) is fits


def test_a_path_that_is_no_id_stands_in_the_note() -> None:
    """Which file went or was deleted would be lost."""
    path = "/" * 401
    for values in (deletion(WHO, path), exchange(WHO, Closed(path, 5, 0, is_forced=False))):
        assert path in str(values["note"])
        assert path not in {values.get("file_id"), values.get("object_id")}
