"""Reads the anchors and parameters of a deadline as people type them.

A day without a time of day stays a date; a local time that occurs twice or never is refused, where
an ordinary search would take one of them.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from formats.typed_times import TimeReader
from ledger.errors import BadRequest
from projections.deadlines import Anchor
from projections.deadlines.local_times import instant_of_local
from projections.deadlines.rules import Rule

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ELAPSED: Final = re.compile(r"(?:[+-]?(?:\d+[smhudw])+|now|nu)", re.IGNORECASE)
_TIME_OF_DAY: Final = re.compile(r"\d[:.]\d\d")
_SWITCHES: Final = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class AnchorReader:
    """Reads typed moments against one present and one zone."""

    now: datetime
    zone: ZoneInfo

    def read(self, text: str, place: str) -> Anchor:
        """The moment that a typed time means: an instant, or a date if no time of day is said.

        Raises:
            BadRequest: it means none.
            Uncomputable: it is a local time that occurs twice or never.
        """
        typed = text.strip()
        try:
            if _DATE.fullmatch(typed):
                return Anchor(on=date.fromisoformat(typed))
            local = datetime.fromisoformat(typed) if typed[:4].isdigit() and "-" in typed else None
        except ValueError:
            local = None
        if local is not None:
            return Anchor(at=instant_of_local(local, self.zone))
        try:
            at = TimeReader(self.now, self.zone).read(typed)
        except BadRequest as error:
            raise BadRequest(f"{place}: {error}") from error
        return self._worded(typed, at)

    def read_named(self, pairs: Iterable[str], taken: AbstractSet[str]) -> dict[str, Anchor]:
        """Anchors typed as `name=time`.

        Raises:
            BadRequest: a pair is malformed, or names an anchor twice.
            Uncomputable: see `read`.
        """
        found: dict[str, Anchor] = {}
        for pair in pairs:
            name, text = _split(pair, "--anchor", "NAME=TIME")
            if name in found or name in taken:
                raise BadRequest(f"--anchor {name}: expected each anchor once, found it twice")
            found[name] = self.read(text, f"--anchor {name}")
        return found

    def _worded(self, typed: str, at: datetime) -> Anchor:
        local = at.astimezone(self.zone)
        if _ELAPSED.fullmatch(typed):
            return Anchor(at=at)
        if _TIME_OF_DAY.search(typed) is None and local.time() == local.min.time():
            return Anchor(on=local.date())
        return Anchor(at=instant_of_local(local.replace(tzinfo=None, fold=0), self.zone))


def read_parameters(pairs: Iterable[str], rule: Rule) -> dict[str, int | bool]:
    """Parameters typed as `name=value`, each of the type that the rule gives it.

    Raises:
        BadRequest: a pair is malformed, unknown to the rule, or given twice.
    """
    types = {spec.name: spec.type for spec in rule.parameters}
    found: dict[str, int | bool] = {}
    for pair in pairs:
        name, text = _split(pair, "--param", "NAME=VALUE")
        if name not in types:
            known = ", ".join(types) or "no parameter"
            raise BadRequest(f"--param: expected {known}, found {name!r}")
        if name in found:
            raise BadRequest(f"--param {name}: expected it once, found it twice")
        found[name] = _switch(name, text) if types[name] == "boolean" else _number(name, text)
    return found


def _split(pair: str, option: str, form: str) -> tuple[str, str]:
    name, equals, text = pair.partition("=")
    if not (name and equals and text):
        raise BadRequest(f"{option}: expected {form}, found {pair!r}")
    return name, text


def _switch(name: str, text: str) -> bool:
    if text.lower() not in _SWITCHES:
        raise BadRequest(f"--param {name}: expected true or false, found {text!r}")
    return _SWITCHES[text.lower()]


def _number(name: str, text: str) -> int:
    if re.fullmatch(r"[0-9]{1,6}", text) is None:
        raise BadRequest(
            f"--param {name}: expected a whole number from 0 to 999999, found {text!r}"
        )
    return int(text)
