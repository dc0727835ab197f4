"""Everything that a form of a step says is there in both languages."""

import ast
from datetime import UTC
from pathlib import Path

import pytest

from formats.event_fields import fields_of
from formats.steps.breach import BREACH_STEPS
from formats.steps.plan import StepPlan
from formats.steps.request import REQUEST_STEPS
from formats.steps.words import StepWords, _dutch, _fields, _steps
from ledger.events import KINDS
from projections import cases
from projections.cases.warned import Warned

EVERY = {**BREACH_STEPS, **REQUEST_STEPS}
DUTCH, ENGLISH = StepWords("nl", UTC), StepWords("en", UTC)


def _templates() -> set[str]:
    """The first argument of every `Warned(...)` in the sources of cases."""
    found = set()
    for folder in cases.__path__:
        for source in Path(folder).glob("*.py"):
            for node in ast.walk(ast.parse(source.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Warned":
                    found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_contradiction_has_its_dutch_sentence() -> None:
    """A Dutch reader would get an error instead of a warning, or words nobody says any more."""
    assert set(_dutch("warnings")) == _templates()


@pytest.mark.parametrize("template", sorted(_dutch("warnings")))
def test_a_dutch_warning_tells_the_same_values(template: str) -> None:
    """The risk or the term that a step contradicts would be left out."""
    places = ("anchor", "risk", "ground", "notice", "item", "outcome", "rule")
    values = {name: ("x-y",) for name in places if "{" + name + "}" in template}
    told = DUTCH.warned(Warned(template, values=values))
    assert told.count("x") >= len(values)
    assert "{" not in told


def test_words_of_a_warning_are_translated() -> None:
    """A Dutch sentence would have English words in it."""
    warned = Warned("the authority was not told of: {item}", values={"item": ("contact-point",)})
    assert "het contactpunt" in DUTCH.warned(warned)
    assert ENGLISH.warned(warned) == "the authority was not told of: contact-point"


@pytest.mark.parametrize(
    ("source", "dutch"),
    [
        ("GDPR art. 33(1) and 33(5)", "AVG art. 33, lid 1, en 33, lid 5"),
        ("EDPB Guidelines 9/2022 §60", "EDPB-richtsnoeren 9/2022 §60"),
        ("GDPR art. 34", "AVG art. 34"),
        ("", ""),
    ],
)
def test_a_clause_is_named_as_lawyers_of_the_language_do(source: str, dutch: str) -> None:
    """A Dutch officer would look for an article that their law calls otherwise."""
    assert DUTCH.source(source) == dutch
    assert ENGLISH.source(source) == source


@pytest.mark.parametrize("words", [DUTCH, ENGLISH], ids=["nl", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_every_step_has_a_title_and_says_what_it_means(name: str, words: StepWords) -> None:
    """A form would have no heading."""
    assert words.title(name)
    assert words.lead(name).endswith(".")


def test_no_words_of_steps_are_left_over() -> None:
    """Words that nobody sees would be kept and translated."""
    asked = {field.path for plan in EVERY.values() for field in plan.fields()}
    parts = {
        f"{field.path}.{part.path}"
        for plan in EVERY.values()
        for field in fields_of(KINDS[plan.full_kind])
        for part in field.parts
    }
    beside = {"breach_id", "request_id", "incident_id", "individuals", "corrects", "evidence"}
    beside |= {"score_reason", "open_items"}
    # Notices say their kind by themselves, until a later one may be of several.
    assert set(_fields()) <= asked | parts | beside | {"notice_kind"}
    assert set(_steps()) == set(EVERY)


def _lists() -> list[tuple[str, StepPlan, str, tuple[str, ...]]]:
    return [
        (name, plan, path, choices)
        for name, plan in EVERY.items()
        for field in fields_of(KINDS[plan.full_kind])
        if field.own
        for path, choices in [
            (field.path, field.choices),
            *((f"{field.path}.{part.path}", part.choices) for part in field.parts),
        ]
        if choices
    ]


@pytest.mark.parametrize(("name", "plan", "path", "choices"), _lists())
def test_every_word_of_a_closed_list_is_called_something(
    name: str, plan: StepPlan, path: str, choices: tuple[str, ...]
) -> None:
    """Somebody would choose between words of the program, or between two that read the same."""
    for words in (DUTCH, ENGLISH):
        told = [words.value(path, word, plan.kind) for word in choices]
        assert len(set(told)) == len(choices), name
    dutch = [DUTCH.value(path, word, plan.kind) for word in choices]
    assert dutch != list(choices)


@pytest.mark.parametrize(
    "words", sorted({field.words for kind in KINDS.values() for field in fields_of(kind)})
)
def test_what_a_value_looks_like_is_said_in_dutch(words: str) -> None:
    """A Dutch reader would be told in English what was expected."""
    if words.startswith(("JSON", "id of")) or "|" in words:
        return  # objects, ids and closed lists are asked by controls of their own
    assert DUTCH.expected(words) != words or words == "URI"
