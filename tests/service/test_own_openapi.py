"""What our own OpenAPI document allows, and more, is asked of the service by Schemathesis.

Each operation gets requests that its document describes and requests that break it. No answer may
be a fault of ours, and each must be as the document says. Tails never end and are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, get_args

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from ledger.errors import NotAuthenticated
from ledger.role_names import ServiceRole
from service.access.caller import Caller
from service.app import create_app
from tests.asked_by_schemathesis import fault_of
from tests.histories import event
from tests.served import served_context

EXAMPLES: Final = 5
"""Of each operation, of each sort."""
TOKEN: Final = "everything"
_ENDLESS: Final = "text/event-stream"


def anybody(headers: Mapping[str, str]) -> Caller:
    """A caller who may do everything, if the header says the word."""
    if headers.get("authorization") != f"Bearer {TOKEN}":
        raise NotAuthenticated("authorization: expected a bearer token, found none that is known")
    roles = frozenset(get_args(ServiceRole))
    return Caller("person:all@test", is_program=False, roles=roles, case="INC-1")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The application of a log that holds a few facts, without limits of rate."""
    folder = tmp_path_factory.mktemp("schemathesis")
    with served_context(folder, requests_per_minute=10**7, refusals_per_minute=10**7) as context:
        context.ledger.record_many(
            [
                event("access.granted", 0, grant_id="G-1", grantee="person:a", resource="file"),
                event("ip.blocked", 1, block_id="B-1", ip="ip:203.0.113.7"),
                event("breach.suspected", 2, breach_id="BR-1"),
            ]
        )
        yield create_app(replace(context, authenticate=anybody))


def operations_of(app: FastAPI) -> list[APIOperation[Any, Any, Any, Any]]:
    """Every operation of the document but endless ones."""
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    return [each for each in found if _ENDLESS not in str(each.definition.raw["responses"])]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_the_document_says(app: FastAPI, mode: GenerationMode) -> None:
    """A client written from the document would meet what it does not know, or a fault of ours."""
    operations = operations_of(app)
    assert operations
    faults = {
        each.label: fault for each in operations if (fault := fault_of(each, mode, EXAMPLES, ask))
    }
    assert not faults, "\n\n".join(f"{label}\n{fault}" for label, fault in faults.items())


def ask(case: Case[Any]) -> None:
    """Sends a request, and holds the answer to the document."""
    case.call_and_validate(
        headers={"Authorization": f"Bearer {TOKEN}"},
        # A schema cannot say that a text is a time, or that somebody has that number.
        excluded_checks=[positive_data_acceptance],
    )
