"""What happened, sealed: events, record, tree, vault, store, and the verification of all of it.

Re-exports nothing, so that whoever imports one module of the pure part pulls in no database.
"""

__version__ = "0.1.0"
