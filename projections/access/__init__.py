"""Access: grants and their use, what outlived its reason, what reviews decided."""

from projections.access.view import ACCESS

__all__ = ["ACCESS"]
