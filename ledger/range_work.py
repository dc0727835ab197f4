"""What a process does for a verification on several cores: it opens the log and checks ranges.

Imports no more than it needs: every process that is started imports it anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from ledger.founding import open_log
from ledger.record import leaf_hash
from ledger.rows_to_verify import VaultOpener
from ledger.store.row_reader import Fetch
from ledger.store.sealed_log import SealedLog
from ledger.stored import Head, RawRecord
from ledger.units import utc_now
from ledger.vault.key_stores import KeyPlace
from ledger.vault.vault import Vault
from ledger.verification.erasures import Erasures
from ledger.verification.intact_ranges import IntactRange, check_range
from ledger.verification.log_check import Erased
from ledger.verification.page_check import Expectation
from ledger.verification.start import Start


@dataclass(frozen=True, slots=True)
class Address:
    """Where a process finds the log; it goes through a pipe, for it may hold a password."""

    database: str = field(repr=False)
    key_file: KeyPlace
    origin: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A log cut into ranges, numbered from 0."""

    start: Start
    head: Head
    range_records: int
    erasures: Erasures

    @property
    def records(self) -> int:
        """How many records there are to check."""
        return self.head.size - self.start.frontier.size

    @property
    def ranges(self) -> int:
        """How many ranges there are, the last one perhaps shorter."""
        return -(-self.records // self.range_records)

    def bounds(self, number: int) -> tuple[int, int]:
        """The first index of a range, and the one after its last."""
        first = self.start.frontier.size + number * self.range_records
        return first, min(first + self.range_records, self.head.size)

    def known_before(self, origin: str, index: int) -> Expectation | None:
        """What the first range must follow; of others the database has to be asked."""
        start = self.start
        if index > start.frontier.size:
            return None
        return Expectation(origin, index, start.last_leaf, start.recorded_at_us)


@contextmanager
def opened_ranges(address: Address, cut: Cut) -> Iterator[Callable[[int], IntactRange | None]]:
    """Opens the log in a process, for as long as that checks ranges."""
    log, vault = open_log(
        database=address.database,
        key_file=address.key_file,
        origin=address.origin,
        clock=utc_now,
    )
    try:
        with range_check(log, vault, cut) as check:
            yield check
    finally:
        vault.forget()
        log.engine.dispose()


@contextmanager
def range_check(
    log: SealedLog, vault: Vault, cut: Cut
) -> Iterator[Callable[[int], IntactRange | None]]:
    """What checks a range by its number, here: what it gives to the whole.

    `None` if anything about it is not in order. All ranges are read by one connection: to open
    others for each takes as long as to check a hundred records.
    """
    with log.scanning() as fetch:
        yield partial(_checked, log, fetch, VaultOpener(vault), cut)


def _checked(
    log: SealedLog, fetch: Fetch, opener: VaultOpener, cut: Cut, number: int
) -> IntactRange | None:
    start, stop = cut.bounds(number)
    try:
        expected = cut.known_before(log.origin, start)
        pages = log.raw_record_pages(start if expected else start - 1, stop, fetch)
        records = chain.from_iterable(pages)
        if expected is None:
            expected = _following(log.origin, RawRecord._make(next(records)))
        disclosures = chain.from_iterable(log.raw_disclosure_pages(start, stop, fetch))
        erased = Erased(log.erasures.scan(start, stop), cut.erasures)
        return check_range(expected, stop, records, disclosures, opener, erased)
    except Exception:  # noqa: BLE001 - the walk over the whole log meets it again and reports it
        return None


def _following(origin: str, before: RawRecord) -> Expectation:
    """What a range asks of the records before it: that the last of them is this one.

    Whether it is in order, the range that ends with it has to find.
    """
    return Expectation(origin, before.index + 1, leaf_hash(before.sealed), before.recorded_at_us)
