"""Checks what a question gives: anchors, country and parameters, against what the rule asks for.

A name or type that cannot be meant is the caller's mistake; something that is missing or that no
offset tells is a refusal.
"""

from datetime import UTC, datetime

from ledger.errors import BadRequest
from projections.deadlines.legal_calendar import calendar_of
from projections.deadlines.refusals import Uncomputable
from projections.deadlines.result import Anchor, Anchors, Parameters
from projections.deadlines.rule_book import versions_of
from projections.deadlines.rules import Rule


def check_anchor_names(rule_id: str, anchors: Anchors) -> None:
    """Refuses anchors that the rule does not know.

    Raises:
        BadRequest: the rule has no such anchor.
    """
    known = [spec.name for rule in versions_of(rule_id)[-1:] for spec in rule.anchors]
    for name in anchors:
        if name not in known:
            raise BadRequest(
                f"rule {rule_id}: expected an anchor of {', '.join(known)}, found {name!r}"
            )


def anchors_taken(rule: Rule, anchors: Anchors) -> dict[str, Anchor]:
    """The anchors with instants in UTC."""
    for spec in rule.anchors:
        if spec.required and spec.name not in anchors:
            raise Uncomputable(
                "missing_anchor", f"expected the anchor {spec.name}: {spec.meaning}; found none"
            )
    taken = {}
    for name, anchor in anchors.items():
        if anchor.at is None:
            taken[name] = anchor
            continue
        if anchor.at.tzinfo is None:
            raise Uncomputable(
                "missing_offset", f"{name}: expected an offset, found {anchor.at.isoformat()}"
            )
        taken[name] = Anchor(at=_in_utc(anchor.at), event_id=anchor.event_id)
    return taken


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise Uncomputable("out_of_range", f"{at} lies outside years 1 to 9999") from error


def check_country(rule: Rule, country: str) -> None:
    """Refuses a country that the rule is not known for.

    Raises:
        Uncomputable: it is no country, or one with its own law.
    """
    calendar_of(country, equated_days=False)
    if rule.countries and country not in rule.countries:
        raise Uncomputable(
            "country_not_covered",
            f"{rule.id} version {rule.version} is known for {', '.join(rule.countries)}; "
            f"what applies in {country} is not known",
        )


def parameter_values(rule: Rule, given: Parameters) -> dict[str, int | bool]:
    """The parameters with defaults.

    Raises:
        BadRequest: an unknown name or a value of a wrong type.
        Uncomputable: one without a default is missing.
    """
    specs = {spec.name: spec for spec in rule.parameters}
    known = ", ".join(specs) or "no parameter"
    for name in given:
        if name not in specs:
            raise BadRequest(f"rule {rule.id}: expected {known}, found parameter {name!r}")
    values: dict[str, int | bool] = {}
    for name, spec in specs.items():
        value = given.get(name, spec.default)
        if value is None:
            raise Uncomputable("missing_parameter", f"expected {name}: {spec.meaning}; found none")
        is_switch = isinstance(value, bool)
        if is_switch != (spec.type == "boolean") or (not is_switch and value < 1):
            wanted = "true or false" if spec.type == "boolean" else "a whole number from 1 on"
            raise BadRequest(f"parameter {name}: expected {wanted}, found {value!r}")
        values[name] = value
    return values
