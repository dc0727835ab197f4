"""What the events mean: views rebuilt from them, deadlines, promises; one file per view.

Each name below is imported when it is first asked for: deadlines are pure, and whoever computes
one imports neither the views nor a database.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projections.query import VIEWS, catch_up, rebuild, state
    from projections.view import Column, Filter, Section, View, ViewAnswer
else:  # hidden from type checkers, to which a wrong name stays an error

    def __getattr__(name: str) -> object:
        """A name of `__all__` from the module that has it."""
        if name not in __all__:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        of_query = name in {"VIEWS", "catch_up", "rebuild", "state"}
        found = getattr(import_module(f"{__name__}.{'query' if of_query else 'view'}"), name)
        globals()[name] = found
        return found


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
