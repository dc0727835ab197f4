"""The sub-scores of a severity in a form, and the severity that they give."""

from dataclasses import dataclass
from typing import Any, Final

from formats.steps.assessment import hundredths, scored, whole
from formats.steps.words import StepWords
from projections.cases.severity import FACTORS, Factor, Severity, severity_of
from service.page.fields.controls import Asked, Control, Option
from service.page.fields.reading import FieldReader, Given
from service.page.forms import Form

_FACTOR: Final = "factor."
_REASON: Final = "reason."
_INDIVIDUALS: Final = "individuals"
_UNINTELLIGIBLE: Final = "unintelligible"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A severity as a page tells it."""

    value: float
    band: str
    is_high: bool
    formula: str
    flags: tuple[str, ...]
    """What the method marks without counting it."""


def proposal_of(severity: Severity | None, words: StepWords) -> Proposal | None:
    """What the method proposes, in the language of the visitor."""
    if severity is None:
        return None
    dossier = words.dossier
    return Proposal(
        value=whole(severity.hundredths),
        band=dossier.listed("band", severity.band),
        is_high=severity.band in {"high", "very-high"},
        formula=dossier.number(severity.formula),
        flags=tuple(dossier.listed("flag", each) for each in severity.flags),
    )


def score_controls(asked: Asked) -> tuple[Control, ...]:
    """What asks for each factor with its reason, and for what the method marks beside them."""
    made: list[Control] = []
    for factor in FACTORS:
        told = asked.words.dossier.listed("factor", factor.name)
        options = _scores(asked, factor)
        made.append(
            asked.plain(
                _FACTOR + factor.name, "choice", label=told[:1].upper() + told[1:], options=options
            )
        )
        reason = asked.words.label("score_reason")
        made.append(asked.plain(_REASON + factor.name, label=reason))
    made.append(asked.plain(_INDIVIDUALS, "number"))
    made.append(asked.plain(_UNINTELLIGIBLE, "truth"))
    return tuple(made)


def severity_given(
    form: Form, reader: FieldReader, given: Given
) -> tuple[Severity, dict[str, Any]] | None:
    """The severity that the factors of a form give, and the fields of the event that keep it.

    `None`: no factor was given, or something is wrong.

    Args:
        form: What was sent.
        reader: In whose language errors are told.
        given: Gets what is wrong.

    Raises:
        BadRequest: a factor has a value that the form does not offer.
    """
    errors: dict[str, str] = {}
    scores: dict[str, int] = {}
    for factor in FACTORS:
        typed = form.one(_FACTOR + factor.name)
        if typed is not None:
            scores[factor.name] = hundredths(factor.name, typed)
    reasons = {
        factor.name: reason
        for factor in FACTORS
        if (reason := form.one(_REASON + factor.name)) is not None
    }
    for factor in FACTORS:
        is_lacking = (factor.required and bool(scores)) or factor.name in reasons
        if is_lacking and factor.name not in scores:
            errors[_FACTOR + factor.name] = reader.needed()
    people = form.one(_INDIVIDUALS)
    if people is not None and not (people.isascii() and people.isdecimal()):
        told = reader.gettext("Expected {expected}, found “{found}”.")
        errors[_INDIVIDUALS] = told.format(expected=reader.words.expected("number"), found=people)
    given.errors |= errors
    if not scores or errors:
        return None
    severity = severity_of(
        scores,
        individuals=None if people is None else int(people),
        unintelligible=form.one(_UNINTELLIGIBLE) == "yes",
    )
    return severity, scored(severity, reasons)


def _scores(asked: Asked, factor: Factor) -> tuple[Option, ...]:
    dossier = asked.words.dossier
    return tuple(
        Option(
            f"{whole(value):g}",
            f"{dossier.number(f'{whole(value):g}')}: "
            f"{dossier.listed('score', f'{factor.name} {value}')}",
        )
        for value in factor.values
    )
