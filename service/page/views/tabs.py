"""Which questions of which views stand on which page, in which groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.errors import NotFound
from projections import VIEWS
from projections.view import Section, View
from service.page.nav import N_


@dataclass(frozen=True, slots=True)
class Tab:
    """One question of a page."""

    slug: str
    """The value of `only` in its URL."""
    view: str
    section: str
    is_of_facts: bool = False
    """Whether it is told by facts alone, of which a page looks at the latest only."""

    @property
    def of_view(self) -> View:
        """The view that answers it."""
        return VIEWS[self.view]

    @property
    def of_section(self) -> Section:
        """The question as the view knows it."""
        return self.of_view.sections[self.section]


@dataclass(frozen=True, slots=True)
class TabbedPage:
    """One page about views."""

    path: str
    title: str
    lead: str
    """What it is for, in a sentence; both are ids of messages, in English."""
    groups: tuple[tuple[str, tuple[Tab, ...]], ...]
    """Under a heading each."""

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All questions, in order."""
        return tuple(tab for _, tabs in self.groups for tab in tabs)

    @property
    def filters(self) -> frozenset[str]:
        """The names of filters that any question of it knows."""
        return frozenset(name for tab in self.tabs for name in tab.of_view.filters)

    def tab(self, slug: str | None) -> Tab:
        """The question of a URL; the first one, if it names none.

        Raises:
            NotFound: there is no such question on this page.
        """
        if slug is None:
            return self.tabs[0]
        for tab in self.tabs:
            if tab.slug == slug:
                return tab
        names = ", ".join(tab.slug for tab in self.tabs)
        raise NotFound(f"only: expected one of {names}, found {slug!r}")


def _of(view: str, *sections: str, facts: bool = False) -> tuple[Tab, ...]:
    return tuple(Tab(section, view, section, is_of_facts=facts) for section in sections)


ACCESS: Final = TabbedPage(
    "/access",
    N_("Access"),
    N_("Who may do what, by whom that was granted, and what was done without a right to it."),
    (
        (N_("Rights"), _of("access", "held", "unused", "outlived", "history")),
        (
            N_("To look into"),
            (
                *_of("access", "ungranted", "after-leaving", "unregistered", facts=True),
                *_of("access", "unseen"),
            ),
        ),
        (
            N_("Processors"),
            (*_of("access", "processors"), *_of("access", "processor-uses", facts=True)),
        ),
        (N_("Reviews"), _of("access", "reviews", "review-items", "follow-up")),
    ),
)
EXCHANGES: Final = TabbedPage(
    "/exchanges",
    N_("Exchanges"),
    N_("Which personal data went between which parties: how often, how much, on which basis."),
    ((N_("Exchanges"), _of("exchanges", "flows", "stopped", "each", facts=True)),),
)
RETENTION: Final = TabbedPage(
    "/retention",
    N_("Retention"),
    N_("What is stored, until when it may be, by which rule, and what was deleted."),
    (
        (
            N_("Stored"),
            _of(
                "stored",
                *("present", "overdue", "due", "held", "no-rule", "ended-contracts"),
                facts=True,
            ),
        ),
        (N_("Deleted"), _of("stored", "deleted", "unverified", "verified", "files", facts=True)),
        (
            N_("Rules and holds"),
            (
                Tab("rules", "retention", "in-force"),
                Tab("rules-history", "retention", "history"),
                Tab("holds", "holds", "standing"),
                Tab("holds-history", "holds", "history"),
            ),
        ),
    ),
)
TABBED: Final[Mapping[str, TabbedPage]] = {
    page.path: page for page in (ACCESS, EXCHANGES, RETENTION)
}
