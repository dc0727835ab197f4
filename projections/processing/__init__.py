"""Lines of processing and the terms under which they are shown."""

from projections.processing.view import PROCESSING

__all__ = ["PROCESSING"]
