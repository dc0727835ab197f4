"""The languages other systems speak, one file per foreign format: pure translation, no I/O.

Each name below is imported when it is first asked for: whoever writes a CSV file does not load
every parser of logs.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formats.detection import FORMATS, Format, detect
else:  # hidden from type checkers, to which a wrong name stays an error

    def __getattr__(name: str) -> object:
        """A name of `__all__` from the module that has it."""
        if name not in __all__:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415 - only for who asks

        found = getattr(import_module("formats.detection"), name)
        globals()[name] = found
        return found


__all__ = ["FORMATS", "Format", "detect"]
