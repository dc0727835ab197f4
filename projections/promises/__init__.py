"""Whether promises of statements were kept: each judged by the rules in force at the event.

    from projections.promises import judged_promises, promise_items, promise_verdicts

Each name below is imported when it is first asked for: what a verdict looks like is needed by many
who never ask a database.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from projections.promises.answers import (
        CoverageGap,
        Figures,
        Item,
        ParameterInForce,
        PromiseVerdict,
        Verdict,
    )
    from projections.promises.verdicts import (
        JudgedPromise,
        judged_promises,
        promise_items,
        promise_verdicts,
    )
else:  # hidden from type checkers, to which a wrong name stays an error
    _ASKING = {"JudgedPromise", "judged_promises", "promise_items", "promise_verdicts"}

    def __getattr__(name: str) -> object:
        """A name of `__all__` from the module that has it."""
        if name not in __all__:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        room = "verdicts" if name in _ASKING else "answers"
        found = getattr(import_module(f"{__name__}.{room}"), name)
        globals()[name] = found
        return found


__all__ = [
    "CoverageGap",
    "Figures",
    "Item",
    "JudgedPromise",
    "ParameterInForce",
    "PromiseVerdict",
    "Verdict",
    "judged_promises",
    "promise_items",
    "promise_verdicts",
]
