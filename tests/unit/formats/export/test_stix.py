"""Bundles of blocked addresses, judged by the validator of the standard's own authors."""

import dataclasses
import json
from typing import Any

import pytest
import stix2
from stix2validator import ValidationOptions, validate_string

from formats.export.stix import EXPORT, write
from formats.export.writing import Exported
from ledger.errors import BadRequest
from tests.timeline_records import exported, provenance, raw, records, told

ADDRESS = "203.0.113.7"


def attempt(
    index: int,
    at: str,
    *,
    ip: str = ADDRESS,
    attempts: int | None = None,
    detector: str | None = None,
) -> Exported:
    said = {"attempts": attempts, "detector": detector}
    more = {name: value for name, value in said.items() if value is not None}
    account = {"account": "person:victim@example.nl"}
    return exported(index, told("intrusion.attempt_detected", at, ip=f"ip:{ip}", **account, **more))


def block(index: int, at: str, *, ip: str = ADDRESS, case: str = "a", **more: Any) -> Exported:  # noqa: ANN401 - fields of an event
    fields = {"block_id": case, "ip": f"ip:{ip}", "scope": "sshd", "reason": "person:victim again"}
    return exported(index, told("ip.blocked", at, **fields, **more), case)


def unblock(index: int, at: str, *, ip: str = ADDRESS, case: str = "a") -> Exported:
    fields = {"block_id": case, "ip": f"ip:{ip}"}
    return exported(index, told("ip.unblocked", at, **fields), case)


def bundle(*found: Exported, cut: bool = False, tlp: str = "amber") -> dict[str, Any]:
    """The bundle of these records, as any reader of JSON has it."""
    made: dict[str, Any] = json.loads(b"".join(write(records(found, cut=cut), provenance(tlp=tlp))))
    return made


