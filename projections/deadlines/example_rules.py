"""What Zegel answers to the inputs of a worked example, under the names that examples use.

An example names a family of computations (`R1-R3`, `R4`, …, `CAL`) with inputs of its own, or one
of our rules with its anchors and parameters by name.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from projections.deadlines.computing import EQUATED_DAYS, compute
from projections.deadlines.example_inputs import Inputs
from projections.deadlines.legal_calendar import DUTCH, calendar_of
from projections.deadlines.refusals import Refusal, Uncomputable
from projections.deadlines.result import Anchor, DeadlineResult, Reading
from projections.deadlines.rule_book import newest_of, rule_book

Answers = dict[str, Any]
"""What was computed by the names that examples expect: instants, dates, switches, lists."""


def answers_of(rule: str, inputs: Inputs) -> Answers:
    """What Zegel computes; `{"refused": reason}` in place of what it refuses.

    Raises:
        FormatError: the family or rule is unknown, or an input is missing, unknown or malformed.
    """
    family = FAMILIES.get(rule)
    try:
        if family is not None:
            return family(inputs)
        if rule in rule_book():
            return _rule_of_ours(rule, inputs)
    except Uncomputable as refused:
        return {"refused": refused.reason}
    raise inputs.wrong("rule", f"one of {', '.join(FAMILIES)} or a rule of ours", rule)


def _breach(inputs: Inputs) -> Answers:
    inputs.allow("aware_at", "zone")
    found = _ask("gdpr-33-1", inputs, {"aware": inputs.instant("aware_at")})
    names = {
        "R1": "strict",
        "R2": "full-hour",
        "R3": "two-working-days",
        "R3_with_equated_days": "two-working-days-equated",
    }
    return {key: each.due_at for key, name in names.items() if (each := found.reading(name))}


def _request(inputs: Inputs) -> Answers:
    inputs.allow("received_on", "received_at", EQUATED_DAYS, "extension_notified_at", "zone")
    anchors = {"received": inputs.moment("received")}
    if "extension_notified_at" in inputs:
        anchors["extension_notified"] = inputs.instant("extension_notified_at")
    found = _ask("gdpr-12-3", inputs, anchors, {EQUATED_DAYS: inputs.switch(EQUATED_DAYS)})
    due, extended = _the(found, "one-month"), [_the(found, f"extended-{each}") for each in "abc"]
    answers: Answers = {
        "base_date": _the(found, "literal-month").due_on,
        "due_date": due.due_on,
        "due_at": due.due_at,
        "extended": {
            **{each: reading.due_on for each, reading in zip("abc", extended, strict=True)},
            "leading": min(extended, key=lambda reading: reading.due_at).due_on,
        },
    }
    if "extension_notified_at" in inputs:
        answers["extension_valid"] = found.finding("extension-in-time") is not None
    return answers


def _months(inputs: Inputs) -> Answers:
    inputs.allow("anchor_on", "months", EQUATED_DAYS, "zone")
    return _term("contract-months", "months", {"started": inputs.day("anchor_on")}, inputs)


def _weeks(inputs: Inputs) -> Answers:
    inputs.allow("received_on", "received_at", "weeks", EQUATED_DAYS, "zone")
    return _term("contract-weeks", "weeks", {"started": inputs.moment("received")}, inputs)


def _working_days(inputs: Inputs) -> Answers:
    inputs.allow("anchor_on", "working_days", EQUATED_DAYS, "zone")
    anchors = {"started": inputs.day("anchor_on")}
    return _term("contract-working-days", "working_days", anchors, inputs)


def _term(rule: str, unit: str, anchors: Mapping[str, Anchor], inputs: Inputs) -> Answers:
    parameters = {unit: inputs.number(unit), EQUATED_DAYS: inputs.switch(EQUATED_DAYS)}
    found = _ask(rule, inputs, anchors, parameters)
    answers: Answers = {"due_date": found.due_on, "due_at": found.due_at}
    if (rolled := found.reading("rolled")) is not None:
        answers["rolled_date"] = rolled.due_on
    return answers


def _nis2(inputs: Inputs) -> Answers:
    inputs.allow(
        "aware_at",
        "notification_submitted_at",
        "trust_service_provider",
        "incident_handled_at",
        EQUATED_DAYS,
        "zone",
    )
    aware = {"aware": inputs.instant("aware_at")}
    trust = {"trust_service_provider": inputs.switch("trust_service_provider")}
    answers: Answers = {
        "early_warning_due_at": _ask("nis2-early-warning", inputs, aware).due_at,
        "notification_due_at": _ask("nis2-notification", inputs, aware, trust).due_at,
    }
    if "notification_submitted_at" not in inputs:
        return answers
    anchors = {"notification_submitted": inputs.instant("notification_submitted_at")}
    if "incident_handled_at" in inputs:
        anchors["incident_handled"] = inputs.instant("incident_handled_at")
    parameters = {EQUATED_DAYS: inputs.switch(EQUATED_DAYS)}
    final = _ask("nis2-final-report", inputs, anchors, parameters)
    still_running = final.finding("progress-report") is not None
    rolled = _the(final, "after-handling-rolled" if still_running else "rolled")
    answers["final_report_due_date"] = final.due_on
    answers["final_report_rolled_date"] = rolled.due_on
    if still_running:
        answers["progress_report_due_date"] = _the(final, "literal").due_on
    return answers


def _dora(inputs: Inputs) -> Answers:
    inputs.allow(
        "aware_at",
        "classified_major_at",
        "initial_submitted_at",
        "intermediate_submitted_at",
        "weekend_relief",
        "zone",
    )
    relief = {"weekend_relief": inputs.switch("weekend_relief")}
    answers: Answers = {}
    if "classified_major_at" in inputs:
        anchors = {
            "classified_major": inputs.instant("classified_major_at"),
            "aware": inputs.instant("aware_at"),
        }
        answers["initial_due_at"] = _ask("dora-initial", inputs, anchors, relief).due_at
    for rule, name, key in (
        ("dora-intermediate", "initial_submitted", "intermediate_due_at"),
        ("dora-final", "intermediate_submitted", "final_report_due_at"),
    ):
        if f"{name}_at" in inputs:
            anchors = {name: inputs.instant(f"{name}_at")}
            answers[key] = _ask(rule, inputs, anchors, relief).due_at
    return answers


def _calendar(inputs: Inputs) -> Answers:
    inputs.allow("year", EQUATED_DAYS)
    calendar = calendar_of(DUTCH, equated_days=inputs.switch(EQUATED_DAYS))
    return {"days": list(calendar.holidays(inputs.number("year")))}


def _refusal(inputs: Inputs) -> Answers:
    """A local time, or the inputs of another family, which the names of the inputs tell."""
    if "local_time" in inputs:
        inputs.allow("local_time", "zone")
        return {"accepted": inputs.instant("local_time").at}
    return _family_by_inputs(inputs)(inputs)


def _family_by_inputs(inputs: Inputs) -> "Family":
    tells: tuple[tuple[str, Family], ...] = (
        ("year", _calendar),
        ("weeks", _weeks),
        ("working_days", _working_days),
        ("months", _months),
        ("received_on", _request),
        ("received_at", _request),
        ("classified_major_at", _dora),
        ("initial_submitted_at", _dora),
        ("intermediate_submitted_at", _dora),
        ("notification_submitted_at", _nis2),
        ("trust_service_provider", _nis2),
        ("aware_at", _breach),
    )
    for name, family in tells:
        if name in inputs:
            return family
    raise inputs.wrong("inputs", "the inputs of one of the other families", inputs.names())


def _rule_of_ours(rule: str, inputs: Inputs) -> Answers:
    spec = newest_of(rule)
    anchors = [each.name for each in spec.anchors]
    switches = {each.name: each.type == "boolean" for each in spec.parameters}
    inputs.allow(*anchors, *switches, "zone")
    found = _ask(
        rule,
        inputs,
        {name: inputs.moment_named(name) for name in anchors if name in inputs},
        {
            name: inputs.switch(name) if is_switch else inputs.number(name)
            for name, is_switch in switches.items()
            if name in inputs
        },
    )
    answers: Answers = {"due_at": found.due_at, "due_date": found.due_on}
    answers["readings"] = {
        each.name: each.due_on if each.due_on is not None else each.due_at
        for each in found.readings
    }
    return answers


def _ask(
    rule: str,
    inputs: Inputs,
    anchors: Mapping[str, Anchor],
    parameters: Mapping[str, int | bool] | None = None,
) -> DeadlineResult:
    answer = compute(rule, anchors, zone=inputs.zone_name(), parameters=parameters)
    if isinstance(answer, Refusal):
        raise Uncomputable(answer.reason, answer.message)
    return answer


def _the(result: DeadlineResult, name: str) -> Reading:
    """A reading that the rule always has, or the refusal that stands in its place."""
    for refused in result.refused:
        if refused.name == name:
            raise Uncomputable(refused.refusal.reason, refused.refusal.message)
    found = result.reading(name)
    if found is None:
        raise AssertionError(f"{result.rule_id}: no reading {name}")
    return found


Family = Callable[[Inputs], Answers]

FAMILIES: Final[Mapping[str, Family]] = {
    "R1-R3": _breach,
    "R4": _request,
    "R5": _months,
    "R6": _working_days,
    "R7": _weeks,
    "R8": _nis2,
    "R9": _dora,
    "R11": _refusal,
    "CAL": _calendar,
}
"""The families of worked examples, by the names that examples give them."""
