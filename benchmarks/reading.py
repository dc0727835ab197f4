"""What is measured on a log that is there: verification, rebuild, questions, plain reading."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import Any, Final

import psycopg

import projections
from benchmarks.databases import Place
from ledger.ledger import Ledger
from ledger.levels import Trust, verify_quick
from ledger.parallel_verification import verify_on_cores
from ledger.proving import prove
from ledger.query import EventQuery
from ledger.rows_to_verify import raw_records
from ledger.verification import log_check as sealed_records

_PAGE_QUESTIONS: Final = 50
_RECORDS: Final = (
    "SELECT idx, sealed, leaf_hash, stream, version, kind, event_id,"
    " recorded_at_us, occurred_at_us, system FROM zegel_record WHERE log = 1 ORDER BY idx"
)
_DISCLOSURES: Final = (
    "SELECT idx, subject_id, fields, ciphertext FROM zegel_disclosure WHERE log = 1"
    " ORDER BY idx, subject_id"
)


@contextmanager
def _opened(place: Place) -> Iterator[Ledger]:
    with closing(place.open_ledger()) as ledger:
        yield ledger


def verify_records(place: Place) -> int:
    """Every sealed record re-hashed and compared; the disclosures left out."""
    with _opened(place) as ledger:
        head = ledger.head()
        rows = raw_records(ledger.log, 0, head.size)
        return sealed_records.verify_records(ledger.origin, head, rows).records_checked


def verify_all(place: Place) -> int:
    """What `zegel verify` does: records, links, copies, head, and every disclosure opened."""
    with _opened(place) as ledger:
        return ledger.verify().records_checked


def verify_on(place: Place, cores: int) -> int:
    """The same with so many processes."""
    with _opened(place) as ledger:
        return verify_on_cores(ledger, cores).records_checked


def rows_hashed(place: Place) -> int:
    """The same columns by the bare driver, and one SHA-256 over each record."""
    count = 0
    for row in _bare_rows(place):
        sha256(row[1]).digest()
        count += 1
    return count


def disclosures_hashed_too(place: Place) -> int:
    """The same, and one SHA-256 over each disclosure, which is encrypted still."""
    count = rows_hashed(place)
    for row in _bare_rows(place, _DISCLOSURES):
        sha256(row[3]).digest()
    return count


def _bare_rows(place: Place, question: str = _RECORDS) -> Iterator[tuple[Any, ...]]:
    if place.is_sqlite:
        with closing(sqlite3.connect(place.file)) as connection:
            yield from connection.execute(question)
        return
    with psycopg.connect(place.dsn()) as server, server.cursor("bare") as cursor:
        cursor.itersize = 2_000
        cursor.execute(question.encode(), binary=True)
        yield from cursor


def rebuilt(place: Place) -> int:
    """Every view folded anew from all records."""
    with _opened(place) as ledger:
        return projections.rebuild(ledger)


def decoded(place: Place) -> int:
    """Every record read and decoded to its typed event once, with tokens for people."""
    with _opened(place) as ledger:
        return sum(1 for _ in ledger.open_records(ledger.log.scan()))


def first_page(place: Place) -> int:
    """The newest 50 records of one kind, opened; asked 50 times."""
    with _opened(place) as ledger:
        for _ in range(_PAGE_QUESTIONS):
            query = EventQuery(kinds=("access.used",), limit=50, reverse=True)
            found = list(ledger.read(query))
            _expect(len(found), 50)
    return _PAGE_QUESTIONS


def of_person(place: Place) -> int:
    """The newest 5 records that name one person, found through the blind index; asked 50 times."""
    with _opened(place) as ledger:
        for number in range(_PAGE_QUESTIONS):
            person = f"person:employee{number}@example.nl"
            query = EventQuery(subject=person, limit=5, reverse=True)
            _expect(len(list(ledger.read(query))), 5)
    return _PAGE_QUESTIONS


def proven(place: Place) -> int:
    """Proofs of 50 records all over the log against its newest checkpoint."""
    with _opened(place) as ledger:
        size = ledger.head().size
        for number in range(_PAGE_QUESTIONS):
            prove(ledger.log, number * size // _PAGE_QUESTIONS, place.signing.terms())
    return _PAGE_QUESTIONS


def verified_quickly(place: Place) -> int:
    """Signatures of the newest checkpoints, and that the tiles lead to their roots; 50 times."""
    with _opened(place) as ledger:
        trust = Trust(place.signing.terms())
        for _ in range(_PAGE_QUESTIONS):
            _expect(len(verify_quick(ledger.log, trust).findings), 0)
    return _PAGE_QUESTIONS


def _expect(found: int, expected: int) -> None:
    if found != expected:
        message = f"expected {expected} records, found {found}: the comparison would mean nothing"
        raise RuntimeError(message)
