"""What the filter bar of the history asks, and the URL that says so: that of `zegel log`."""

from collections.abc import Iterable
from typing import Any, Final, Self
from urllib.parse import urlencode

from pydantic import Field

from service.page.forms import Form
from service.queries.parameters import KindParameter, RecordFilters, TextParameter

PATH: Final = "/history"
RECORDS_ON_PAGE: Final = 100
MOST_ON_PAGE: Final = 500
IDENTITIES: Final = ("actor", "ip", "subject", "looked_at")
"""The filters that name somebody."""
_SEVERAL: Final = ("kind", "without")


class HistoryParameters(RecordFilters):
    """The parameters of `GET /v1/events`; times as people type them, and newest first."""

    since: TextParameter = None
    until: TextParameter = None
    as_known: TextParameter = None
    kind: KindParameter = Field([], max_length=200)
    without: KindParameter = Field([], max_length=200)
    reverse: bool = True
    limit: int = Field(RECORDS_ON_PAGE, ge=1, le=MOST_ON_PAGE)
    cursor: TextParameter = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked but the order and the number of records."""
        return any(name not in {"reverse", "limit"} for name, _ in self.pairs())

    def changed(self, **changes: Any) -> Self:  # noqa: ANN401 - the types of the fields
        """The same question with other values, from its first page on."""
        return self.model_copy(update={"cursor": None, **changes})

    def added(self, name: str, value: str) -> Self:
        """The same question with one more kind, asked for or left out."""
        kept = [each for each in getattr(self, name) if each != value]
        return self.changed(**{name: [*kept, value]})

    def removed(self, name: str, value: str) -> Self:
        """The same question without one of its kinds."""
        return self.changed(**{name: [each for each in getattr(self, name) if each != value]})

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters that differ from what is asked without any."""
        found: list[tuple[str, str]] = []
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name in _SEVERAL:
                found += [(name, each) for each in dict.fromkeys(value)]
            elif isinstance(value, bool):
                found += [] if value == field.default else [(name, str(value).lower())]
            elif value not in {None, "", field.default}:
                found.append((name, str(value)))
        return found

    def address(self, path: str = PATH, **more: str) -> str:
        """The URL of the question, relative to this service."""
        query = urlencode([*self.pairs(), *more.items()])
        return f"{path}?{query}" if query else path


def typed_parameters(form: Form) -> dict[str, Any]:
    """The parameters that the filter bar sent; kinds stand side by side, parted by commas."""
    found: dict[str, Any] = {}
    for name in HistoryParameters.model_fields:
        if name in _SEVERAL:
            found[name] = list(dict.fromkeys(_parted(form.many(name))))
        elif name != "cursor" and (value := form.one(name)) is not None:
            found[name] = value
    return found


def _parted(typed: Iterable[str]) -> Iterable[str]:
    return (each for text in typed for each in text.replace(",", " ").split())
