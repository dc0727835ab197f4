"""Hands stored disclosures to their check, record by record, as sound records come by.

Both come in the order of the index, so one row waits at a time. Rows of records that are not sound
are passed over: nobody can say what belongs there.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from ledger.stored import StoredDisclosure
from ledger.verification.body_copies import BodyCopies
from ledger.verification.disclosure_check import DisclosureCheck, homeless
from ledger.verification.findings import FindingLog

_NONE_WAITING: Final = 2**63


class DisclosuresBeside:
    """One pass over the disclosure rows beside a walk over records."""

    def __init__(
        self,
        rows: Iterable[StoredDisclosure],
        check: DisclosureCheck | None,
        findings: FindingLog,
    ) -> None:
        """Takes the first row; without a check nothing is compared."""
        self.taken = 0
        """How many rows came by."""
        self._rows = iter(rows)
        self._check = check
        self._findings = findings
        self._waiting: StoredDisclosure | None = None
        self._waiting_index = _NONE_WAITING
        self._advance()

    @property
    def opened(self) -> int:
        """How many rows were opened and compared."""
        return 0 if self._check is None else self._check.opened

    def accept(self, origin: str, first: int, copies: Sequence[BodyCopies]) -> None:
        """Checks the disclosures of consecutive sound records."""
        if self._check is None:
            return
        for index, one in enumerate(copies, first):
            if one.digests or self._waiting_index <= index:
                beside = self._at(index)
                if one.digests or beside:
                    self._check.check(index, one.event_id_bytes(), origin, one.digests, beside)

    def refuse_homeless(self, stored: int) -> None:
        """Takes the rest, and names each row whose index is not below that many records."""
        while self._waiting is not None:
            if not 0 <= self._waiting_index < stored:
                self._findings.add(homeless(self._waiting))
            self._advance()

    def _at(self, index: int) -> Sequence[StoredDisclosure]:
        found: list[StoredDisclosure] = []
        while self._waiting is not None and self._waiting_index <= index:
            if self._waiting_index == index:
                found.append(self._waiting)
            elif self._waiting_index < 0:
                self._findings.add(homeless(self._waiting))
            self._advance()
        return found

    def _advance(self) -> None:
        self._waiting = next(self._rows, None)
        if self._waiting is not None:
            self.taken += 1
            self._waiting_index = self._waiting.index
        else:
            self._waiting_index = _NONE_WAITING
