"""Files that clients fetch themselves, as the log of an SFTP server tells it."""

from pathlib import Path

from tests.histories import day
from tests.promises.infobuilder_steps import FETCHED, NAME
from tests.promises.judging import items, statement_log, tell


def test_a_download_that_names_no_specification_says_what_would_settle_it(tmp_path: Path) -> None:
    """A file server would break the promise with each file, or nobody knew what is missing."""
    ledger = statement_log(tmp_path, NAME)
    tell(ledger, FETCHED)
    found = items(ledger, "IFB-04", day(90))
    assert [each.verdict for each in found] == ["undeterminable"] * 2
    assert {each.reason for each in found} == {"the event gives no specification_id"}
    assert {each.settle for each in found} == {
        "record the event again with that field, superseding this one"
    }
    ledger.close()
