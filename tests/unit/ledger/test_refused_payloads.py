"""What an intake refused is kept for its owner alone, within bounds."""

import json
import os
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from ledger.refused_payloads import RefusedPayload, RefusedPayloads


def _payload(number: int, size: int = 100) -> RefusedPayload:
    return RefusedPayload(
        event_id=UUID(int=number),
        received_at=datetime(2026, 11, 22, tzinfo=UTC),
        sender="person:recorder@test",
        payload_format="cloudevents",
        reasons=["/0/data: expected an object, found another value"],
        payload=b"\xff" * size,
    )


def _keep(folder: RefusedPayloads, number: int) -> None:
    payload = _payload(number)
    folder.keep(payload.event_id, payload.document())
    os.utime(folder.path_of(payload.event_id), ns=(number, number))


def test_a_payload_is_kept_with_sender_and_reasons(tmp_path: Path) -> None:
    """The operator could not repair what the service refused."""
    folder = RefusedPayloads(tmp_path / "quarantine" / "refused", 10_000)
    payload = _payload(1)
    folder.keep(payload.event_id, payload.document())
    kept = json.loads(folder.path_of(payload.event_id).read_bytes())
    assert (kept["sender"], kept["reasons"]) == (payload.sender, payload.reasons)
    assert b64decode(kept["payload_base64"]) == payload.payload


def test_nobody_else_may_open_it(tmp_path: Path) -> None:
    """A payload that names people would lie open."""
    folder = RefusedPayloads(tmp_path / "refused", 10_000)
    _keep(folder, 1)
    assert folder.path_of(UUID(int=1)).stat().st_mode & 0o077 == 0
    assert folder.folder.stat().st_mode & 0o077 == 0


def test_the_oldest_leave_for_what_is_new(tmp_path: Path) -> None:
    """Whoever sends much that is refused would fill the disk, or the newest would be lost."""
    size = len(_payload(1).document())
    folder = RefusedPayloads(tmp_path, 3 * size)
    for number in (2, 1, 3):
        _keep(folder, number)
    assert folder.leaving_for(0) == []
    assert folder.leaving_for(1) == [folder.path_of(UUID(int=1))]
    leaving = folder.leaving_for(size + 1)
    assert leaving == [folder.path_of(UUID(int=1)), folder.path_of(UUID(int=2))]
    path = folder.path_of(UUID(int=1))
    assert folder.leaving_for(size + 1, gone={path}) == [folder.path_of(UUID(int=2))]
    folder.remove([*leaving, tmp_path / "removed by the operator.json"])
    assert list(tmp_path.iterdir()) == [folder.path_of(UUID(int=3))]


def test_what_is_larger_than_all_room_leaves_the_others(tmp_path: Path) -> None:
    """One payload that cannot be kept would drive out all that are."""
    folder = RefusedPayloads(tmp_path, 5_000)
    _keep(folder, 1)
    assert folder.leaving_for(5_001) is None


def test_many_small_ones_are_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each refusal would read a folder that grows without end."""
    monkeypatch.setattr("ledger.refused_payloads.MOST_FILES", 2)
    folder = RefusedPayloads(tmp_path, 1_000_000)
    for number in (1, 2):
        _keep(folder, number)
    assert folder.leaving_for(1) == [folder.path_of(UUID(int=1))]


def test_the_same_payload_again_changes_nothing(tmp_path: Path) -> None:
    """A crash between payload and event would make every repetition fail."""
    folder = RefusedPayloads(tmp_path, 1_000_000)
    for _ in range(2):
        folder.keep(UUID(int=1), _payload(1).document())
    assert [path.name for path in tmp_path.iterdir()] == [f"{UUID(int=1)}.json"]
