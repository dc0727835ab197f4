"""The OpenAPI document says of every route who may call it and how it refuses."""

from pathlib import Path
from typing import Annotated, Any, get_args

import pytest
from fastapi import APIRouter, Depends, FastAPI
from jsonschema import Draft202012Validator

from service.access.caller import Caller, Permission
from service.access.guard import allowed
from service.api_document import install_api_document
from service.api_examples import ANSWER_EXAMPLES, PROBLEM_EXAMPLE
from service.app import create_app
from tests.histories import event
from tests.served import client_of, seal, served_context

pytestmark = pytest.mark.usefixtures("as_installed")

PUBLIC = ("/checkpoint", "/tile/", "/v1/proofs/", "/livez", "/healthz", "/readyz")
"""How the paths begin that need no login."""


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Each operation by its method and path."""
    return {
        f"{method} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_every_route_is_public_on_purpose_or_names_its_permission(tmp_path: Path) -> None:
    """A new route would be open to anybody, or its reader not know what it needs."""
    with served_context(tmp_path) as context:
        found = operations(create_app(context).openapi())
    assert found
    for name, operation in found.items():
        path = name.partition(" ")[2]
        if path.startswith(PUBLIC):
            assert operation["security"] == [], name
        else:
            assert operation.get("x-permission") in get_args(Permission), name
            assert {"401", "403"} <= operation["responses"].keys(), name


def test_every_answer_that_is_not_described_is_a_problem(tmp_path: Path) -> None:
    """A client could not know what a refusal looks like."""
    with served_context(tmp_path) as context:
        document = create_app(context).openapi()
    assert "HTTPValidationError" not in str(document)
    for name, operation in operations(document).items():
        assert "application/problem+json" in operation["responses"]["default"]["content"], name
        assert operation["summary"][-1] == ".", name


def test_a_permission_is_found_behind_another_dependency() -> None:
    """A route that asks for its caller in a roundabout way would count as public."""

    async def named(caller: Annotated[Caller, Depends(allowed("prove"))]) -> str:
        return caller.identity

    router = APIRouter(prefix="/v1")

    @router.get("/behind")
    async def behind(name: Annotated[str, Depends(named)]) -> str:
        return name

    app = FastAPI()
    app.include_router(router)
    install_api_document(app)
    assert operations(app.openapi())["get /v1/behind"]["x-permission"] == "prove"
    assert app.openapi() == app.openapi()


def test_examples_are_what_their_schemas_allow(tmp_path: Path) -> None:
    """A reader would write a client for answers that never come."""
    with served_context(tmp_path) as context:
        document = create_app(context).openapi()
    shown = 0
    for operation in operations(document).values():
        for answer in operation["responses"].values():
            content = answer.get("content", {}).get("application/json", {})
            if "example" in content:
                schema = {**content.get("schema", {}), "components": document["components"]}
                Draft202012Validator(schema).validate(content["example"])
                shown += 1
    assert shown >= len(ANSWER_EXAMPLES)
    Draft202012Validator(document["components"]["schemas"]["Problem"]).validate(PROBLEM_EXAMPLE)


@pytest.mark.parametrize("path", ["/v1/events", "/v1/views/blocks", "/v1/promises", "/readyz"])
def test_an_example_has_the_members_of_a_real_answer(tmp_path: Path, path: str) -> None:
    """An example would stay as it was when the answer changes."""
    shown = {
        name.replace("{view}", "blocks"): example
        for (name, status), example in ANSWER_EXAMPLES.items()
        if status == "200"
    }
    with served_context(tmp_path) as context:
        context.ledger.record(event("access.used", 0, actor="person:anna", resource="file"))
        answer = client_of(context, "reader").get(path).json()
    assert list(shown[path]) == list(answer)
    if path == "/v1/events":
        assert list(shown[path]["records"][0]) == list(answer["records"][0])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/v1/events/{place}", "/v1/events/0"),
        ("/v1/breaches/{breach}/timeline", "/v1/breaches/B-7/timeline"),
        ("/v1/proofs/{index}", "/v1/proofs/0"),
        ("/v1/proofs/consistency", "/v1/proofs/consistency?from=1&to=2"),
    ],
)
def test_an_example_of_evidence_has_the_members_of_a_real_answer(
    tmp_path: Path, name: str, path: str
) -> None:
    """Whoever writes a verifier by the examples would look for members that are not there."""
    with served_context(tmp_path) as context:
        for _ in range(2):
            context.ledger.record(event("breach.suspected", 0, breach_id="B-7", system="gateway"))
            seal(context)
        client = client_of(context, "dpo")
        answer = client.get(path, headers={"Accept": "application/json"}).json()
    assert answer.keys() == ANSWER_EXAMPLES[name, "200"].keys()
