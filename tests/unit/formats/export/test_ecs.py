"""ECS: each value in the field that the schema gives it, and the whole event beside."""

import json
from dataclasses import replace
from typing import Any

import pytest

from formats.export.ecs import EXPORT, VERSION, sort_of
from formats.export.writing import Exported
from ledger.events import KINDS
from tests.ecs_schema import problems_of
from tests.ocsf_records import PROVENANCE, raw, records_of
from tests.unit.formats.export.exported_story import STORY
from tests.unit.formats.export.test_ocsf import recorded


def lines(*found: Exported) -> list[dict[str, Any]]:
    return [json.loads(line) for line in EXPORT.write(records_of(found), PROVENANCE)]


@pytest.mark.parametrize("act", [None, "log-in", "log-out", "read"])
def test_every_kind_is_sorted_as_the_schema_allows(act: str | None) -> None:
    """A dashboard by category would leave events out, or refuse them."""
    for kind in KINDS:
        sort = sort_of(kind, {"act": act})
        event = {"category": list(sort.categories), "type": list(sort.types)}
        assert problems_of({"event": event}) == [], kind


def test_what_is_written_is_valid_by_the_published_schema() -> None:
    """Elasticsearch would make fields of its own where the schema has one."""
    for document in (*lines(*STORY), *lines(raw()), *lines()):
        assert problems_of(document) == []
        assert document["ecs"] == {"version": VERSION}


def test_a_login_has_its_fields() -> None:
    """Whoever searches by user or address would not find it."""
    document, closing = lines(
        recorded(
            "access.used",
            5,
            resource="vpn",
            act="log-in",
            outcome="success",
            actor="person:anna",
            origin="ip:2001:db8::5",
            host="gate",
            system="vpn",
            parser="zegel-openssh/1",
            observed_at="2026-03-12T07:00:01Z",
        )
    )
    assert document["@timestamp"] == "2026-03-12T07:00:00.000123Z"
    event = document["event"]
    assert (event["kind"], event["category"]) == ("event", ["authentication", "session"])
    assert (event["type"], event["outcome"]) == (["start"], "success")
    assert (event["action"], event["sequence"]) == ("access.used", 5)
    assert event["created"] == "2026-03-12T07:00:01Z"
    assert document["user"] == {"name": "anna"}
    assert document["source"] == {"address": "2001:db8::5", "ip": "2001:db8::5"}
    assert document["related"] == {"ip": ["2001:db8::5"], "user": ["anna"]}
    assert document["host"] == {"hostname": "gate"}
    assert document["service"] == {"name": "vpn"}
    assert document["zegel"]["event"]["resource"] == "vpn"
    assert closing["message"] == "complete: 1 record"
    assert closing["zegel"]["export"]["size"] == 1000
    assert closing["@timestamp"] == document["zegel"]["recorded_at"]


def test_a_grant_names_whom_it_is_for() -> None:
    """The one who was given access would pass for the one who gave it."""
    document, _ = lines(
        recorded(
            "access.granted",
            grant_id="G",
            actor="person:boss",
            grantee="person:anna",
            resource="group/claims",
        )
    )
    assert document["user"] == {"name": "boss", "target": {"name": "anna"}}
    assert document["group"] == {"name": "claims"}
    assert document["event"]["type"] == ["user", "creation"]


def test_a_token_is_an_id_and_no_address() -> None:
    """Elasticsearch would refuse a document whose address is none."""
    record = recorded("ip.blocked", block_id="B", ip="ip:203.0.113.9")
    tokens = {"ip": f"ip#{'b' * 32}", "decider": f"person#{'a' * 32}"}
    document = {**record.document, "event": {**record.document["event"], **tokens}}
    shown, _ = lines(replace(record, document=document))
    assert shown["source"] == {"address": tokens["ip"]}
    assert shown["related"] == {"user": [tokens["decider"]]}


def test_a_file_has_its_fields() -> None:
    """What left could not be searched by its name or hash."""
    document, _ = lines(
        recorded(
            "exchange.performed",
            direction="out",
            exchange_kind="transfer",
            channel="sftp",
            object_kind="file",
            object_id="list.csv",
            size_bytes=12,
            sha256="a" * 64,
        )
    )
    assert document["file"] == {"path": "list.csv", "size": 12, "hash": {"sha256": "a" * 64}}
    assert document["network"] == {"protocol": "sftp"}


def test_what_nobody_can_read_has_a_document_too() -> None:
    """A damaged record would be gone from the export."""
    document, _ = lines(raw(3))
    assert document["event"]["sequence"] == 3
    assert document["zegel"]["event"] == "00ff"
