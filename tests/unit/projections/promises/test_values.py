"""Values of events by field path."""

from typing import Any

import pytest

from projections.promises.values import moment_in, reader_of
from tests.histories import day, event


def sent(**fields: Any) -> Any:  # noqa: ANN401 - an event
    """An exchange with some fields."""
    return event("exchange.performed", 1, direction="out", exchange_kind="sync", **fields)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("direction", ("out",)),
        ("content_classes", ("status", "version")),
        ("recipient.organisation", ("advies",)),
        ("recipient.country", ()),
        ("sender.organisation", ()),
        ("size_bytes", (7,)),
        ("records", ()),
        ("no_such_field", ()),
        ("recipient.no_such_field", ()),
    ],
)
def test_a_path_gives_what_the_event_says(path: str, values: tuple[Any, ...]) -> None:
    """A field that is not given would count as a value, or a list as one."""
    found = sent(
        content_classes=["status", "version"],
        recipient={"role": "third-party", "organisation": "advies"},
        size_bytes=7,
    )
    assert reader_of(path)(found) == values


def test_a_list_of_objects_gives_the_field_of_each() -> None:
    """Only the first party of an agreement would be one."""
    parties = [
        {"role": "controller", "organisation": "abc"},
        {"role": "processor", "organisation": "host"},
    ]
    agreed = event("dpa.concluded", 1, agreement_id="D-1", parties=parties)
    assert reader_of("parties.organisation")(agreed) == ("abc", "host")


def test_instants_are_microseconds_and_others_are_no_instants() -> None:
    """A moment could not be compared with another."""
    ended = event("contract.ended", 1, contract_id="C-1", ended_at=day(3).isoformat())
    (moment,) = reader_of("ended_at")(ended)
    assert moment == moment_in(ended, "ended_at") == int(day(3).timestamp()) * 1_000_000
    assert moment_in(ended, "contract_id") is None
    assert moment_in(ended, None) is None
