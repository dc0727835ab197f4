"""How long the disclosures of the log are kept: rules, terms, and what is due by them.

`terms`, `rules` and `due` are pure; `reading` asks the database.
"""
