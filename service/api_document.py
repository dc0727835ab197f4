"""The OpenAPI document of the service: beside what the routes say, who may call and how it refuses.

Every operation either is public or names the permission that it needs (`x-permission`), found where
it is enforced; every answer that it does not describe is a problem.

Source: OpenAPI 3.1.0, Operation Object (`security`), Responses Object (`default`); RFC 9457 §3.1.
"""

from typing import Any, Final

from fastapi import FastAPI

from service.access.every_route import Route, permissions_of
from service.api_examples import ANSWER_EXAMPLES, PROBLEM_EXAMPLE
from service.problems import MEDIA_TYPE, TYPE_PREFIX

_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Problem",
    "description": "A refusal; its type is stable, its detail is for people.",
    "required": ["type", "title", "status", "detail"],
    "examples": [PROBLEM_EXAMPLE],
    "properties": {
        "type": {"type": "string", "pattern": f"^{TYPE_PREFIX}[a-z-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "description": "Each fault: where it is, what was expected, what was found.",
            "items": {"type": "object"},
        },
    },
}
_SAYS_NOTHING: Final = "Successful Response"
"""The framework's own word for an answer that a route does not describe."""
_BEARER: Final[dict[str, str]] = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key of a program, or the token of a person from the OIDC issuer.",
}


def install_api_document(app: FastAPI) -> None:
    """Makes an application tell of permissions and problems in its OpenAPI document."""
    plain = app.openapi

    def completed() -> dict[str, Any]:
        document = plain()
        if "x-completed" not in document["info"]:
            _complete(document, permissions_of(app))
            document["info"]["x-completed"] = True
        return document

    app.openapi = completed  # type: ignore[method-assign]  # as its documentation says


def _complete(document: dict[str, Any], permissions: dict[Route, str]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for of_framework in ("HTTPValidationError", "ValidationError"):
        schemas.pop(of_framework, None)
    schemas["Problem"] = _PROBLEM
    components["securitySchemes"] = {"bearer": _BEARER}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            permission = permissions.get((path, method))
            operation["security"] = [] if permission is None else [{"bearer": []}]
            if permission is not None:
                operation["x-permission"] = permission
            _describe_answers(path, method, operation["responses"])
            _describe_refusals(operation["responses"], is_public=permission is None)


def _describe_answers(path: str, method: str, responses: dict[str, Any]) -> None:
    for status, answer in responses.items():
        if answer["description"] == _SAYS_NOTHING:
            answer["description"] = "The answer."
        example = ANSWER_EXAMPLES.get((path, status)) if method == "get" else None
        if example is not None:
            answer["content"]["application/json"].setdefault("example", example)


def _describe_refusals(responses: dict[str, Any], *, is_public: bool) -> None:
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]  # the framework's form: ours is a problem, with 400
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if not is_public:
        told = {"401": "The caller proves nobody.", "403": "The caller may not do this."}
        for status, description in told.items():
            responses.setdefault(status, {"description": description, "content": content})
    responses.setdefault("default", {"description": "A problem.", "content": content})
