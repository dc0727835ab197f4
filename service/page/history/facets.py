"""The kinds and systems of an answer with their counts, each with the URL that narrows by it."""

from dataclasses import dataclass
from typing import Final

from formats.answers.record import short_kind
from formats.subject_copy.words import kind_words
from service.page.history.counting import Counted, takes
from service.page.history.parameters import HistoryParameters
from service.page.history.question import Question
from service.page.languages import Language

SHOWN: Final = 10
"""So many are shown before the rest is asked for."""
_PARTS: Final = 100


@dataclass(frozen=True, slots=True)
class Facet:
    """One value with how often it is there."""

    name: str | None
    """As it stands in the URL; `None`: none is named."""
    title: str
    count: int
    share: int
    """Of the most frequent one, 0 to 100."""
    is_chosen: bool
    is_left_out: bool
    choose: str | None
    """The URL with it, or without it where it is chosen; `None`: no filter says this."""
    leave_out: str | None
    """The URL in which it is left out, or back again."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What an answer is made of."""

    kinds: tuple[Facet, ...]
    systems: tuple[Facet, ...]


def facets_of(question: Question, counted: Counted, language: Language) -> Facets:
    """The facets of a question.

    Args:
        question: What was asked.
        counted: How much there is of it.
        language: Of the visitor.
    """
    asked = question.asked
    most_kinds = max(counted.kinds.values(), default=1)
    most_systems = max(counted.systems.values(), default=1)
    return Facets(
        kinds=tuple(
            _kind(question, kind, count, most_kinds, language)
            for kind, count in counted.kinds.items()
        ),
        systems=tuple(
            _system(asked, system, count, most_systems) for system, count in counted.systems.items()
        ),
    )


def _kind(question: Question, kind: str, count: int, most: int, language: Language) -> Facet:
    asked, query, name = question.asked, question.whole.query, short_kind(kind)
    chosen = [each for each in asked.kind if "." in each]  # groups give way to single kinds
    is_chosen = bool(asked.kind) and takes(query, kind)
    is_left_out = kind in query.without
    plain = asked.removed("without", name)
    kinds = [each for each in chosen if each != name]
    return Facet(
        name=name,
        title=kind_words(kind, language),
        count=count,
        share=_PARTS * count // most,
        is_chosen=is_chosen,
        is_left_out=is_left_out,
        choose=plain.changed(kind=kinds if is_chosen else [*kinds, name]).address(),
        leave_out=(plain if is_left_out else asked.added("without", name)).address(),
    )


def _system(asked: HistoryParameters, system: str | None, count: int, most: int) -> Facet:
    is_chosen = system is not None and asked.system == system
    wanted = None if is_chosen else system
    return Facet(
        name=system,
        title=system or "",
        count=count,
        share=_PARTS * count // most,
        is_chosen=is_chosen,
        is_left_out=False,
        choose=None if system is None else asked.changed(system=wanted).address(),
        leave_out=None,
    )
