"""The steps of a case that a visitor may record, as links."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.page.steps.asking import words_for
from service.page.steps.cases import CASE_KINDS, case_path, may_record
from service.page.visit import Visit


@dataclass(frozen=True, slots=True)
class OfferedStep:
    """One step, and the path of its form."""

    name: str
    title: str
    lead: str
    path: str


def offered_steps(visit: Visit, word: str, name: str) -> Sequence[OfferedStep]:
    """The steps after the first that a visitor may record, in the order in which cases take them.

    Args:
        visit: Who may record them.
        word: `breach` or `request`.
        name: The case, by the id of its source or by its stream.
    """
    kind, words = CASE_KINDS[word], words_for(visit)
    return [
        OfferedStep(
            step, words.title(step), words.lead(step), f"{case_path(word, name)}/steps/{step}"
        )
        for step, plan in kind.steps.items()
        if step != kind.first and may_record(visit.caller, plan)
    ]


def path_to_begin(visit: Visit, word: str) -> str | None:
    """The path of the form that begins a case; `None`: the visitor may not."""
    kind = CASE_KINDS[word]
    return f"{kind.path}/new" if may_record(visit.caller, kind.plan(kind.first)) else None
