"""What `zegel watch` is told to follow: a TOML file of `[[source]]` tables, checked whole.

Invariant: every error names file, table, key, what was expected and what was found.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Literal, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from formats import FORMATS
from formats.reading import Read
from ledger.errors import BadRequest
from ledger.identifiers import masked
from ledger.own_records import is_reserved
from ledger.units import LONGEST_DURATION

Medium = Literal["file", "folder", "journal", "listen"]

MEDIA: Final[tuple[Medium, ...]] = ("file", "folder", "journal", "listen")
"""Where a source may come from; each table names exactly one."""

_COMMON: Final = (
    *("name", "system", "format", "zone", "year", "silent_after", "coverage", "programs"),
    "systems",
)
_WORD: Final = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*")
_MOST_CHARACTERS: Final = 64
_SPAN: Final = re.compile(r"(?:[0-9]+[smhdw])+")
_PARTS: Final = re.compile(r"([0-9]+)([smhdw])")
_SPAN_EXPECTED: Final = f"a span from 1s to {LONGEST_DURATION.days}d, such as 90m, 24h or 7d"
_UNITS: Final = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9999


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """One source: where it comes from, what language it speaks, what its owner states about it."""

    name: str
    """Names its folder in the home, and is how people are told of it."""
    system: str
    format: str
    medium: Medium
    place: str
    """The path, the pattern of a folder, the address to listen at; units, joined, of a journal."""
    table: str
    """Where it stands in the configuration, such as `watch.toml, [[source]] 2`."""
    journal: tuple[str, ...] = ()
    """Units, which end in a word such as `.service`, or identifiers; none: the whole journal."""
    zone: ZoneInfo | None = None
    year: int | None = None
    silent_after: timedelta | None = None
    coverage: bool = True
    """Whether it is declared when the source was connected; silence of it then means something."""
    programs: Mapping[str, Read] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)
    """The system ids of machines, where one source has the messages of many."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What only a listener is told, such as its certificate; checked where that is made."""


@dataclass(frozen=True, slots=True)
class WatchConfig:
    """Everything that one `zegel watch` follows; names are unique."""

    path: Path
    sources: tuple[WatchedSource, ...]


