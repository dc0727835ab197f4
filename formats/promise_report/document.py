"""What the page about promises consists of: plain text everywhere, no markup."""

from typing import Literal

from msgspec import Struct

from projections.promises.answers import Verdict
from projections.promises.finding import Gravity


class Mark(Struct, frozen=True):
    """A verdict as it is drawn: its word and its sign, so that colour is never needed."""

    verdict: Verdict
    word: str
    sign: str


class Tile(Struct, frozen=True, kw_only=True):
    """A promise in the overview."""

    anchor: str
    name: str
    mark: Mark
    title: str
    """What a pointer shows, and a screen reader says."""


class Counted(Struct, frozen=True):
    """How many promises have a verdict, and what the verdict means."""

    mark: Mark
    count: str
    meaning: str


class Stretch(Struct, frozen=True):
    """One stretch of a strip."""

    mark: Mark | None
    title: str


class ReadingText(Struct, frozen=True):
    """One way to read a promise."""

    title: str
    mark: Mark | None
    rules: tuple[str, ...]


class Setting(Struct, frozen=True):
    """A parameter, its value, and who set it when."""

    name: str
    value: str
    source: str


class Bar(Struct, frozen=True):
    """A measured value with its share of the highest one."""

    name: str
    value: str
    percent: int
    is_limit: bool = False


class Measurement(Struct, frozen=True, kw_only=True):
    """What a metric gives."""

    title: str
    intro: str
    bars: tuple[Bar, ...]
    note: str = ""


class ItemText(Struct, frozen=True, kw_only=True):
    """One judged event."""

    mark: Mark
    moment: str
    place: str
    """The record, and the part of the promise that judged it."""
    sentence: str
    lines: tuple[str, ...]


class FindingText(Struct, frozen=True, kw_only=True):
    """What is wrong or unclear in the words of a promise."""

    gravity: Gravity
    state: str
    """With its sign."""
    told: str
    settle: tuple[str, ...]


class Panel(Struct, frozen=True, kw_only=True):
    """A promise with its explanation."""

    anchor: str
    name: str
    mark: Mark
    waived: str
    words: str
    counts: str
    strip: tuple[Stretch, ...]
    strip_title: str
    reasons: tuple[str, ...]
    settle: tuple[str, ...]
    findings: tuple[FindingText, ...]
    facts: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    coverage: str
    readings: tuple[ReadingText, ...]
    settings: tuple[Setting, ...]
    gaps: tuple[str, ...]
    measured: tuple[Measurement, ...]
    items: tuple[ItemText, ...]
    more: str


class Group(Struct, frozen=True, kw_only=True):
    """The promises about one system."""

    name: str
    title: str
    summary: str
    tiles: tuple[Tile, ...]
    panels: tuple[Panel, ...]


class Report(Struct, frozen=True, kw_only=True):
    """The whole page in one language."""

    language: Literal["nl", "en"]
    title: str
    subtitle: str
    marks: tuple[tuple[str, str], ...]
    contradictions: str
    """How many there are inside the statements; empty for none."""
    counts: tuple[Counted, ...]
    groups: tuple[Group, ...]
    labels: dict[str, str]
    """Headings that the page repeats."""
    footer: str
