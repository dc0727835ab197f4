"""The page of verification: what is signed, by whom, and how anybody checks it."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from ledger.anchors.anchor import Anchor
from ledger.notes.signed_note import decode_note, encode_signature_line
from ledger.role_names import ServiceRole
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.schema import CHECKPOINT
from ledger.units import Size
from service.context import Context
from tests.paged import visitor
from tests.served import served_context
from tests.signed_checkpoints import cosigner_named


def evidence_in(page: str) -> dict[str, Any]:
    """What the page gives the browser to verify."""
    found = re.search(r'<script type="application/json" id="evidence">(.*?)</script>', page)
    assert found is not None
    carried: dict[str, Any] = json.loads(found[1])
    return carried


@pytest.mark.parametrize("role", ["reader", "auditor", "dpo"])
def test_whoever_may_check_sees_checkpoint_and_keys(
    page_context: Context, role: ServiceRole
) -> None:
    """An auditor would have to believe the service."""
    client, _ = visitor(page_context, role)
    answer = client.get("/verification")
    assert answer.status_code == 200
    (term,) = page_context.terms()
    carried = evidence_in(answer.text)
    assert carried["keys"] == [term.key.vkey]
    assert carried["checkpoint"].splitlines()[0] == page_context.ledger.origin
    assert carried["checkpoint"].splitlines()[1] in answer.text.replace(",", "")
    assert "Nobody outside this organisation has seen a checkpoint" in answer.text


def test_who_else_saw_the_checkpoint_is_named(page_context: Context) -> None:
    """A log that others watch would look like one that nobody does."""
    log, seen_at = page_context.ledger.log, datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    witness = cosigner_named("one.example")
    newest = CheckpointTable(log.engine, log.log_id).newest()
    assert newest is not None
    line = witness.cosign(decode_note(newest.note).text, int(seen_at.timestamp()))
    evidence = encode_signature_line(line).encode()
    AnchorTable(log.engine, log.log_id).add(
        Anchor("witness", witness.name, Size(newest.size), evidence, seen_at)
    )
    with (page_context.home.folder / "zegel.toml").open("a") as settings:
        settings.write(f'\n[[witness]]\nvkey = "{witness.key.vkey}"\nurl = "http://127.0.0.1:1"\n')
    client, _ = visitor(page_context, "auditor")
    page = client.get("/verification").text
    assert "cosignature (C2SP)" in page
    assert "22 Nov 2026 13:00:00" in page
    assert "Nobody outside this organisation" not in page
    carried = evidence_in(page)
    assert carried["witnesses"] == [witness.key.vkey]
    assert "— one.example " in carried["checkpoint"]
    assert evidence_in(client.get("/history/0").text)["checkpoint"] == carried["checkpoint"]


def test_a_log_that_was_never_sealed_is_not_called_signed(tmp_path: Path) -> None:
    """A page without any signature would look like one with it."""
    with served_context(tmp_path) as context:
        client, _ = visitor(context, "reader")
        page = client.get("/verification").text
    assert "Nothing is signed yet" in page
    assert evidence_in(page)["checkpoint"] is None


def test_a_forged_checkpoint_is_called_broken(page_context: Context) -> None:
    """A checkpoint that nobody signed would be shown as the newest."""
    with page_context.ledger.log.engine.begin() as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in connection.execute(text(named)).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        note = connection.execute(CHECKPOINT.select()).mappings().first()
        assert note is not None
        forged = note["note"].replace(b"\n7", b"\n6", 1)
        assert forged != note["note"]
        connection.execute(update(CHECKPOINT).values(note=forged))
    client, _ = visitor(page_context, "reader")
    page = client.get("/verification").text
    assert "Evidence broken" in page
    assert "There is none whose signature holds" in page


@pytest.mark.parametrize(
    ("place", "path"),
    [("41", "/history/41"), ("%4041", "/history/41"), ("0195e3a0-0000-7000-8000-000000000001", "")],
)
def test_a_record_is_found_by_what_names_it(page_context: Context, place: str, path: str) -> None:
    """Whoever has an index or an event id would have to build the address themselves."""
    client, _ = visitor(page_context, "reader")
    answer = client.get(f"/verification/record?place={place}")
    assert answer.status_code == 303
    assert answer.headers["location"] == (path or f"/history/{place}")


@pytest.mark.parametrize("place", ["//elsewhere.example", "", "x" * 100, "1/2"])
def test_a_record_that_nothing_names_leads_nowhere(page_context: Context, place: str) -> None:
    """A link of a stranger would lead visitors from here to a page of theirs."""
    client, _ = visitor(page_context, "reader")
    assert client.get("/verification/record", params={"place": place}).status_code == 400


def test_who_may_not_check_is_refused(page_context: Context) -> None:
    """Whoever has a key for another purpose could read what is signed of which log."""
    client, _ = visitor(page_context, "admin")
    assert client.get("/verification").status_code == 403
