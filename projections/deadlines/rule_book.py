"""The rules that Zegel ships, loaded once, and the version of a rule that a day asks for."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Final

import msgspec
from msgspec import Struct

from ledger.errors import BadRequest
from projections.deadlines.refusals import Uncomputable
from projections.deadlines.rules import Rule

FILES: Final = ("gdpr", "nis2", "dora", "cra", "contract", "statements")
"""The files of `rule_data`, in the order in which rules are listed."""


class _RuleFile(Struct, frozen=True, forbid_unknown_fields=True):
    rules: tuple[Rule, ...]


@lru_cache(maxsize=1)
def rule_book() -> Mapping[str, tuple[Rule, ...]]:
    """Every rule by its id, each with its versions, the oldest first."""
    folder = resources.files("projections.deadlines") / "rule_data"
    return by_id(
        rule for name in FILES for rule in read_rules((folder / f"{name}.toml").read_text("utf-8"))
    )


def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules that one TOML document holds."""
    return msgspec.convert(tomllib.loads(text), _RuleFile, strict=True).rules


def by_id(rules: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by their id, in the order of their first version, versions ascending."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.id, []).append(rule)
    return {
        rule_id: tuple(sorted(versions, key=lambda rule: rule.version))
        for rule_id, versions in found.items()
    }


def versions_of(rule_id: str) -> tuple[Rule, ...]:
    """All versions of a rule, the oldest first.

    Raises:
        BadRequest: no rule has that id.
    """
    versions = rule_book().get(rule_id)
    if versions is None:
        raise BadRequest(f"rule: expected one of {', '.join(rule_book())}, found {rule_id!r}")
    return versions


def newest_of(rule_id: str) -> Rule:
    """The newest version of a rule. Raises `BadRequest` for an id that no rule has."""
    return versions_of(rule_id)[-1]


def version_numbered(rule_id: str, version: int) -> Rule:
    """One version of a rule.

    Raises:
        BadRequest: there is no such rule or version.
    """
    versions = versions_of(rule_id)
    for rule in versions:
        if rule.version == version:
            return rule
    known = ", ".join(str(rule.version) for rule in versions)
    raise BadRequest(f"rule {rule_id}: expected a version of {known}, found {version}")


def version_in_force(rule_id: str, day: date) -> Rule:
    """The version of a rule that applies to an event of that local day.

    Raises:
        BadRequest: no rule has that id.
        Uncomputable: no version was in force then.
    """
    versions = versions_of(rule_id)
    for rule in reversed(versions):
        if rule.is_in_force(day):
            return rule
    terms = "; ".join(f"version {rule.version} {term_of(rule)}" for rule in versions)
    raise Uncomputable(
        "rule_not_in_force", f"{rule_id} was not in force on {day.isoformat()}: {terms}"
    )


def term_of(rule: Rule) -> str:
    """From when until when a version applies, in words."""
    begun = f"from {rule.effective_from.isoformat()}" if rule.effective_from else "undated"
    return f"{begun} until {rule.effective_until.isoformat()}" if rule.effective_until else begun
