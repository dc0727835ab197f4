"""The history: what happened, in the order of the log, narrowed as `zegel log` narrows it.

- `parameters`: what the filter bar asks, and the URL that says so;
- `question`: what it means at one state of the log, with the place where a page begins;
- `naming`: identities that were typed, turned into tokens before they stand in a URL;
- `counting`: how much there is of it, when, and of which kinds and systems;
- `histogram`: the same as bars, each with the URL of its window;
- `rows`: records as the page tells them;
- `routes`, `live`, `exports`: the page, what is recorded from now on, and files of the same.
"""
