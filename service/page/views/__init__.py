"""The pages of views: register, access, exchanges, promises, requests, retention.

All of them ask the same way: as of a moment, as known at a moment, beside another moment if one is
named; and all give what they show as a file.

- `asked`: what the query of a page names: moments, question, filters;
- `control`: the bar by which a visitor chooses moments;
- `sheet`: rows of a view as cells, with what differs;
- `tabs`: which questions stand on which page;
- `export`: what is shown, as CSV, NDJSON or workbook;
- `revealing`: tokens, or names against a reading that is recorded first;
- `tables`, `register`, `promises`, `requests`: the routes; `register_told`, `promise_reading`,
  `request_reading` and `flow_picture` find and shape what they show.
"""
