"""The bodies of a page are compared with columns together, and each of them with its own."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from ledger.verification.body_copies import CopyColumns, SealedDigests, fitting_digests

KIND = "access.used.v1"
IDS = [UUID(int=number).bytes for number in (1, 2)]
TEXTS = "".join(str(UUID(bytes=each)) for each in IDS)


def found(texts: Sequence[str]) -> SealedDigests | None:
    """What a page of two records gives whose bodies say these ids."""
    bodies = [
        b'{"kind":"%b","event_id":"%b","occurred_at":"1970-01-01T00:00:00Z","system":"crm"}'
        % (KIND.encode(), text.encode())
        for text in texts
    ]
    return fitting_digests([KIND] * 2, bodies, CopyColumns(IDS, [0, 0], ["crm"] * 2))


def test_ids_that_are_those_of_the_columns_fit() -> None:
    """A log in order would be walked record by record, or be called broken."""
    assert found([TEXTS[:36], TEXTS[36:]]) == SealedDigests(IDS, ([], []))


@pytest.mark.parametrize("cut", [0, 35, 37, 72])
def test_an_id_that_ends_in_its_neighbour_does_not_fit(cut: int) -> None:
    """Two records without an id would pass, because both texts together are those of two ids."""
    assert found([TEXTS[:cut], TEXTS[cut:]]) is None
