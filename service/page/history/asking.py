"""Who asks the history, and their question as it is kept with them."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends

from service.page.history.parameters import PATH, HistoryParameters
from service.page.visit import Visit, visiting
from service.queries.searching import Search

VisitToRead = Annotated[Visit, Depends(visiting("read"))]


def question_text(visit: Visit, search: Search, asked: HistoryParameters, path: str = PATH) -> str:
    """A question as it is recorded with the one who asked: nobody stands in it."""
    query = replace(search.query, grep=asked.grep)
    return f"GET {path}: {query.text(visit.context.ledger.vault.subjects.find)}"
