"""A review of access as one report: every section at one moment, from one state of the log."""

from collections.abc import Mapping
from typing import Any, Final

from ledger.ledger import Ledger
from projections.access.view import ACCESS
from projections.cases.reading import Moment
from projections.snapshot import reader_at

SECTIONS: Final[Mapping[str, str]] = {
    "held": "Who holds what",
    "unused": "Never used",
    "ungranted": "Used outside a grant",
    "after-leaving": "Used after leaving, or after the contract",
    "outlived": "Grants that outlived their reason",
    "processors": "Held by people of hosts and sub-processors",
    "processor-uses": "Used by people of hosts and sub-processors",
    "reviews": "Reviews and their sign-off",
    "follow-up": "Decided and not carried out",
}
"""Sections of the view of access that a reviewer needs, with their headings."""


def access_report(
    ledger: Ledger, moment: Moment, chosen: Mapping[str, str], only: str | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The rows of every section, or of one.

    Args:
        ledger: The log.
        moment: The moment asked about, and what of it was known.
        chosen: Filters of the view whose values are plain text: `scope`, `system`, `organisation`.
        only: One section; all of `SECTIONS`, if not given.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    values = {name: [value] for name, value in chosen.items()}
    with reader_at(ledger, ACCESS, moment.as_of, moment.known_size, values) as reader:
        return {
            name: ACCESS.sections[name].rows(reader) for name in SECTIONS if only in {None, name}
        }
