"""Promises outlive the records on which they were judged; later decisions need the archive."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from cli.archives import with_archives
from ledger.errors import RecordsPruned
from ledger.ledger import Ledger
from tests.histories import FIRST_DAY
from tests.integration.pruning.test_views import prune
from tests.pruned_home import PrunedHome, used
from tests.small_promises import Rule, asked, connected, declared, parameter

RULE: Final[Rule] = {
    "rule_kind": "never",
    "for_each": [{"kinds": ["access.used"]}],
    "where": [{"field": "purpose", "test": "any-in", "parameter": "purposes"}],
    "needs_coverage": ["portal"],
}


def present(ledger: Ledger) -> float:
    """The present, in days of the history."""
    return (ledger.clock() - FIRST_DAY) / timedelta(days=1)


def test_promises_go_on_and_a_later_decision_needs_the_archive(
    database_url: str, tmp_path: Path
) -> None:
    """A verdict would change with pruning, or a decision be judged over the half that is left."""
    home = PrunedHome(database_url, tmp_path / "home")
    home.create()
    with closing(home.open()) as ledger:
        settled = [declared(RULE), connected(), parameter(0, purposes="marketing")]
        ledger.record_many([*settled, *(used(system="portal") for _ in range(340))])
    home.seal()
    with closing(home.open()) as ledger:
        before = asked(ledger, present(ledger))
        prune(home, ledger, tmp_path / "archive.zip")
        found = asked(ledger, present(ledger))
        assert (found.verdict, found.kept) == ("kept", before.kept)
        ledger.record(used(system="portal"))
        assert asked(ledger, present(ledger)).kept == before.kept + 1
        ledger.record(parameter(0, purposes="sales"))
        with pytest.raises(RecordsPruned, match="`zegel rebuild --from ARCHIVE` reads it there"):
            asked(ledger, present(ledger))
        now = present(ledger)
        with with_archives(ledger, home.signing.terms(), [tmp_path / "archive.zip"]):
            judged_anew = asked(ledger, now)
        assert judged_anew.kept == before.kept + 1
        assert asked(ledger, now) == judged_anew
