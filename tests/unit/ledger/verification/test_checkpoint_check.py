"""Checkpoints and tiles are compared with what the records lead to, in one pass."""

from collections.abc import Iterator, Sequence
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.merkle import Frontier
from ledger.notes.checkpoint import Checkpoint, KeyTerm, encode_checkpoint
from ledger.notes.note_signing import NoteSigner
from ledger.notes.signed_note import UnverifiedNote, encode_note
from ledger.signing.signing_key import fresh_key
from ledger.stored import StoredCheckpoint
from ledger.tile_growth import GrowingTree
from ledger.units import Hash32, Size
from ledger.verification.checkpoint_check import CheckpointCheck, HeldCheckpoint
from ledger.verification.findings import Report
from ledger.verification.log_check import verify_log
from tests.sealed_logs import ORIGIN, SmallLog, small_log, unlock

KEY: Final = fresh_key(ORIGIN)
LOG: Final = small_log(13)
LEAVES: Final = [row.leaf_hash for row in LOG.records]


def root_at(size: int) -> Hash32:
    """The root over the first records."""
    return Frontier.empty().extended(LEAVES[:size]).root()


def signed(size: int, root: Hash32 | None = None, key: NoteSigner = KEY) -> StoredCheckpoint:
    """A checkpoint of the small log, or of another one with this root."""
    said = root_at(size) if root is None else root
    text = encode_checkpoint(Checkpoint(ORIGIN, Size(size), said))
    return StoredCheckpoint(size, size, said, encode_note(UnverifiedNote(text, (key.sign(text),))))


def checked(
    stored: Sequence[StoredCheckpoint],
    held: Sequence[StoredCheckpoint] = (),
    log: SmallLog = LOG,
    terms: Sequence[KeyTerm] = (KeyTerm(KEY.key),),
) -> Report:
    """The report on the small log with these checkpoints."""
    kept = [HeldCheckpoint("file", one.note) for one in held]
    check = CheckpointCheck(ORIGIN, terms, stored, held=kept)
    return verify_log(ORIGIN, log.head, log.records, log.disclosures, unlock, evidence=check)


def faults(report: Report) -> set[tuple[str, int | None]]:
    """Verdict and index of each fault."""
    return {(one.verdict, one.index) for one in report.findings if one.is_fault}


@given(st.sets(st.integers(0, 13)), st.sets(st.integers(0, 13)))
def test_true_checkpoints_of_any_sizes_hold(stored: set[int], held: set[int]) -> None:
    """A sound log would be called forked, or its tail be miscounted."""
    report = checked([signed(size) for size in sorted(stored)], [signed(size) for size in held])
    assert report.outcome == "valid"
    assert report.checkpoints_checked == len(stored) + len(held)
    newest = max(stored | held, default=None)
    assert report.signed_size == newest
    tails = [one.index for one in report.findings if one.verdict == "UNSIGNED_TAIL"]
    assert tails == ([newest or 0] if (newest or 0) < 13 else [])


@given(st.integers(1, 12), st.integers(1, 12))
def test_a_checkpoint_of_another_history_is_a_fork_behind_the_last_good_one(
    good: int, forked: int
) -> None:
    """Nobody could tell where two histories part."""
    stored = [signed(good)] if good < forked else []
    report = checked([*stored, signed(forked, Hash32(bytes(32)))])
    start = good if good < forked else 0
    assert faults(report) == {("FORK", start)}
    assert report.first_fault is not None
    assert report.first_fault.last_index == forked - 1


@given(st.data())
def test_a_changed_byte_of_a_stored_note_never_passes(data: st.DataObject) -> None:
    """A checkpoint could be altered on disk without being noticed."""
    whole = signed(9)
    note = bytearray(whole.note)
    note[data.draw(st.integers(0, len(note) - 1))] ^= data.draw(st.integers(1, 255))
    report = checked([whole._replace(note=bytes(note))])
    assert report.outcome == "broken"


def test_a_log_shorter_than_its_checkpoints_is_named_by_what_it_still_knows() -> None:
    """A lost tail could not be told from a restored backup."""
    shorter = small_log(8)
    assert faults(checked([signed(13)], log=shorter)) == {("TRUNCATED", 8)}
    assert faults(checked([signed(5), signed(13)], log=shorter)) == {("TRUNCATED", 8)}
    assert faults(checked([signed(5)], [signed(13)], log=shorter)) == {("ROLLED_BACK", 8)}
    assert faults(checked([], [signed(13)], log=shorter)) == {("TRUNCATED", 8)}


def test_a_key_signs_its_own_sizes_only() -> None:
    """A key that was rotated away could sign what comes after it."""
    term = KeyTerm(KEY.key, Size(0), Size(6))
    assert faults(checked([signed(6)], terms=[term])) == set()
    assert faults(checked([signed(7)], terms=[term])) == {("UNKNOWN_KEY", None)}


def test_where_a_leaf_is_unknown_no_root_is_judged() -> None:
    """One lost record would make every checkpoint behind it a fork."""
    gap = LOG.with_rows(*LOG.records[:4], *LOG.records[6:])
    found = {verdict for verdict, _ in faults(checked([signed(3), signed(13)], log=gap))}
    assert found == {"MISSING"}


@pytest.mark.parametrize("wrong", [None, (1, bytes(32)), (0, b"")])
def test_tiles_are_compared_level_by_level(wrong: tuple[int, bytes] | None) -> None:
    """A wrong tile would be served to everybody who asks for a proof."""
    log = small_log(600)
    tree = GrowingTree(Frontier.empty())
    rows = {one.index: one.hash for one in tree.add([row.leaf_hash for row in log.records])}
    if wrong:
        rows[wrong[0]] = wrong[1]

    def stored(level: int, first: int) -> Iterator[tuple[int, bytes]]:
        return iter((index, root) for index, root in rows.items() if level == 1 and index >= first)

    check = CheckpointCheck(ORIGIN, [KeyTerm(KEY.key)], (), tiles=stored)
    report = verify_log(ORIGIN, log.head, log.records, log.disclosures, unlock, evidence=check)
    assert faults(report) == ({("TILE_MISMATCH", wrong[0] * 256)} if wrong else set())
