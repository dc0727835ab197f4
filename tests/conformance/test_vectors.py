"""Two verifiers that share no code give the same answer to every case: ours and the page's."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.conformance.node import run_node
from tests.conformance.python_cases import python_answer
from tests.vectors.encoding import Case
from tests.vectors.generate import FOLDER, GROUPS, group_text

RUNNER: Final = Path(__file__).with_name("cases.js")


def _cases(group: str) -> list[Case]:
    cases: list[Case] = json.loads((FOLDER / f"{group}.json").read_text("utf-8"))["cases"]
    return cases


def _wrong(cases: Sequence[Case], answers: Sequence[str]) -> list[str]:
    return [
        f"{case['desc']}: expected {case['want']}, found {answer}"
        for case, answer in zip(cases, answers, strict=True)
        if case["want"] != answer
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_the_ledger_answers_every_case(group: str) -> None:
    """Our verifier would accept what is wrong, or refuse what is right."""
    cases = _cases(group)
    assert _wrong(cases, [python_answer(case) for case in cases]) == []


@pytest.mark.parametrize("group", GROUPS)
def test_the_dossier_answers_every_case(group: str) -> None:
    """The page that people open would accept what is wrong, or refuse what is right."""
    cases = _cases(group)
    assert _wrong(cases, run_node(RUNNER, json.dumps(cases)).splitlines()) == []


@pytest.mark.parametrize("group", GROUPS)
def test_the_files_are_what_the_generator_writes(group: str) -> None:
    """A change of a format would go unseen, or the cases could not be written again."""
    assert (FOLDER / f"{group}.json").read_text("utf-8") == group_text(group)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_right_and_wrong_cases(group: str) -> None:
    """A verifier that always gives the same answer would pass."""
    wants = {case["want"] for case in _cases(group)}
    assert "valid" in wants
    assert len(wants) > 1
