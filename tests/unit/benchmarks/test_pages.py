"""The comparison of first pages runs."""

import pytest

from benchmarks import pages
from benchmarks.databases import Database


@pytest.mark.parametrize("path", pages.PATHS)
def test_a_page_is_measured(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    """A side that fails only under `make bench` would be found by the next reader."""
    monkeypatch.setattr(pages, "REQUESTS", 1)
    with pages.served(Database("SQLite"), 100) as site:
        found = pages.first_page({"100 events": site}, path, "SQLite", 1)
    assert found.rates[0].name == "HTML, 100 events"
    assert len(found.rates) == (1 if pages.chromium() is None else 2)
    assert all(rate.median > 0 for rate in found.rates)
