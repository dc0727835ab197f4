"""The languages other systems speak, one file per foreign format: pure translation, no I/O."""

from formats.detection import FORMATS, Format, detect

__all__ = ["FORMATS", "Format", "detect"]