def read_watch_config(path: Path) -> WatchConfig:
    """What a configuration file says.

    Raises:
        BadRequest: it cannot be read, or a key is missing, not known or not of its type.
    """
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadRequest(
            f"{path}: expected a file that can be read, found: {error.strerror}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRequest(f"{path}: expected TOML, found: {error}") from error
    unknown = sorted(set(found) - {"source"})
    if unknown:
        raise BadRequest(f"{path}: expected [[source]] tables only, found {masked(unknown[0])!r}")
    tables = found.get("source")
    if not isinstance(tables, list) or not tables:
        raise BadRequest(f"{path}: expected at least one [[source]] table, found none")
    sources: dict[str, WatchedSource] = {}
    places: dict[tuple[str, ...], WatchedSource] = {}
    for number, table in enumerate(tables, start=1):
        source = _Table(f"{path}, [[source]] {number}", table).source(path.parent)
        other = sources.setdefault(source.name, source)
        if other is not source:
            raise BadRequest(
                f"{source.table}, key name: expected another one than that of {other.table}, "
                f"found {source.name!r}"
            )
        other = places.setdefault(_read_as(source), source)
        if other is not source and source.medium in {"file", "folder"}:
            raise BadRequest(
                f"{source.table}, key {source.medium}: expected another one than that of "
                f"{other.table}, which is read as {source.format} for {source.system} already, "
                f"found {source.place}"
            )
    return WatchConfig(path, tuple(sources.values()))


def _read_as(source: WatchedSource) -> tuple[str, ...]:
    """What makes two sources one: the same file, under whatever name, read the same way."""
    path = Path(source.place)
    folder, name = (path.parent, path.name) if source.medium == "folder" else (path, "")
    return source.medium, os.path.realpath(folder), name, source.format, source.system


@dataclass(frozen=True, slots=True)
class _Table:
    """One `[[source]]` table, and where it stands."""

    place: str
    found: Mapping[str, Any]

    def source(self, folder: Path) -> WatchedSource:
        if not isinstance(self.found, dict):
            raise BadRequest(f"{self.place}: expected a table, found {self.found!r}")
        medium = self._medium()
        options = {key: value for key, value in self.found.items() if key not in {*_COMMON, medium}}
        if medium != "listen" and options:
            expected = f"one of {', '.join((*_COMMON, *MEDIA))}"
            self._refuse(next(iter(options)), expected, "a key that is not known", told=True)
        system, language = (
            self._system("system", self.found.get("system")),
            self._format("format", self.found.get("format")),
        )
        journal = self._journal() if medium == "journal" else ()
        return WatchedSource(
            name=self._word("name", f"{system}-{language}"),
            system=system,
            format=language,
            medium=medium,
            place=", ".join(journal) if medium == "journal" else self._place(medium, folder),
            table=self.place,
            journal=journal,
            zone=self._zone(),
            year=self._year(),
            silent_after=self._span(),
            coverage=self._flag("coverage", default=medium in {"file", "journal"}),
            programs=self._programs(),
            systems=self._systems(),
            options=options,
        )

    def _medium(self) -> Medium:
        named = [medium for medium in MEDIA if medium in self.found]
        if len(named) != 1:
            found = " and ".join(named) or "none of them"
            raise BadRequest(f"{self.place}: expected one of {', '.join(MEDIA)}, found {found}")
        return named[0]

    def _word(self, key: str, default: str | None = None) -> str:
        return self._checked_word(key, self.found.get(key, default))

    def _checked_word(self, key: str, value: object) -> str:
        if (
            not isinstance(value, str)
            or not _WORD.fullmatch(value)
            or len(value) > _MOST_CHARACTERS
        ):
            self._refuse(key, "a word such as infactor-web", value)
        return value

    def _format(self, key: str, value: object) -> str:
        if not isinstance(value, str) or value not in FORMATS:
            self._refuse(key, f"one of {', '.join(FORMATS)}", value)
        return value

    def _place(self, medium: Medium, folder: Path) -> str:
        value = self.found[medium]
        if not isinstance(value, str) or not value or "\0" in value:
            self._refuse(medium, "a text", value)
        if medium == "listen":
            return value
        path = Path(value) if Path(value).is_absolute() else folder.absolute() / value
        if medium == "folder" and ("*" not in path.name or "*" in str(path.parent)):
            self._refuse(
                medium, "a pattern of files such as /var/spool/cloudtrail/*.json.gz", value
            )
        return str(path)

    def _journal(self) -> tuple[str, ...]:
        value = self.found["journal"]
        names = [value] if isinstance(value, str) else value
        expected = "a unit such as ssh.service, an identifier such as sshd, or a list of either"
        if not isinstance(names, list) or not all(
            isinstance(name, str) and name and not name.startswith("-") for name in names
        ):
            self._refuse("journal", expected, value)
        units = sum("." in name for name in names)
        if units not in {0, len(names)}:
            self._refuse("journal", f"{expected}, not both", value)
        return tuple(names)

    def _zone(self) -> ZoneInfo | None:
        value = self.found.get("zone")
        if value is None:
            return None
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):
            self._refuse("zone", "a zone such as Europe/Amsterdam", value)

    def _year(self) -> int | None:
        value = self.found.get("year")
        fits = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (fits and _FIRST_YEAR <= value <= _LAST_YEAR):
            self._refuse("year", f"a year from {_FIRST_YEAR} to {_LAST_YEAR}", value)
        return value

    def _span(self) -> timedelta | None:
        value = self.found.get("silent_after")
        if value is None:
            return None
        if not isinstance(value, str) or not _SPAN.fullmatch(value):
            self._refuse("silent_after", _SPAN_EXPECTED, value)
        parts = _PARTS.findall(value)
        try:
            span = sum((int(count) * _UNITS[unit] for count, unit in parts), timedelta())
        except (OverflowError, ValueError):  # more than a span or a number of Python's can be
            self._refuse("silent_after", _SPAN_EXPECTED, value)
        if not timedelta() < span <= LONGEST_DURATION:
            self._refuse("silent_after", _SPAN_EXPECTED, value)
        return span

    def _flag(self, key: str, *, default: bool) -> bool:
        value = self.found.get(key, default)
        if not isinstance(value, bool):
            self._refuse(key, "true or false", value)
        return value

    def _system(self, key: str, value: object) -> str:
        system = self._checked_word(key, value)
        if is_reserved(system):
            self._refuse(key, "a system other than those of the log itself", system)
        return system

    def _systems(self) -> Mapping[str, str]:
        value = self.found.get("systems", {})
        if not isinstance(value, dict):
            self._refuse("systems", 'a table such as { gateway = "infactor-gateway" }', value)
        return {
            machine: self._system(f"systems.{machine}", system) for machine, system in value.items()
        }

    def _programs(self) -> Mapping[str, Read]:
        value = self.found.get("programs", {})
        if not isinstance(value, dict):
            self._refuse("programs", 'a table such as { keycloak = "keycloak" }', value)
        return {
            program: FORMATS[self._format(f"programs.{program}", language)].read
            for program, language in value.items()
        }

    def _refuse(self, key: str, expected: str, found: object, *, told: bool = False) -> NoReturn:
        shown = "none" if found is None else found if told else repr(found)
        raise BadRequest(f"{self.place}, key {masked(key)}: expected {expected}, found {shown}")
