"""The answer of a view as a JSON object, and the list of views."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projections import ViewAnswer


def answer_document(answer: "ViewAnswer") -> dict[str, Any]:
    """The answer as one JSON object: what it is true of, then its rows."""
    return {
        "view": answer.view,
        "question": answer.section,
        "as_of": answer.as_of,
        "as_known": answer.as_known,
        "known_size": answer.known_size,
        "size": answer.size,
        "root": answer.root,
        "rows": answer.rows,
    }


def view_rows() -> Iterator[dict[str, Any]]:
    """One row for each question that a view answers; the first of each view needs no `--only`."""
    from projections import VIEWS  # noqa: PLC0415 - start time: see cli/app.py

    for view in VIEWS.values():
        for question, section in view.sections.items():
            yield {
                "view": view.name,
                "question": question,
                "summary": section.summary,
                "filters": list(view.filters),
            }
