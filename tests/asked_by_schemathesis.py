"""One operation of an OpenAPI document, asked as Schemathesis sees fit."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation


def fault_of(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    examples: int,
    ask: Callable[[Case[Any]], None],
) -> str | None:
    """What is wrong with an answer to what the document allows, or to what breaks it.

    Args:
        operation: One of the document.
        mode: What it allows, or what breaks it.
        examples: How many; always the same ones.
        ask: Sends one and compares the answer with the document.
    """

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Case[Any]) -> None:
        ask(case)

    try:
        answers()
    except Unsatisfiable:  # nothing in it can be broken
        return None
    except FailureGroup as found:
        return "\n".join(str(each) for each in found.exceptions)
    return None
