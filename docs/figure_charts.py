"""The charts of ``docs/explanation/performance.md``: medians over the length of the history.

Drawn from the figures that a run kept, so that a chart never shows what no table says.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

import vl_convert

from benchmarks.figures import Figure, Figures, read_figures
from benchmarks.footprint import TASKS

MEMORY_LIMIT_MB: Final = 300
_COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555", "#b8860b")
"""Told apart also by those who see few colours, and each with a shape of its own."""
_SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")
_SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v5.json"
_LOOK: Final = {
    "font": "Liberation Sans, Arial, Helvetica, sans-serif",
    "legend": {"orient": "bottom", "columns": 1, "labelLimit": 600, "labelFontSize": 12},
    "axis": {"labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal"},
    "header": {"labelFontSize": 13, "labelFontWeight": "bold"},
}


@dataclass(frozen=True, slots=True)
class Chart:
    """What one picture shows."""

    areas: tuple[str, ...]
    """The comparisons; where they are several, each is a line, otherwise each of its sides."""
    axis: str
    in_milliseconds: bool = False
    """Of one question, where a rate would say less."""


CHARTS: Final[Mapping[str, Chart]] = {
    "append": Chart(("append",), "events a second"),
    "verify": Chart(("verify", "cores"), "records a second"),
    "rebuild": Chart(("rebuild",), "records a second"),
    "ask": Chart(
        (
            "ask: newest 50 of one kind",
            "ask: newest 5 of one person",
            "ask: inclusion proof",
            "ask: quick verification",
            "follow",
        ),
        "milliseconds each",
        in_milliseconds=True,
    ),
}


def chart(name: str) -> str:
    """One picture of the figures that were kept, as SVG."""
    return drawn_chart(name, read_figures())


def drawn_chart(name: str, figures: Figures) -> str:
    """One picture of some figures."""
    if name == "memory":
        return _drawn(list(_memory_points(figures)), "megabytes at the peak", _limit())
    shown = CHARTS[name]
    points = [
        point
        for area in shown.areas
        for figure in figures.comparisons
        if figure.area == area
        for point in _points(figure, shown)
    ]
    return _drawn(points, shown.axis, [])


def _points(figure: Figure, shown: Chart) -> Iterator[dict[str, Any]]:
    for rate in figure.comparison.rates:
        size = figure.size
        name = rate.name
        if size is None:  # its sides are histories of several lengths
            size = int(re.sub(r"\D", "", rate.name))
            name = figure.comparison.title.rpartition(",")[0]
        per_second = sorted(rate.per_second)
        values = per_second[0], median(per_second), per_second[-1]
        low, middle, high = (1000 / each if shown.in_milliseconds else each for each in values)
        yield _point((figure.database, size, name), low, middle, high)


def _memory_points(figures: Figures) -> Iterator[dict[str, Any]]:
    for each in figures.footprints:
        one = each.footprint
        if one.task not in TASKS:
            continue
        megabytes = one.taken_bytes / 1e6
        yield _point((one.database, one.size, one.task), megabytes, megabytes, megabytes)


def _point(place: tuple[str, int, str], low: float, middle: float, high: float) -> dict[str, Any]:
    database, size, side = place
    return {
        "database": database, "size": size, "side": side,
        "low": min(low, high), "median": middle, "high": max(low, high),
    }  # fmt: skip


def _limit() -> list[dict[str, Any]]:
    """A line at what the design allows."""
    rule = {"type": "rule", "strokeDash": [4, 4], "color": "#777777"}
    return [{"mark": rule, "encoding": {"y": {"datum": MEMORY_LIMIT_MB}}}]


def _drawn(points: list[dict[str, Any]], axis: str, beside: list[dict[str, Any]]) -> str:
    height = {"field": "median", "type": "quantitative", "title": axis}
    line, shape = _places(points)
    line["y"] = height
    reach = {**line, "y": {**height, "field": "low"}, "y2": {"field": "high"}}
    layers = [
        {"mark": {"type": "rule", "opacity": 0.5}, "encoding": reach},
        {"mark": "line", "encoding": line},
        {
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {**line, **shape},
        },
    ]
    specification = {
        "$schema": _SCHEMA,
        "background": "white",  # readable where the page around it is dark
        "data": {"values": points},
        "facet": {"column": {"field": "database", "title": None, "sort": ["SQLite", "PostgreSQL"]}},
        "spec": {"width": 310, "height": 230, "layer": [*layers, *beside]},
        "config": _LOOK,
    }
    return str(vl_convert.vegalite_to_svg(specification)) + "\n"


def _places(points: Iterable[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """How a side is drawn: a longer history to the right, each side in its own colour and shape."""
    sides = list(dict.fromkeys(point["side"] for point in points))
    sizes = sorted({point["size"] for point in points})
    side = {"field": "side", "type": "nominal", "title": None}
    line = {
        "x": {
            "field": "size", "type": "quantitative", "scale": {"type": "log"},
            "title": "records in the log", "axis": {"values": sizes, "format": ",d"},
        },
        "color": {**side, "scale": {"domain": sides, "range": _COLOURS}},
    }  # fmt: skip
    return line, {"shape": {**side, "scale": {"domain": sides, "range": _SHAPES}}}
