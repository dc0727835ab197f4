"""What the events mean: views rebuilt from them, deadlines, promises; one file per view."""

from projections.query import VIEWS, catch_up, rebuild, state
from projections.view import Column, Filter, Section, View, ViewAnswer

__all__ = [
    "VIEWS",
    "Column",
    "Filter",
    "Section",
    "View",
    "ViewAnswer",
    "catch_up",
    "rebuild",
    "state",
]
