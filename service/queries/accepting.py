"""In which form an answer is wanted.

Source: RFC 9110 §12.5.1 (`Accept`); what cannot be met is disregarded, as it allows.
"""

from collections.abc import Sequence
from typing import Final

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
TEXT: Final = "text/plain"


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """The media type of the offered ones that a request prefers; the first one if it does not say.

    Args:
        accept: The header `Accept`.
        offered: In our order of preference.
    """
    found = [_weighted(each) for each in (accept or "").split(",")]
    weights = {
        name: max((weight for range_, weight in found if _fits(range_, name)), default=0.0)
        for name in offered
    }
    best = max(offered, key=lambda name: weights[name])  # the first of equal ones
    named = {range_ for range_, weight in found if weight > 0}
    # A wildcard beside our first form must not win for another one.
    return best if weights[best] > 0 and (best in named or best == offered[0]) else offered[0]


def _weighted(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    for each in parameters:
        if each.startswith("q="):
            try:
                return name, float(each[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _fits(range_: str, name: str) -> bool:
    kind = name.partition("/")[0]
    return range_ in {name, f"{kind}/*", "*/*"}
