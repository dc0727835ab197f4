"""The register outlives the records that it was read from; their words do not."""

from contextlib import closing

from projections import catch_up
from projections.art30.findings import findings
from projections.art30.reading import read_register
from projections.cases.reading import moment_of
from tests.histories import event
from tests.pruned_home import PrunedHome

ACTIVITY = "urn:activity:service"


def test_an_activity_stays_when_its_record_is_pruned(home: PrunedHome) -> None:
    """A processing would leave the register because its record is old."""
    with closing(home.open()) as ledger:
        first = ledger.head().size
        ledger.record_many(
            [
                event("organisation.registered", 1, organisation="acme", country="NL"),
                event(
                    "processing_activity.registered",
                    2,
                    processing_activity_id=ACTIVITY,
                    role="controller",
                    organisation="acme",
                    purposes=[{"id": "service", "legal_basis": "contract"}],
                ),
            ]
        )
    home.seal()
    home.fill(600)
    with closing(home.open()) as ledger:
        catch_up(ledger)
    home.prune(1200)
    with closing(home.open()) as ledger:
        assert ledger.log.records_at([first, first + 1]) == []
        register = read_register(ledger, moment_of(ledger))
    (activity,) = register.activities
    assert (activity.activity, activity.version, activity.index) == (ACTIVITY, 1, first + 1)
    assert activity.purposes[0].legal_basis == "contract"
    # What it said in words is gone: that is no finding on the register.
    assert {each.reason for each in findings(register)} & {"no-name", "no-contact"} == set()
