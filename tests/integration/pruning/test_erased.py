"""Erasures before, at and after a minimum: what was erased stays explained."""

from contextlib import closing

import pytest

from ledger.prunable import PrunedRange, places_in
from projections.erasing import erase_disclosures, erase_subject
from tests.grants import grant
from tests.pruned_home import PrunedHome, used


@pytest.mark.parametrize("before", [252, 253, 254, 255])
def test_an_erasure_on_both_sides_of_the_minimum_stays_explained(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, before: int
) -> None:
    """A confirmation would seem broken whose request, or whose erased records, were pruned."""
    home = PrunedHome(database_url, tmp_path_factory.mktemp("home"))
    home.create()
    with closing(home.open()) as ledger:
        ledger.record_many([grant(grantee="person:a@example.nl")])
        ledger.record_many([used() for _ in range(before - 1)])
        done = erase_subject(ledger, "person:a@example.nl", requested_by="person:b@example.nl")
        assert (done.requested_index, done.confirmed_index) == (before, before + 1)
        ledger.record_many([grant(grantee="person:c@example.nl") for _ in range(3)])
        ledger.record_many([used() for _ in range(300)])
        for wanted in (PrunedRange(0, 256), PrunedRange(256, 512)):
            if any(True for _ in places_in(ledger, wanted)):
                erase_disclosures(ledger, places_in(ledger, wanted), rule_id="pruning")
    home.seal()
    for minimum in (256, 512):
        home.prune(minimum)
        report = home.verify()
        assert (report.outcome, report.first_index) == ("valid", minimum)
        assert not [one for one in report.findings if one.is_fault]
