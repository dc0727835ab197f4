"""Views that several processes rebuild have the rows that one gives them."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import BadRequest
from ledger.ledger import Ledger
from projections import VIEWS, rebuild
from projections.rebuilding_on_cores import rebuild_on_cores
from tests.filled_events import filled_events
from tests.view_rows import rows_of_all


def test_the_rows_are_those_of_one_process(ledger: Ledger, tmp_path: Path) -> None:
    """A view would say something else where several cores rebuilt it."""
    ledger.record_own_many(filled_events())
    database = ledger.log.engine.url.render_as_string(hide_password=False)
    with closing(Ledger.open(database=database, key_file=tmp_path / "views.key.json")) as told:
        size = rebuild(told)
        alone = rows_of_all(told)
        seen: list[int] = []
        found = rebuild_on_cores(told, list(VIEWS), 2, progress=seen.append, least_records=1)
        assert found == size
        assert rows_of_all(told) == alone
        assert seen[-1] == size


def test_a_short_log_is_rebuilt_here(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting processes would take longer than the work."""
    monkeypatch.setattr("projections.rebuilding_on_cores.rebuild_apart", None)
    assert rebuild_on_cores(ledger, list(VIEWS), 8) == ledger.head().size


def test_an_unknown_view_is_named(ledger: Ledger) -> None:
    """A typing error would be told by a process that nobody sees."""
    with pytest.raises(BadRequest, match="no-such-view"):
        rebuild_on_cores(ledger, ["access", "no-such-view"], 2, least_records=0)
