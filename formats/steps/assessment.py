"""The sub-scores of an assessment by ENISA's method, as people give them and as the event keeps."""

from collections.abc import Mapping
from typing import Any, Final

from ledger.errors import BadRequest
from projections.cases.severity import Severity

_METHOD: Final = "enisa-2013"
_WHOLE: Final = 100


def hundredths(factor: str, typed: str) -> int:
    """A sub-score in hundredths.

    Args:
        factor: Its name, for errors.
        typed: A decimal number with at most two digits behind the point, such as `0.5`.

    Raises:
        BadRequest: it is no such number.
    """
    try:
        number = float(typed) * _WHOLE
        value = round(number)
    except (ValueError, OverflowError) as error:
        raise BadRequest(f"{factor}: expected a number such as 0.5, found {typed!r}") from error
    if abs(number - value) > 1 / _WHOLE:
        raise BadRequest(f"{factor}: expected hundredths such as 0.25, found {typed!r}")
    return value


def whole(value: int) -> float:
    """Hundredths as the number that people write: 75 is 0.75."""
    return value / _WHOLE


def scored(severity: Severity, reasons: Mapping[str, str]) -> dict[str, Any]:
    """The fields of the event that keep a severity's sub-scores, each with its reason.

    Args:
        severity: What the method gives.
        reasons: Why a factor has its value, by its name.

    Raises:
        BadRequest: a reason is of a factor that was not given.
    """
    unknown = sorted(reasons.keys() - {score.name for score in severity.scores})
    if unknown:
        raise BadRequest(f"expected a factor that is given, found {unknown[0]!r}")
    found: dict[str, Any] = {
        "method": _METHOD,
        "scores": [{"name": each.name, "hundredths": each.hundredths} for each in severity.scores],
    }
    if reasons:
        found["score_reasons"] = [reasons.get(each.name, "") for each in severity.scores]
    return found
