"""Cases: breaches, incidents and subject requests, each with its steps in order.

- `view`: which records are steps of which case (folded like every view, corrections included);
- `reading`: the steps of a case as they stood at a moment and as they were known at another;
- `breach`, `subject_request`: what follows from the steps, as pure functions.

A case is small, so its state is folded when asked; deadlines are computed from it and never stored.
"""
