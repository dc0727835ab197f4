"""Erasing people from a log: what one erasure is, its steps, and what it leaves behind.

`terms` and `commitment` are pure; `steps` has the order in which everything happens. Re-exports
nothing.
"""
