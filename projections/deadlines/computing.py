"""Computes what is due: from a rule, its anchors, a zone and parameters to a result or refusal."""

from collections.abc import Iterable
from typing import Final
from zoneinfo import ZoneInfo

from projections.deadlines.conditions import Limit, Situation
from projections.deadlines.inputs import (
    anchors_taken,
    check_anchor_names,
    check_country,
    parameter_values,
)
from projections.deadlines.legal_calendar import DUTCH, Calendar, CalendarRef, calendar_of
from projections.deadlines.local_times import zone_named
from projections.deadlines.readings import Walk
from projections.deadlines.refusals import Refusal, Uncomputable
from projections.deadlines.result import (
    Anchors,
    DeadlineResult,
    DoneStep,
    Finding,
    Parameters,
    Reading,
    RefusedReading,
    UsedAnchor,
)
from projections.deadlines.rule_book import (
    newest_of,
    term_of,
    version_in_force,
    version_numbered,
)
from projections.deadlines.rules import ReadingSpec, Rule, Standing
from projections.deadlines.wording import anchor_of, day_text, instant_text

EQUATED_DAYS: Final = "include_equated_days"


def compute(
    rule_id: str,
    anchors: Anchors,
    *,
    zone: str = "Europe/Amsterdam",
    parameters: Parameters | None = None,
    country: str = DUTCH,
    at_version: int | None = None,
) -> DeadlineResult | Refusal:
    """What is due under a rule, computed from its anchors; or why that cannot be said.

    Args:
        rule_id: One of `rule_book()`.
        anchors: Moments by the names that the rule has for them; those it does not need may be
            left out, and change which reading leads.
        zone: The IANA zone of the duty-bearer, in whose local dates days and months are counted.
        parameters: Numbers and switches of the rule; defaults stand in for those left out.
        country: Whose working days count, two capital letters.
        at_version: The version of the rule; `None` for the one in force on the local date of the
            first anchor.

    Raises:
        BadRequest: no such rule, version, zone, anchor or parameter, or a value of a wrong type.
    """
    where = zone_named(zone)
    rule = newest_of(rule_id) if at_version is None else version_numbered(rule_id, at_version)
    check_anchor_names(rule_id, anchors)
    try:
        taken = anchors_taken(rule, anchors)
        if at_version is None:
            rule = version_in_force(rule_id, taken[rule.first_anchor.name].local_date(where))
        check_country(rule, country)
        values = parameter_values(rule, parameters or {})
        return _Computation(rule, taken, where, values, country).result()
    except Uncomputable as stopped:
        return stopped.refusal(rule.id, rule.version)


