"""The dossier of a breach: one document for people, as HTML and as PDF, in Dutch and English.

- `content`: what is told, as blocks in one language, from the state of a breach and its clocks;
- `ap_form`: the answers of the authority's form, in the order of the form;
- `picture`: the timeline as a picture;
- `page`, `pdf`: the same blocks as an HTML page and as a PDF whose bytes follow from its content.
"""
