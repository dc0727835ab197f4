"""Which erasures may explain that something is missing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from ledger.erasure.commitment import commitment_of
from ledger.record import NO_PREVIOUS, SealedRecord, encode_record
from ledger.stored import StoredTombstone
from ledger.units import Index
from ledger.verification.erasures import ErasureRecords, Erasures, judge_erasures

STREAM = UUID("01936e2a-7c00-7000-8000-0000000000a1")
OTHER = UUID("01936e2a-7c00-7000-8000-0000000000a2")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
REQUESTED, CONFIRMED = 7, 9
ROWS = [
    StoredTombstone(2, 0, "actor", b"\xaa" * 32, REQUESTED),
    StoredTombstone(5, 0, "note", b"\xbb" * 32, REQUESTED),
]


def sealed(index: int, verb: str, stream: UUID = STREAM, **body: object) -> bytes:
    """A record of an erasure as it stands in the log."""
    kind = f"log.erasure_{verb}.v1"
    fields = {"kind": kind, "system": "zegel.erasures", **body}
    record = SealedRecord(
        *("a.nl/log", Index(index), NO_PREVIOUS, NOW, stream, 1, kind),
        msgspec.json.encode(fields),
    )
    return encode_record(record)


REQUEST = sealed(REQUESTED, "requested")
CONFIRMATION = sealed(CONFIRMED, "confirmed", erased_sha256=commitment_of(ROWS).hex())


def judged(
    records: Mapping[int, bytes], rows: list[StoredTombstone] | None = None, *, job: bool = False
) -> Erasures:
    """What is judged of one erasure whose records are these."""
    found = CONFIRMED if CONFIRMED in records else None
    places = ErasureRecords(records.get, lambda _: found, {REQUESTED} if job else set())
    return judge_erasures(ROWS if rows is None else rows, places)


def test_a_confirmed_erasure_holds() -> None:
    """What was erased as the law asks would be called lost."""
    erasures = judged({REQUESTED: REQUEST, CONFIRMED: CONFIRMATION})
    assert erasures.told(REQUESTED) == CONFIRMED
    assert not erasures.findings.counts


def test_an_erasure_under_way_is_told_by_its_request() -> None:
    """A crash between two steps would break the evidence."""
    assert judged({REQUESTED: REQUEST}, job=True).told(REQUESTED) == REQUESTED


@pytest.mark.parametrize(
    ("records", "index"),
    [
        ({}, REQUESTED),
        ({REQUESTED: REQUEST}, REQUESTED),
        ({REQUESTED: b"no record"}, REQUESTED),
        ({REQUESTED: sealed(8, "requested")}, REQUESTED),
        ({REQUESTED: sealed(REQUESTED, "requested", system="crm")}, REQUESTED),
        ({REQUESTED: sealed(REQUESTED, "confirmed")}, REQUESTED),
        ({REQUESTED: REQUEST, CONFIRMED: sealed(CONFIRMED, "confirmed")}, CONFIRMED),
        (
            {
                REQUESTED: REQUEST,
                CONFIRMED: sealed(
                    CONFIRMED, "confirmed", OTHER, erased_sha256=commitment_of(ROWS).hex()
                ),
            },
            CONFIRMED,
        ),
        ({REQUESTED: REQUEST, CONFIRMED: b"no record"}, CONFIRMED),
    ],
    ids=[
        "no request",
        "neither under way nor confirmed",
        "no record",
        "a request of another index",
        "a request by a source",
        "no request but a confirmation",
        "a confirmation without a commitment",
        "a confirmation of another stream",
        "a confirmation that is no record",
    ],
)
def test_what_the_records_do_not_say_explains_nothing(
    records: Mapping[int, bytes], index: int
) -> None:
    """Any record would do as an excuse for what was deleted."""
    erasures = judged(records)
    assert erasures.told(REQUESTED) is None
    assert [(one.verdict, one.index) for one in erasures.findings.kept] == [
        ("MISSING_PAYLOAD", index)
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:1],
        [*ROWS, ROWS[1]._replace(part=1)],
        [ROWS[0]._replace(fields="note"), ROWS[1]],
        [ROWS[0]._replace(digests=bytes(32)), ROWS[1]],
        [ROWS[0]._replace(index=3), ROWS[1]],
        [ROWS[0]._replace(index=-1), ROWS[1]],
        [ROWS[0]._replace(part="0"), ROWS[1]],  # type: ignore[arg-type]  # damage
        [ROWS[0]._replace(fields=b"actor"), ROWS[1]],  # type: ignore[arg-type]  # damage
        [ROWS[0]._replace(digests=None), ROWS[1]],  # type: ignore[arg-type]  # damage
    ],
    ids=["fewer", "more", "names", "digests", "index", "negative", "text", "bytes", "nothing"],
)
def test_rows_that_are_not_those_it_commits_to_explain_nothing(
    rows: list[StoredTombstone],
) -> None:
    """A tombstone could be forged for an erasure that did happen."""
    erasures = judged({REQUESTED: REQUEST, CONFIRMED: CONFIRMATION}, rows)
    assert erasures.told(REQUESTED) is None
    assert [(one.verdict, one.index) for one in erasures.findings.kept] == [
        ("MISSING_PAYLOAD", CONFIRMED)
    ]


def test_an_erasure_never_erases_what_came_after_it() -> None:
    """A confirmation could commit to what did not exist yet."""
    later = [ROWS[0]._replace(index=CONFIRMED)]
    said = sealed(CONFIRMED, "confirmed", erased_sha256=commitment_of(later).hex())
    assert judged({REQUESTED: REQUEST, CONFIRMED: said}, later).told(REQUESTED) is None
    between = [ROWS[0]._replace(index=REQUESTED + 1)]
    said = sealed(CONFIRMED, "confirmed", erased_sha256=commitment_of(between).hex())
    assert judged({REQUESTED: REQUEST, CONFIRMED: said}, between).told(REQUESTED) == CONFIRMED


def test_a_damaged_number_of_an_erasure_is_passed_over() -> None:
    """A text in a column of numbers would end the verification."""
    rows = [ROWS[0]._replace(requested_index="seven")]  # type: ignore[arg-type]  # damage
    erasures = judged({}, rows)
    assert erasures.told("seven") is None
    assert "no such erasure" in erasures.fault_of("seven")