def of_type(made: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of one type, in order."""
    return [each for each in made["objects"] if each["type"] == name]


STORY = (
    attempt(0, "2026-11-22T10:00:00Z"),
    attempt(1, "2026-11-22T10:00:05Z", attempts=4),
    attempt(2, "2026-11-22T10:00:06Z", ip="2001:db8::5"),
    block(3, "2026-11-22T10:00:07Z"),
    block(4, "2026-11-22T10:00:08Z", ip="2001:db8::5", case="b", until="2026-11-23T10:00:08Z"),
    unblock(5, "2026-11-22T11:00:07Z"),
    attempt(6, "2026-11-22T12:00:00Z"),
    block(7, "2026-11-22T12:00:01Z"),
)


def test_the_validator_of_the_standard_finds_nothing_wrong() -> None:
    """Another tool would refuse the bundle."""
    options = ValidationOptions(version="2.1", disabled=["uuid-check"])
    found = validate_string(json.dumps(bundle(*STORY)), options)
    assert found.is_valid, found.errors
    # uuid-check wants random identifiers; the standard allows ours, which follow from the event.
    assert found.warnings == []


def test_a_broken_bundle_would_be_found() -> None:
    """The validator would pass everything, and the test above nothing."""
    made = bundle(*STORY)
    of_type(made, "indicator")[0]["pattern"] = "[ipv4-addr:value"
    assert not validate_string(json.dumps(made), ValidationOptions(version="2.1")).is_valid


def test_each_block_is_an_indicator_from_its_begin_to_its_end() -> None:
    """An address would be kept out for ever, or never."""
    first, second, third = of_type(bundle(*STORY), "indicator")
    assert first["pattern"] == "[ipv4-addr:value = '203.0.113.7']"
    assert second["pattern"] == "[ipv6-addr:value = '2001:db8::5']"
    assert (first["valid_from"], first["valid_until"]) == (
        "2026-11-22T10:00:07.000Z",
        "2026-11-22T11:00:07.000Z",
    )
    assert second["valid_until"] == "2026-11-23T10:00:08.000Z"
    assert "valid_until" not in third
    assert len({each["id"] for each in (first, second, third)}) == 3


def test_the_end_is_a_later_version_of_the_same_object() -> None:
    """Whoever got an earlier bundle would keep the address out beside letting it in."""
    (before,) = of_type(bundle(*STORY[:4]), "indicator")
    (after, *_) = of_type(bundle(*STORY), "indicator")
    assert before["id"] == after["id"]
    assert before["created"] == after["created"]
    assert before["modified"] < after["modified"]


def test_what_led_to_a_block_is_a_sighting() -> None:
    """A reader could not tell a guess from a thousand."""
    made = bundle(*STORY)
    first, second, third = of_type(made, "sighting")
    assert [each["count"] for each in (first, second, third)] == [5, 1, 1]
    assert (first["first_seen"], first["last_seen"]) == (
        "2026-11-22T10:00:00.000Z",
        "2026-11-22T10:00:05.000Z",
    )
    assert first["sighting_of_ref"] == of_type(made, "indicator")[0]["id"]
    (address, _) = of_type(made, "ipv4-addr") + of_type(made, "ipv6-addr")
    assert of_type(made, "observed-data")[0]["object_refs"] == [address["id"]]


def test_an_address_has_the_identifier_that_everybody_gives_it() -> None:
    """The same address from two sources would be two."""
    made = bundle(*STORY)
    (four,), (six,) = of_type(made, "ipv4-addr"), of_type(made, "ipv6-addr")
    assert four["id"] == stix2.IPv4Address(value=ADDRESS).id
    assert six["id"] == stix2.IPv6Address(value="2001:db8::5").id


def test_the_library_of_the_standard_reads_it() -> None:
    """A platform that builds on that library could not take the bundle in."""
    text = json.dumps(bundle(*STORY))
    assert len(stix2.parse(text).objects) == len(json.loads(text)["objects"])


def test_nobody_but_the_address_is_named() -> None:
    """The account of a victim would go to strangers."""
    assert "victim" not in json.dumps(bundle(*STORY))


def test_every_object_says_who_may_read_it() -> None:
    """A bundle for a few would be passed on to all."""
    made = bundle(*STORY, tlp="green")
    (marking,) = of_type(made, "marking-definition")
    assert marking["definition"] == {"tlp": "green"}
    marked = [each for each in made["objects"] if each["type"] != "marking-definition"]
    assert all(each["object_marking_refs"] == [marking["id"]] for each in marked)


@pytest.mark.parametrize("tlp", ["white", "green", "amber", "red"])
def test_every_level_is_the_one_of_the_standard(tlp: str) -> None:
    """A reader would meet a marking that nobody defined."""
    assert EXPORT.settings["tlp"].allowed.fullmatch(tlp)
    made = json.dumps(bundle(*STORY, tlp=tlp))
    assert validate_string(made, ValidationOptions(version="2.1")).is_valid
    (marking,) = of_type(json.loads(made), "marking-definition")
    assert marking["id"] == getattr(stix2, f"TLP_{tlp.upper()}").id


def test_every_reference_is_in_the_bundle() -> None:
    """A reader would look for an object that it never got."""
    made = bundle(*STORY)
    known = {each["id"] for each in made["objects"]}
    named = {
        reference
        for each in made["objects"]
        for name, value in each.items()
        if name.endswith(("_ref", "_refs"))
        for reference in ([value] if isinstance(value, str) else value)
    }
    assert named <= known
    assert len(known) == len(made["objects"])


def test_a_note_says_whether_all_is_there() -> None:
    """A list that was cut off would pass for the whole one."""
    (note,) = of_type(bundle(*STORY, cut=True), "note")
    assert "truncated at 8 records" in note["abstract"]
    assert json.loads(note["content"])["size"] == 40


def test_what_is_no_block_is_counted_in_the_note() -> None:
    """Somebody would take the bundle for everything that was asked."""
    used = exported(8, told("access.used", "2026-11-22T12:00:00Z", resource="x"))
    (note,) = of_type(bundle(*STORY, used, raw(9)), "note")
    assert json.loads(note["content"])["left_out"] == 2


def test_attempts_that_led_to_no_block_stay_behind_and_are_counted() -> None:
    """Whoever only mistyped a password would be shared as an intruder, or be lost in silence."""
    made = bundle(*STORY, attempt(8, "2026-11-22T13:00:00Z", ip="192.0.2.9", attempts=2))
    assert "192.0.2.9" not in json.dumps(made)
    (note,) = of_type(made, "note")
    assert json.loads(note["content"])["attempts_without_block"] == 2


def test_an_unblock_whose_block_is_elsewhere_ends_nothing() -> None:
    """A block of another case would be told to be over."""
    made = bundle(block(0, "2026-11-22T10:00:00Z", case="b"), unblock(1, "2026-11-22T11:00:00Z"))
    (indicator,) = of_type(made, "indicator")
    assert "valid_until" not in indicator


def test_an_unblock_that_was_recorded_before_its_block_ends_it() -> None:
    """An address would be kept out for ever, because one file was read after another."""
    made = bundle(
        unblock(0, "2026-11-22T11:00:00Z"),
        block(1, "2026-11-22T10:00:00Z"),
        block(2, "2026-11-22T12:00:00Z"),
    )
    first, second = of_type(made, "indicator")
    assert first["valid_until"] == "2026-11-22T11:00:00.000Z"
    assert first["modified"] >= first["created"]
    assert "valid_until" not in second
    assert not second.get("revoked")
    assert validate_string(json.dumps(made), ValidationOptions(version="2.1")).is_valid


def test_an_unblock_of_old_that_was_recorded_late_ends_no_later_block() -> None:
    """An address that is kept out would be told to be let in."""
    made = bundle(
        block(0, "2026-11-22T10:00:00Z"),
        block(1, "2026-11-22T12:00:00Z"),
        unblock(2, "2026-11-22T11:00:00Z"),
    )
    first, second = of_type(made, "indicator")
    assert first["valid_until"] == "2026-11-22T11:00:00.000Z"
    assert "valid_until" not in second
    assert "revoked" not in second


def test_a_block_in_the_instant_of_the_unblock_before_it_stands() -> None:
    """Times of whole seconds would take a new block back."""
    made = bundle(
        block(0, "2026-11-22T10:00:00Z"),
        unblock(1, "2026-11-22T11:00:00Z"),
        block(2, "2026-11-22T11:00:00Z"),
    )
    first, second = of_type(made, "indicator")
    assert first["valid_until"] == second["valid_from"]
    assert not {"valid_until", "revoked"} & set(second)


def test_a_block_that_ran_out_is_not_prolonged_by_the_end_of_the_next() -> None:
    """An address would be told to have been kept out while it was in."""
    made = bundle(
        block(0, "2026-11-22T10:00:00Z", until="2026-11-22T10:10:00Z"),
        block(1, "2026-11-22T12:00:00Z"),
        unblock(2, "2026-11-22T13:00:00Z"),
    )
    first, second = of_type(made, "indicator")
    assert first["valid_until"] == "2026-11-22T10:10:00.000Z"
    assert second["valid_until"] == "2026-11-22T13:00:00.000Z"


def test_unblocks_that_end_nothing_are_counted() -> None:
    """Somebody would take the bundle for everything that was asked."""
    made = bundle(
        unblock(0, "2026-11-22T09:00:00Z"),
        block(1, "2026-11-22T10:00:00Z"),
        unblock(2, "2026-11-22T11:00:00Z", case="elsewhere"),
    )
    (note,) = of_type(made, "note")
    assert json.loads(note["content"])["unblocks_without_block"] == 2
    assert "valid_until" not in of_type(made, "indicator")[0]


def test_one_address_on_two_systems_is_told_once_with_two_blocks() -> None:
    """A platform would refuse a bundle with the same object twice, or lose one of the blocks."""
    made = bundle(
        attempt(0, "2026-11-22T09:59:00Z"),
        block(1, "2026-11-22T10:00:00Z", case="web"),
        block(2, "2026-11-22T10:00:00Z", case="mail"),
        unblock(3, "2026-11-22T11:00:00Z", case="web"),
    )
    assert len(of_type(made, "ipv4-addr")) == len(of_type(made, "sighting")) == 1
    web, mail = of_type(made, "indicator")
    assert "valid_until" in web
    assert "valid_until" not in mail
    assert len({each["id"] for each in made["objects"]}) == len(made["objects"])


def test_a_block_without_length_is_revoked() -> None:
    """The standard forbids an interval that ends when it begins; the bundle would be refused."""
    made = bundle(block(0, "2026-11-22T10:00:00Z"), unblock(1, "2026-11-22T10:00:00Z"))
    (indicator,) = of_type(made, "indicator")
    assert indicator["revoked"]
    assert validate_string(json.dumps(made), ValidationOptions(version="2.1")).is_valid


def test_tokens_are_refused() -> None:
    """A bundle would block addresses that nobody has."""
    with pytest.raises(BadRequest, match="--identities"):
        list(write(records(STORY), provenance(identities=False)))


@pytest.mark.parametrize("found", [(), (STORY[0],), (STORY[5],)])
def test_a_bundle_without_an_address_is_refused(found: tuple[Exported, ...]) -> None:
    """An empty bundle would look like peace."""
    with pytest.raises(BadRequest, match="which address was blocked"):
        list(write(records(found), provenance()))


def test_an_erased_address_is_left_out() -> None:
    """Who was erased would live on in the tools of others."""
    gone = block(1, "2026-11-22T10:00:00Z", case="b")
    document = {**gone.document, "event": {**gone.document["event"], "ip": "withheld"}}
    made = bundle(STORY[3], dataclasses.replace(gone, document=document))
    assert len(of_type(made, "indicator")) == 1
    assert "1 of them left out" in of_type(made, "note")[0]["abstract"]


def test_the_same_records_give_the_same_bytes() -> None:
    """Two exports of one history could not be compared."""
    assert list(write(records(STORY), provenance())) == list(write(records(STORY), provenance()))


def test_attempts_that_two_detectors_told_of_are_counted_once() -> None:
    """Others would be told of twice as many attempts as there were."""
    made = bundle(
        attempt(0, "2026-11-22T10:00:00Z", detector="sshd"),
        attempt(1, "2026-11-22T10:00:01Z", detector="fail2ban"),
        attempt(2, "2026-11-22T10:00:05Z", detector="sshd", attempts=2),
        attempt(3, "2026-11-22T10:00:06Z", detector="fail2ban"),
        block(4, "2026-11-22T10:00:07Z"),
        attempt(5, "2026-11-22T12:00:00Z", detector="sshd"),
        attempt(6, "2026-11-22T12:00:01Z", detector="fail2ban"),
    )
    (sighting,) = of_type(made, "sighting")
    assert sighting["count"] == 3
    (note,) = of_type(made, "note")
    assert json.loads(note["content"])["attempts_without_block"] == 1
