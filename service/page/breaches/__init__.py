"""The pages on which a breach is read: the register, one case, its timeline, reach and dossier.

- `listing`: the register, what is due next at the front;
- `case`: one case at one moment: its clocks with their computations, and what is told of it;
- `picture`: the timeline as shapes, which a template draws;
- `reach`: how far the incident reached, from an account, an address or a system;
- `files`: the dossier as PDF or as a page;
- `routes`, `file_routes`: the paths.
"""
