"""How much happened when: records by hour and day of occurrence, by kind and system.

- `days`: the counts that are kept, a few rows per day, and how they grow;
- `counting`: counts of any window, kinds and systems, exact, from those rows;
- `totals`: what a kind or a system came to at a moment, with its first and its last record;
- `bins`: the hours, days, weeks or months that a window is drawn in;
- `histogram`: counts of a window in such bins, and by kind and system, for a page;
- `view`: the questions of the view.
"""

from projections.activity.view import ACTIVITY

__all__ = ["ACTIVITY"]
