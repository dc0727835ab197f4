"""The files of a bundle: the same each time, and never ones that their reader could not verify."""

from dataclasses import replace

import pytest

from formats.bundle.evidence import ChosenRecord, TimeStamp
from formats.bundle.files import bundle_files
from ledger.errors import BadRequest, VerificationError
from ledger.notes.policy import Policy, PolicyLog
from ledger.notes.policy_file import decode_policy
from ledger.notes.tiles import TILE_WIDTH
from tests.bundled_evidence import POLICY, bundle_of, evidence_of
from tests.vectors.notes import FORGER
from tests.vectors.records import chain


def test_the_same_evidence_gives_the_same_bytes() -> None:
    """Two exports could not be compared, nor one signed for."""
    assert bundle_of(20, [3, 9]) == bundle_of(20, [3, 9])


def test_a_mirror_has_every_tile_and_the_bundles_of_chosen_records() -> None:
    """A reader with tools for C2SP logs could not follow the tree."""
    paths = bundle_of(2 * TILE_WIDTH + 3, [2 * TILE_WIDTH])
    tiles = [path for path in paths if path.startswith("tile/")]
    assert tiles == [
        *("tile/0/000", "tile/0/001", "tile/0/002.p/3", "tile/1/000.p/2"),
        "tile/entries/002.p/3",
    ]


def test_without_a_mirror_no_record_of_others_is_given() -> None:
    """A person who asks for their own data would get what others did."""
    files = bundle_of(20, [3], is_mirror=False)
    assert not [path for path in files if path.startswith("tile/")]
    assert [path for path in files if path.endswith(".record")] == ["records/3.record"]


def test_fields_without_a_grant_stay_closed() -> None:
    """A bundle would show more than its reader may see."""
    whole = b"".join(bundle_of(20, [3, 4]).values())
    assert b"clerk3@example.org" not in whole  # base64 keeps it, and only where it is granted
    lines = bundle_of(20, [3, 4, 5])["disclosures.jsonl"].splitlines()
    assert [line.count(b'"WyJ') for line in lines] == [2, 1]


def test_the_policy_is_a_policy_file() -> None:
    """Other verifiers of C2SP logs could not use it."""
    assert decode_policy(bundle_of(5, [0])["policy"]) == POLICY


def test_time_stamps_get_names_that_any_disk_can_have() -> None:
    """Two authorities of one name would overwrite each other, or leave the folder."""
    stamps = [TimeStamp("A/B", b"1"), TimeStamp("a b", b"2"), TimeStamp("../", b"3")]
    evidence = replace(evidence_of(chain(3), [0]), time_stamps=stamps)
    found = {path: raw for path, raw in bundle_files(evidence) if path.startswith("tsa/")}
    assert found == {"tsa/a-b.tsr": b"1", "tsa/a-b-2.tsr": b"2", "tsa/authority.tsr": b"3"}


@pytest.mark.parametrize("chosen", [[], [9, 3], [3, 3], [3, 20]])
def test_records_that_cannot_be_proven_are_refused(chosen: list[int]) -> None:
    """A bundle would be made that does not verify, or says nothing."""
    evidence = evidence_of(chain(20), [])
    records = [ChosenRecord(index, chain(21)[index]) for index in chosen]
    with pytest.raises(BadRequest):
        list(bundle_files(replace(evidence, records=records)))


def test_a_changed_record_is_not_exported() -> None:
    """The reader, not the sender, would find out that the log is broken."""
    evidence = evidence_of(chain(20), [])
    wrong = chain(20)[3].replace(b"customer", b"customes")
    with pytest.raises(VerificationError) as caught:
        list(bundle_files(replace(evidence, records=[ChosenRecord(3, wrong)])))
    assert caught.value.index == 3


def test_a_checkpoint_that_the_policy_does_not_believe_is_not_exported() -> None:
    """A bundle would be made that nobody with the right key can verify."""
    evidence = replace(evidence_of(chain(3), [0]), policy=Policy(logs=(PolicyLog(FORGER.key),)))
    with pytest.raises(VerificationError):
        list(bundle_files(evidence))
