"""Questions that no view answers, in SQL, over the records and every view: by DuckDB, read-only.

Invariants: the engine meets tokens only, never what names a person; it reads nothing but the tables
of `projections.sql.catalogue`, writes nothing, and stays within stated limits.
"""
