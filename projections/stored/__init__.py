"""Personal data in the world: what is stored where, until when, what is deleted and verified."""

from projections.stored.view import STORED

__all__ = ["STORED"]
