"""The pages that the menu leads to, in its order, and who may open them."""

from dataclasses import dataclass
from typing import Final

from service.access.caller import Caller, Permission


def N_(message: str) -> str:  # noqa: N802 - the word by which extractors of messages know it
    """Marks words that are translated where they are shown."""
    return message


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the menu."""

    path: str
    title: str
    """In English: the id of its message."""
    permission: Permission = "read"

    def holds(self, path: str) -> bool:
        """Whether a path lies in this part of the page."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


PAGES: Final = (
    Page("/", N_("Overview")),
    Page("/history", N_("History")),
    Page("/breaches", N_("Breaches")),
    Page("/requests", N_("Requests")),
    Page("/promises", N_("Promises")),
    Page("/register", N_("Register")),
    Page("/access", N_("Access")),
    Page("/exchanges", N_("Exchanges")),
    Page("/retention", N_("Retention")),
    Page("/verification", N_("Verification"), "prove"),
)


def pages_for(caller: Caller) -> tuple[Page, ...]:
    """The entries that somebody may open."""
    return tuple(page for page in PAGES if caller.may(page.permission))
