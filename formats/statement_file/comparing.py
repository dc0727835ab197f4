"""What changed between two versions of a statement: its text, its promises, what was decided."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from ledger.events.policy import PolicyPublished
from ledger.events.promise import Parameter, PromiseDeclared
from ledger.personal import WITHHELD

_OF_THE_POLICY: Final = (
    ("policy", "policy_id"),
    ("organisation", "organisation"),
    ("systems", "applies_to"),
    ("version", "version"),
    ("date in the text", "revision_date"),
    ("language", "language"),
    ("url", "url"),
    ("text", "text_sha256"),
)
_OF_A_PROMISE: Final = (
    ("class", "promise_class"),
    ("about", "subject_matter"),
    ("systems", "applies_to"),
    ("words nl", "summary_nl"),
    ("words en", "summary"),
    ("place", "place"),
    ("quote", "quote"),
    ("parameters", "params"),
    ("contradicts", "contradicts"),
    ("flaws", "flaws"),
)
_NOT_SET: Final = "not set"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a statement, of a file or of the log at a moment."""

    policy: PolicyPublished
    promises: Mapping[str, PromiseDeclared]
    """By id."""
    settings: Mapping[tuple[str, str], Parameter] = field(default_factory=dict)
    """What is set of open parameters, by promise and name."""
    decisions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """The reading that was decided and the waiver that stands, by promise and which of them."""
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs; `None` stands where a version does not have it."""

    promise_id: str | None
    what: str
    before: object
    after: object


def differences(before: Version, after: Version) -> list[Difference]:
    """Everything that differs, the statement first, then promise by promise in order of id.

    Words that either version withholds are not compared.
    """
    found = list(_fields(None, before.policy, after.policy, _OF_THE_POLICY))
    for promise_id in sorted({*before.promises, *after.promises}):
        found += _of_promise(promise_id, before, after)
    return found


def text_difference(before: Version, after: Version) -> list[str] | None:
    """The unified diff of the two texts, line by line; `None` where one of them is not there."""
    if before.text is None or after.text is None:
        return None
    lines = difflib.unified_diff(
        before.text.splitlines(),
        after.text.splitlines(),
        before.policy.text_sha256[:12],
        after.policy.text_sha256[:12],
        lineterm="",
    )
    return list(lines)


def _of_promise(promise_id: str, before: Version, after: Version) -> Iterator[Difference]:
    old, new = before.promises.get(promise_id), after.promises.get(promise_id)
    if old is None or new is None:
        was, now = (_titled(each) for each in (old, new))
        yield Difference(promise_id, "promise", was, now)
        return
    yield from _fields(promise_id, old, new, _OF_A_PROMISE)
    yield from _parts(promise_id, _rules(old), _rules(new))
    yield from _mapped(promise_id, _settings(promise_id, before), _settings(promise_id, after))
    yield from _mapped(promise_id, _decided(promise_id, before), _decided(promise_id, after))


def _titled(declared: PromiseDeclared | None) -> str | None:
    if declared is None:
        return None
    return declared.summary if declared.summary not in {None, WITHHELD} else "declared"


def _fields(
    promise_id: str | None, old: object, new: object, fields: tuple[tuple[str, str], ...]
) -> Iterator[Difference]:
    for what, name in fields:
        was, now = (_plain(getattr(each, name)) for each in (old, new))
        if was != now and WITHHELD not in (was, now):
            yield Difference(promise_id, what, was, now)


def _parts(
    promise_id: str, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[Difference]:
    """Rules that came and went whole, and the places at which the others differ."""
    for name in dict.fromkeys([*old, *new]):
        if name not in old or name not in new:
            yield Difference(promise_id, name, _kind(old.get(name)), _kind(new.get(name)))
        else:
            was, now = dict(_leaves(old[name])), dict(_leaves(new[name]))
            for path in dict.fromkeys([*was, *now]):
                if was.get(path) != now.get(path):
                    what = f"{name} {path}".rstrip()
                    yield Difference(promise_id, what, was.get(path), now.get(path))


def _mapped(
    promise_id: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Difference]:
    for what in dict.fromkeys([*old, *new]):
        if old.get(what) != new.get(what):
            yield Difference(promise_id, what, old.get(what), new.get(what))


def _rules(declared: PromiseDeclared) -> dict[str, object]:
    """The parts of a promise by what people call them; readings bring theirs along."""
    found: dict[str, object] = {}
    groups = [("", declared.rules), *((f"{each.name}/", each.rules) for each in declared.readings)]
    for prefix, rules in groups:
        for place, rule in enumerate(rules):
            named = f"rule {prefix}{rule.name or place + 1}"
            found[named if named not in found else f"{named} ({place + 1})"] = _plain(rule)
    for each in declared.readings:
        found[f"reading {each.name}"] = {"leads": each.leads}
    return found


def _settings(promise_id: str, version: Version) -> dict[str, str]:
    declared = version.promises[promise_id]
    found = {f"parameter {each.name}": _NOT_SET for each in declared.params}
    found |= {
        f"parameter {name}": said(setting)
        for (owner, name), setting in version.settings.items()
        if owner == promise_id
    }
    return found


def _decided(promise_id: str, version: Version) -> dict[str, str]:
    return {what: said for (owner, what), said in version.decisions.items() if owner == promise_id}


def said(setting: Parameter) -> str:
    """What a parameter was set to, as people read it: `24 hours`."""
    value = ",".join(map(str, setting.values)) if setting.values else str(setting.value)
    return f"{value} {setting.unit}" if setting.unit else value


def _kind(rule: object) -> str | None:
    if rule is None:
        return None
    return str(rule.get("rule_kind", "declared")) if isinstance(rule, dict) else "declared"


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every plain value inside a rule by its path; a list of plain values is one value."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list | tuple) and any(isinstance(each, dict) for each in value):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{place}]")
    else:
        yield path, value


def _plain(value: object) -> object:
    return msgspec.to_builtins(value)
