"""Schema changes, applied by Alembic in order of their numbers."""