class _Computation:
    """One question: the limits of all readings first, then what each of them is worth."""

    def __init__(
        self, rule: Rule, anchors: Anchors, zone: ZoneInfo, parameters: Parameters, country: str
    ) -> None:
        self.rule, self.anchors, self.zone = rule, anchors, zone
        self.parameters, self.country = parameters, country
        self.limits: dict[str, Limit | Uncomputable] = {}
        self.walked: dict[str, tuple[tuple[DoneStep, ...], CalendarRef | None]] = {}

    def result(self) -> DeadlineResult:
        """The result.

        Raises:
            Uncomputable: the reading that would lead cannot be computed.
        """
        if not self.rule.readings:
            raise Uncomputable(
                "no_period_in_law",
                f"{self.rule.source} names no period: {self.rule.duty} {self.rule.notes}",
            )
        for spec in self.rule.readings:
            self._walk(spec)
        situation = Situation(self.anchors, self.parameters, self.limits, self.zone)
        readings, refused = self._judged(situation)
        leading = self._leading(readings)
        others = tuple(_as_alternative(each) for each in readings if each.name != leading.name)
        return DeadlineResult(
            rule_id=self.rule.id,
            rule_version=self.rule.version,
            title=self.rule.title,
            source=self.rule.source,
            bearer=self.rule.bearer,
            zone=self.zone.key,
            country=self.country,
            anchors=tuple(self._used_anchors()),
            parameters=dict(self.parameters),
            words=self._words(leading),
            leading=leading,
            alternatives=others,
            refused=tuple(refused),
            findings=tuple(self._findings(situation, (leading, *others))),
            notes=self.rule.notes,
        )

    def _walk(self, spec: ReadingSpec) -> None:
        anchor = anchor_of(self.rule, spec)
        needed = {anchor} | {name for step in spec.steps for name in _anchors_of_step(step)}
        if not needed <= self.anchors.keys():
            return
        walk = Walk(self.zone, self._calendar(spec), self.anchors, self.parameters)
        try:
            due_at, due_on = walk.run(anchor, spec.steps)
        except Uncomputable as stopped:
            self.limits[spec.name] = stopped
            return
        self.limits[spec.name] = Limit(due_at, due_on)
        ref = walk.calendar.ref if walk.asked_calendar else None
        self.walked[spec.name] = (tuple(walk.steps), ref)

    def _calendar(self, spec: ReadingSpec) -> Calendar:
        asked = self.parameters.get(EQUATED_DAYS) is True
        equated = {"asked": asked, "always": True, "never": False}[spec.equated_days]
        return calendar_of(self.country, equated_days=equated)

    def _judged(self, situation: Situation) -> tuple[list[Reading], list[RefusedReading]]:
        readings: list[Reading] = []
        refused: list[RefusedReading] = []
        for spec in self.rule.readings:
            if spec.name not in self.limits:
                continue
            standing = spec.standing if situation.holds(spec.when) else spec.otherwise
            if standing is None:
                continue
            limit = self.limits[spec.name]
            if isinstance(limit, Limit):
                readings.append(self._reading(spec, standing, limit))
            elif standing == "leading":
                raise limit
            else:
                refusal = limit.refusal(self.rule.id, self.rule.version)
                refused.append(RefusedReading(name=spec.name, label=spec.label, refusal=refusal))
        return readings, refused

    def _reading(self, spec: ReadingSpec, standing: Standing, limit: Limit) -> Reading:
        steps, calendar = self.walked[spec.name]
        return Reading(
            name=spec.name,
            label=spec.label,
            standing=standing,
            due_at=limit.at,
            due_on=limit.on,
            steps=steps,
            calendar=calendar,
        )

    def _leading(self, readings: list[Reading]) -> Reading:
        """The earliest of those that may lead; the first of them where several are equal."""
        candidates = [each for each in readings if each.standing == "leading"]
        if not candidates:
            raise AssertionError(f"{self.rule.id}: no reading leads")
        return min(candidates, key=lambda each: each.due_at)

    def _used_anchors(self) -> Iterable[UsedAnchor]:
        for spec in self.rule.anchors:
            anchor = self.anchors.get(spec.name)
            if anchor is not None:
                yield UsedAnchor(
                    name=spec.name,
                    meaning=spec.meaning,
                    at=anchor.at,
                    on=anchor.on,
                    event_id=anchor.event_id,
                )

    def _words(self, leading: Reading) -> str:
        spec = next(each for each in self.rule.readings if each.name == leading.name)
        name = anchor_of(self.rule, spec)
        anchor = self.anchors[name]
        moment = (
            instant_text(anchor.at, self.zone)
            if anchor.at is not None
            else day_text(anchor.local_date(self.zone))
        )
        event = f"event {anchor.event_id}, " if anchor.event_id else ""
        return (
            f"computed from {name} ({event}{moment}) under rule {self.rule.id} version "
            f"{self.rule.version} ({self.rule.source}), reading {leading.name}"
        )

    def _findings(self, situation: Situation, readings: tuple[Reading, ...]) -> Iterable[Finding]:
        for spec in self.rule.findings:
            if situation.holds(spec.when):
                yield Finding(code=spec.code, words=spec.words)
        day = self.anchors[self.rule.first_anchor.name].local_date(self.zone)
        if not self.rule.is_in_force(day):
            words = f"version {self.rule.version} applies {term_of(self.rule)}, not on {day}"
            yield Finding(code="version-not-in-force", words=words)
        caveats = {each.calendar.caveat: each.calendar for each in readings if each.calendar}
        for caveat, calendar in caveats.items():
            if caveat is not None:
                yield Finding(code="calendar-caveat", words=f"{calendar}: {caveat}")


def _as_alternative(reading: Reading) -> Reading:
    """A reading that could have led, but an earlier one does."""
    if reading.standing != "leading":
        return reading
    return Reading(
        name=reading.name,
        label=reading.label,
        standing="alternative",
        due_at=reading.due_at,
        due_on=reading.due_on,
        steps=reading.steps,
        calendar=reading.calendar,
    )


def _anchors_of_step(step: object) -> tuple[str, ...]:
    """The anchors that a step needs beside the one it starts from."""
    return tuple(
        name for name in (getattr(step, "since", None), getattr(step, "until", None)) if name
    )
