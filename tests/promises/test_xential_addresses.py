"""What xential promises about the addresses of visitors, in histories."""

from pathlib import Path

from tests.histories import day, event
from tests.promises.xential_events import LEADINFO, asked, came, reported, sent, stored


def test_nxt_06_kept_by_addresses_of_visitors(tmp_path: Path) -> None:
    """The address of a website visitor would be refused."""
    visit = reported("ip.recorded", 1, ip="ip:203.0.113.7", purpose="website-use")
    assert asked(tmp_path, "NXT-06", visit).verdict == "kept"


def test_nxt_06_broken_by_addresses_for_something_else(tmp_path: Path) -> None:
    """Addresses kept to watch users of the application would pass."""
    watched = reported("ip.recorded", 1, ip="ip:203.0.113.7", purpose="application-use")
    assert asked(tmp_path, "NXT-06", watched).verdict == "broken"


def test_nxt_06_a_waiver_takes_out_its_own_time(tmp_path: Path) -> None:
    """A waiver would excuse what came before it or after it, or excuse nothing."""
    waived = event(
        "promise.waived",
        0,
        promise_id="NXT-06",
        effective_from=day(10).isoformat(),
        effective_until=day(20).isoformat(),
        reason="an attack is under investigation",
    )
    watched = [
        reported("ip.recorded", on, ip="ip:203.0.113.7", purpose="security") for on in (5, 15, 25)
    ]
    found = asked(tmp_path, "NXT-06", *watched, decisions=[waived])
    assert (found.verdict, found.broken, found.waived) == ("broken", 2, False)


def test_nxt_06_is_not_kept_for_a_time_in_which_nobody_checked(tmp_path: Path) -> None:
    """A breach would become a promise kept by waiving the promise for the day on which it was."""
    waived = event(
        "promise.waived",
        60,
        promise_id="NXT-06",
        effective_from=day(10).isoformat(),
        effective_until=day(20).isoformat(),
        reason="inconvenient",
    )
    watched = reported("ip.recorded", 15, ip="ip:203.0.113.7", purpose="security")
    found = asked(tmp_path, "NXT-06", watched, decisions=[waived])
    assert (found.verdict, found.broken, found.waived) == ("undeterminable", 0, False)
    (reason,) = found.reasons
    index = int(reason.rpartition(" ")[2])
    assert reason.startswith("not checked from ")
    assert index in found.rests_on
    assert found.settle == (f"take back record {index}, and what happened meanwhile is judged",)


def test_nxt_07_kept_by_results_without_addresses(tmp_path: Path) -> None:
    """The address that the service needs for its look-up would count as one that it keeps."""
    found = asked(
        tmp_path,
        "NXT-07",
        sent(1, LEADINFO, purpose="website-use", content_classes=["ip-address"]),
        came(2, LEADINFO, purpose="website-use", content_classes=["company-name"]),
    )
    assert (found.verdict, found.kept) == ("kept", 1)


def test_nxt_07_broken_by_an_address_in_the_result(tmp_path: Path) -> None:
    """A result with an address, or an address kept by the service, would pass."""
    found = asked(
        tmp_path,
        "NXT-07",
        came(1, LEADINFO, purpose="website-use", content_classes=["company-name", "ip-address"]),
        stored(2, actor_organisation="leadinfo", data_categories=["ip-address"]),
    )
    assert (found.verdict, found.broken) == ("broken", 2)


def test_nxt_07_open_where_the_content_is_not_said(tmp_path: Path) -> None:
    """A result of unknown content would count as one without addresses."""
    silent = came(1, LEADINFO, purpose="website-use")
    assert asked(tmp_path, "NXT-07", silent).verdict == "undeterminable"
