"""The page: what happened, what runs out, what was promised, and whether the log is whole.

Rendered on the server; it works without JavaScript, which only enhances it.
"""
