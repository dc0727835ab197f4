"""The generated pages of ``docs/`` say what the code says."""

from difflib import unified_diff
from pathlib import Path

import pytest

from docs.generate import PAGES, main, outdated, write
from tests.house.tracked_files import PROJECT


def test_generated_pages_are_up_to_date() -> None:
    """A reader would look up a kind or an option that is not, or no longer, there."""
    stale = outdated(PROJECT / "docs", PAGES)
    assert stale == [], "\n".join(line for page in stale for line in changes(page))


def changes(page: str) -> list[str]:
    """What differs between a page and the code, so that a failure tells it."""
    kept = (PROJECT / "docs" / page).read_text().splitlines()
    return list(unified_diff(kept, PAGES[page]().splitlines(), page, "the code", lineterm="", n=0))


def test_a_missing_or_changed_page_is_outdated_until_written(tmp_path: Path) -> None:
    """A change of the code would not reach its page, and nobody would hear of it."""
    pages = {"reference/one.md": lambda: "one\n", "two.md": lambda: "two\n"}
    assert outdated(tmp_path, pages) == ["reference/one.md", "two.md"]
    assert write(tmp_path, pages) == ["reference/one.md", "two.md"]
    assert outdated(tmp_path, pages) == []
    (tmp_path / "two.md").write_text("drifted\n")
    assert outdated(tmp_path, pages) == ["two.md"]


def test_the_command_refuses_an_unknown_option(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped --check would rewrite the pages it was meant to compare."""
    assert main(["--chekc"]) == 2
    assert "usage" in capsys.readouterr().err
