"""A severity that the ENISA method proposes for a breach; a person decides on the risk.

`SE = DPC x EI + CB`. The bands are not the thresholds of GDPR art. 33 and 34.

Source: ENISA, Recommendations for a methodology of the assessment of severity of personal data
breaches, version 1.0 (December 2013), sections 3 and 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from ledger.errors import BadRequest
from ledger.events.breach import Score

Band = Literal["low", "medium", "high", "very-high"]

_HUNDRED: Final = 100
_MOST_INDIVIDUALS: Final = 100
_BANDS: Final[tuple[tuple[int, Band], ...]] = (
    (400, "very-high"),
    (300, "high"),
    (200, "medium"),
)
"""From which severity, in hundredths, a band begins; below all of them it is low."""


class Factor(NamedTuple):
    """One sub-score: which values it takes, in hundredths."""

    name: str
    values: tuple[int, ...]
    meaning: str
    required: bool = False


FACTORS: Final = (
    Factor(
        "dpc",
        (100, 200, 300, 400),
        "data processing context: 1 simple, 2 behavioural, 3 financial, 4 sensitive; "
        "of several categories the highest",
        required=True,
    ),
    Factor(
        "ei",
        (25, 50, 75, 100),
        "ease of identification: 0.25 negligible, 0.5 limited, 0.75 significant, 1 maximum",
        required=True,
    ),
    Factor(
        "confidentiality",
        (0, 25, 50),
        "loss of confidentiality: 0 none, 0.25 known recipients, 0.5 unknown ones",
    ),
    Factor("integrity", (0, 25, 50), "loss of integrity: 0, 0.25 or 0.5"),
    Factor("availability", (0, 25, 50), "loss of availability: 0, 0.25 or 0.5"),
    Factor("malicious", (0, 50), "malicious intent: 0 no, 0.5 yes"),
)
"""Every factor by its name in `breach.assessed`, in the order of the formula."""


@dataclass(frozen=True, slots=True)
class Severity:
    """What the method gives, with the sub-scores that it rests on."""

    hundredths: int
    band: Band
    scores: tuple[Score, ...]
    flags: tuple[str, ...]
    """What the method marks without counting it: `more-than-100-individuals`, `unintelligible`."""

    @property
    def formula(self) -> str:
        """The computation as it can be checked by hand: `1 x 0.25 + 0.5 = 0.75`."""
        given = {score.name: score.hundredths for score in self.scores}
        parts = [given[factor.name] for factor in FACTORS[2:] if given.get(factor.name)]
        circumstances = "".join(f" + {_decimal(part)}" for part in parts)
        product = f"{_decimal(given['dpc'])} x {_decimal(given['ei'])}"
        return f"{product}{circumstances} = {_decimal(self.hundredths)}"


def severity_of(
    given: Mapping[str, int], *, individuals: int | None = None, unintelligible: bool = False
) -> Severity:
    """The severity that sub-scores give.

    Args:
        given: Hundredths by factor; circumstances that are left out count as none.
        individuals: How many people at least.
        unintelligible: Whether the data tell nothing to whoever has them.

    Raises:
        BadRequest: a factor is missing, unknown, or has a value that it cannot take.
    """
    unknown = sorted(given.keys() - {factor.name for factor in FACTORS})
    if unknown:
        names = ", ".join(factor.name for factor in FACTORS)
        raise BadRequest(f"severity: expected the factors {names}, found {unknown[0]}")
    for factor in FACTORS:
        _require_value(factor, given.get(factor.name))
    rest = sum(given.get(factor.name, 0) for factor in FACTORS[2:])
    # Both factors are whole multiples of 25 hundredths, so the product is whole as well.
    hundredths = given["dpc"] * given["ei"] // _HUNDRED + rest
    bands: tuple[Band, ...] = tuple(band for start, band in _BANDS if hundredths >= start)
    flags = []
    if individuals is not None and individuals > _MOST_INDIVIDUALS:
        flags.append("more-than-100-individuals")
    if unintelligible:
        flags.append("unintelligible")
    scores = tuple(
        Score(name=factor.name, hundredths=given[factor.name])
        for factor in FACTORS
        if factor.name in given
    )
    return Severity(hundredths, bands[0] if bands else "low", scores, tuple(flags))


def _require_value(factor: Factor, value: int | None) -> None:
    if value is None:
        if factor.required:
            raise BadRequest(f"severity: expected {factor.name} ({factor.meaning}), found none")
        return
    if value not in factor.values:
        allowed = ", ".join(_decimal(each) for each in factor.values)
        raise BadRequest(
            f"severity: {factor.name}: expected one of {allowed}, found {_decimal(value)}"
        )


def _decimal(hundredths: int) -> str:
    return f"{hundredths / _HUNDRED:g}"
