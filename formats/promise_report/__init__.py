"""The promises of statements as a page for people: which were kept, and on what that rests.

- `story`: what is told of a promise, read from the log once, before it is words or a page;
- `strip`: how the judged events of a promise lie in time, as a row of verdicts;
- `content`, `explanation`: the page as texts in one language;
- `page`: the texts as one HTML file.
"""
