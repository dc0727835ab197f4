"""Options that are a number of seconds."""

import math
from typing import Any, Final

import click

LONGEST_S: Final = 8_640_000
"""A hundred days, as of the service; what waits cannot wait for longer than a machine can count."""


class Seconds(click.FloatRange):
    """Seconds from a least number, which is included, to a hundred days; a part of one too."""

    def __init__(self, least: float) -> None:
        """Remembers the least number."""
        super().__init__(least, LONGEST_S)

    def convert(
        self,
        value: Any,  # noqa: ANN401 - Click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> float:
        """The seconds; what is no number, or one beyond either end, is a usage error."""
        found: float = super().convert(value, param, ctx)
        if math.isnan(found):  # less and more than nothing
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return found
