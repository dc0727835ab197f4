"""Writes the pages of ``docs/`` that come from the code, or checks that they are up to date.

A generated page is one line in ``PAGES``: its path below ``docs/`` and the function that gives its
whole text. ``make docs`` writes them, ``make check`` fails while one differs from the code.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from docs.api_page import api_page
from docs.cli_page import cli_page
from docs.deadline_rules_page import deadline_rules_page
from docs.events_page import events_page
from docs.figure_charts import CHARTS, chart
from docs.figures_page import figures_page
from docs.register_columns_page import register_columns_page
from docs.scale_page import scale_page
from docs.settings_page import settings_page
from docs.statement_file_page import schema_file, statement_file_page

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "explanation/scale.md": scale_page,
    "reference/api.md": api_page,
    "reference/cli.md": cli_page,
    "reference/deadline-rules.md": deadline_rules_page,
    "reference/events.md": events_page,
    "reference/figures.md": figures_page,
    "reference/register-columns.md": register_columns_page,
    "reference/settings.md": settings_page,
    "reference/statement-file.md": statement_file_page,
    "reference/statement-file.schema.json": schema_file,
    **{f"explanation/charts/{name}.svg": partial(chart, name) for name in (*CHARTS, "memory")},
}

_DOCS: Final = Path(__file__).resolve().parent


def outdated(folder: Path, pages: Mapping[str, Callable[[], str]]) -> list[str]:
    """The pages that are missing or differ from what the code says, in order of path."""
    return [
        page
        for page, text in sorted(pages.items())
        if not (folder / page).exists() or (folder / page).read_text("utf-8") != text()
    ]


def write(folder: Path, pages: Mapping[str, Callable[[], str]]) -> list[str]:
    """The pages that were written because they were missing or differed."""
    written = outdated(folder, pages)
    for page in written:
        (folder / page).parent.mkdir(parents=True, exist_ok=True)
        (folder / page).write_text(pages[page](), "utf-8")
    return written


def main(arguments: Sequence[str]) -> int:
    """Exit code 0, or 1 when ``--check`` finds an outdated page, 2 on wrong usage."""
    if list(arguments) not in ([], ["--check"]):
        print("usage: python -m docs.generate [--check]", file=sys.stderr)
        return 2
    if not arguments:
        for page in write(_DOCS, PAGES):
            print(f"written: docs/{page}")
        return 0
    stale = outdated(_DOCS, PAGES)
    for page in stale:
        print(f"docs/{page} differs from the code; run: make docs", file=sys.stderr)
    if not stale:
        print(f"Generated pages up to date: {len(PAGES)}.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
