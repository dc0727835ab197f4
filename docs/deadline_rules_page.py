"""The page ``docs/reference/deadline-rules.md``: every rule with its readings, from its data."""

from collections.abc import Iterator
from itertools import groupby
from typing import Final, get_args

from projections.deadlines import rule_book
from projections.deadlines.example_rules import FAMILIES
from projections.deadlines.legal_calendar import decrees
from projections.deadlines.refusals import Reason
from projections.deadlines.rule_book import term_of
from projections.deadlines.rules import (
    AnyCondition,
    Given,
    InTime,
    Late,
    Missing,
    ReadingSpec,
    Rule,
    Switched,
)
from projections.deadlines.wording import anchor_of, steps_text

_PREFACE: Final = """\
# Deadline rules

Generated from the rule data by `make docs`. Not legal advice: each rule names its source, so that a
lawyer can check it, and a correction is a new version of the rule. [How to compute a
deadline](../how-to/compute-a-deadline.md) shows the command, [decision
{decision}](../decisions/{page}) says why it is so.

A rule starts from its first anchor. Of the readings that may lead, the earliest leads; every other
reading stands beside it with its label and standing:

| standing | means |
|---|---|
| leading | plan by it |
| alternative | another way to count that somebody may defend |
| contested | authorities reject it |
| conditional | it would hold if something else were so |
| information | no limit of its own |

Hours and seconds run on instants in UTC. Days, weeks and months run on local dates in the zone of
the duty-bearer, end at local 24:00, and the day of the event is not counted; a month ends on the
same date, or on the last day of a month that lacks it. In time means before the limit.

The version that applies is the one in force on the local date of the first anchor; `--rule-version`
names another.
"""

_CALENDAR: Final = """\
## Calendars

The Netherlands: 1 January, Good Friday, Easter Monday, King's Day (27 April, or 26 April where that
is a Sunday), 5 May every year, Ascension Day, Whit Monday, 25 and 26 December (Algemene
termijnenwet art. 3(1) and (2)). They are derived from the library `holidays` and checked for
completeness, which holds for 2014 to 2100; any other year is refused.

Days equated by decree (art. 3(3)) are holidays only where `include_equated_days` is true or a
reading says so. Known for {first} to {last} (version {version}); other years are refused when these
days are asked for:

{days}

Other countries (`--country`): the nationwide public holidays of the same library. Regional days,
days that custom keeps, and what a Member State sent to the Official Journal under Regulation
1182/71 art. 2(1) are not in it; every such result says so. Saturdays and Sundays are no working
days anywhere (art. 2(2)).

## The JSON of a result

`zegel deadline RULE --json` writes one object; what is empty is left out.

| field | |
|---|---|
| `rule_id`, `rule_version`, `title`, `source`, `bearer` | the rule, in the version that was used |
| `zone`, `country`, `parameters` | what else was asked |
| `anchors` | each with `name`, `meaning`, `at` or `on`, and `event_id` if it has an event |
| `words` | from what and under which rule it was computed, as a sentence |
| `leading` | the reading to plan by |
| `alternatives` | all other readings |
| `refused` | readings that cannot be computed while the leading one can, each with its refusal |
| `findings` | what a reader must know, as `code` and `words` |
| `notes` | what is disputed, secondary or not known about the rule |

A reading has `name`, `label`, `standing`, `due_at` (an instant in UTC, exclusive), `due_on` (the
last local day, for periods in days, weeks and months), `calendar` (`id`, `version`, `caveat`) where
one was asked, and `steps`: each with `operation`, `words`, the `amount` and `unit` of a period, the
instant `at` or date `on` that it came to, and the closed days `passed_over`.

A refusal is an object with `reason`, `message`, `rule_id` and `rule_version`. Reasons:
{reasons}.

## Worked examples

`zegel deadline check FILE` reads a JSON list of `{{id, rule, description, inputs, expected}}`.
`rule` is one of {families}, or a rule of this page with its anchors and parameters as inputs and
`due_at`, `due_date`, `readings` or `refused` as expectations. Times carry an offset, or `zone`
stands among the inputs.
"""

_DECISION_PAGE: Final = "0010-deadlines-are-recomputed.md"


def deadline_rules_page() -> str:
    """The whole page, in the order in which the rules are listed."""
    parts = [_PREFACE.format(decision=_DECISION_PAGE[:4], page=_DECISION_PAGE)]
    rules = [rule for versions in rule_book().values() for rule in versions]
    for regime, grouped in groupby(rules, key=lambda rule: rule.regime):
        parts.append(f"## {regime[0].upper()}{regime[1:]}\n")
        parts.extend(_section(rule) for rule in grouped)
    parts.append(_calendar())
    return "\n".join(parts)


def _section(rule: Rule) -> str:
    lines = [
        f"### {rule.id}, version {rule.version}\n",
        f"**{rule.title}.** {rule.duty}\n",
        f"- Duty of: {rule.bearer}",
        f"- Source: {rule.source}",
        f"- Validity: {term_of(rule)}" + (f"; {', '.join(rule.countries)}" * bool(rule.countries)),
        *(
            f"- Anchor `{each.name}`: {each.meaning}{'' if each.required else ' (optional)'}"
            for each in rule.anchors
        ),
        *(
            f"- Parameter `{each.name}` ({each.type}{_default(each.default)}): {each.meaning}"
            for each in rule.parameters
        ),
        *(f"- Finding `{each.code}`: {each.words}" for each in rule.findings),
    ]
    if rule.notes:
        lines.append(f"- {rule.notes}")
    return "\n".join([*lines, "", *_readings(rule), ""])


def _readings(rule: Rule) -> Iterator[str]:
    if not rule.readings:
        yield "No period in law: a question is answered with the refusal `no_period_in_law`."
        return
    yield "| reading | standing | from | computes | how it reads the rule |\n|---|---|---|---|---|"
    for each in rule.readings:
        computes = steps_text(each.steps, rule)
        yield (
            f"| `{each.name}` | {_standing(each)} | `{anchor_of(rule, each)}` | {computes} | "
            f"{each.label}{_equated(each)} |"
        )


def _standing(reading: ReadingSpec) -> str:
    if not reading.when:
        return reading.standing
    condition = " and ".join(map(_condition, reading.when))
    return f"{reading.standing} if {condition}, else {reading.otherwise or 'absent'}"


def _condition(condition: AnyCondition) -> str:
    match condition:
        case Given():
            return f"`{condition.anchor}` is given"
        case Missing():
            return f"`{condition.anchor}` is not given"
        case InTime():
            return f"`{condition.anchor}` is not after the limit of `{condition.reading}`"
        case Late():
            return f"`{condition.anchor}` is after the limit of `{condition.reading}`"
        case Switched():
            return f"`{condition.parameter}` is {str(condition.value).lower()}"


def _equated(reading: ReadingSpec) -> str:
    return "" if reading.equated_days == "asked" else f" (equated days: {reading.equated_days})"


def _default(value: object) -> str:
    return ", needed" if value is None else f", default {str(value).lower()}"


def _calendar() -> str:
    known = decrees()
    days = "\n".join(f"- {day.isoformat()}" for day in known.days)
    return _CALENDAR.format(
        first=known.first_year,
        last=known.last_year,
        version=known.version,
        days=days,
        reasons=", ".join(f"`{reason}`" for reason in get_args(Reason)),
        families=", ".join(f"`{family}`" for family in FAMILIES),
    )
