"""The page ``docs/reference/api.md``: every route of the service, from its OpenAPI document."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from ledger.errors import NotAuthenticated
from ledger.home import Home
from ledger.problem_types import PROBLEM_TYPES, UNEXPECTED, ProblemType
from ledger.serve_settings import ServeSettings
from service.access.caller import ALLOWED
from service.access.every_route import Route, permissions_of
from service.app import create_app
from service.context import Context
from service.page.routes import page_paths
from service.problems import MEDIA_TYPE, TYPE_PREFIX

_INTRODUCTION: Final = f"""\
# The service over HTTP

What `zegel serve` answers, written from the code by `make docs`. The same as OpenAPI 3.1 is at
`/v1/openapi.json` of each service. [How to send events](../how-to/send-events.md) shows requests of
every kind.

Each route is public or needs one *permission*. A caller proves who they are with
`Authorization: Bearer …`: the API key of a program, or the token of a person from the OIDC issuer.
What nobody allows is denied; each refusal and each answered question is a record of the log.

Bytes are lower-case hex, times are RFC 3339 in UTC. A query says in `as_of` up to which size and
root of the log it is true. Every refusal is `{MEDIA_TYPE}` with one of the types at the
end of this page.
"""
_FOREIGN: Final = """\
## Interfaces of others

These routes are as the OpenAPI documents of their standards say, refusals too: the reading
extension of Logboek Dataverwerkingen, and the interfaces of VNG Verwerkingenlogging.
[How to keep a processing log](../how-to/ldv-logbook.md) tells what they give.
"""
_PAGES: Final = """\
## Pages

What people open in a browser, after they logged in at `/login`; each answers in Dutch or English.
[How to use the page](../how-to/use-the-page.md) tells what stands on them. Forms are sent to where
they are shown, by a session of the page alone: programs use the routes above. A form that shows who
it was needs *resolve* too; one that records a step needs *record*, and *decide* where its kind asks
for it.
"""
_PROBLEMS: Final = f"""\
## Problems

`type` is `{TYPE_PREFIX}` and the name. The exit code is that of the command line for the
same error; OTLP over gRPC answers with the status of the last column. *Retry*: the same request may
succeed later, after the seconds of `Retry-After`.
"""


def api_page() -> str:
    """The whole page in Markdown, the same for the same code."""
    app = _application()
    document = app.openapi()
    foreign = {
        route: permission
        for route, permission in permissions_of(app).items()
        if route[0] not in document["paths"]
    }
    own = page_paths()
    pages = {route: needed for route, needed in foreign.items() if route[0] in own}
    others = {route: needed for route, needed in foreign.items() if route[0] not in own}
    parts = [
        _INTRODUCTION,
        _roles(),
        *_subjects(document),
        _table(_FOREIGN, others),
        _table(_PAGES, pages),
    ]
    return "\n".join([*parts, _PROBLEMS + _problems()])


def _application() -> FastAPI:
    """The application of a service with standard settings; only what it says of itself works."""

    def nobody(_headers: object) -> Any:  # noqa: ANN401 - it gives nothing
        raise NotAuthenticated("nobody asks")

    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        ledger = home.init("log.example/reference")
        try:
            return create_app(Context(ledger, home, ServeSettings(), nobody, list))
        finally:
            ledger.close()


def _roles() -> str:
    rows = [
        f"| {role} | {', '.join(sorted(permissions))} |" for role, permissions in ALLOWED.items()
    ]
    return "\n".join(["| role | permissions |", "|---|---|", *rows, ""])


def _subjects(document: dict[str, Any]) -> Iterator[str]:
    """A chapter for each tag, in the order in which the routes come."""
    by_tag: dict[str, list[str]] = {}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            tag = operation.get("tags", ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(document, method, path, operation))
    for tag, operations in by_tag.items():
        yield "\n".join([f"## {tag.capitalize()}", "", *operations])


def _table(told: str, routes: dict[Route, str]) -> str:
    """Routes that stand outside the OpenAPI document, with what each needs."""
    rows = [
        f"| `{method.upper()} {path}` | {permission} |"
        for (path, method), permission in sorted(routes.items())
    ]
    return "\n".join([told, "| route | permission |", "|---|---|", *rows, ""])


def _operation(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> str:
    permission = operation.get("x-permission")
    needs = f"Permission: {permission}." if permission else "Public."
    parts = [f"### `{method.upper()} {path}`", "", f"{operation['summary']} {needs}", ""]
    if operation.get("description"):
        parts += [_plain(operation["description"]), ""]
    parts += _parameters(document, operation)
    parts += _body(operation)
    parts += _answers(operation)
    return "\n".join(parts)


def _parameters(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    rows = []
    for each in operation.get("parameters", []):
        need = "required" if each.get("required") else _default(each["schema"])
        told = each.get("description") or each["schema"].get("description", "")
        kind = _type(document, each["schema"])
        rows.append(f"| `{each['name']}` | {each['in']} | {kind} | {need} | {_cell(told)} |")
    return ["| parameter | in | type | | |", "|---|---|---|---|---|", *rows, ""] if rows else []


def _body(operation: dict[str, Any]) -> list[str]:
    content = operation.get("requestBody", {}).get("content", {})
    return [f"Takes {', '.join(f'`{name}`' for name in content)}.", ""] if content else []


def _answers(operation: dict[str, Any]) -> list[str]:
    rows = [
        f"| {status} | {', '.join(f'`{name}`' for name in answer.get('content', {}))} "
        f"| {_cell(answer['description'])} |"
        for status, answer in operation["responses"].items()
        if status not in {"401", "403", "default"}
    ]
    return ["| status | | |", "|---|---|---|", *rows, ""]


def _problems() -> str:
    rows = ["", "| name | | status | exit code | gRPC |", "|---|---|---|---|---|"]
    kinds = dict.fromkeys([*(kind for _, kind in PROBLEM_TYPES), UNEXPECTED])
    return "\n".join([*rows, *map(_problem, kinds), ""])


def _problem(kind: ProblemType) -> str:
    retry = " *Retry.*" if kind.retryable else ""
    return (
        f"| `{kind.name}` | {kind.title}.{retry} | {kind.status} "
        f"| {kind.exit_code.value} | `{kind.grpc}` |"
    )


def _type(document: dict[str, Any], schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return _type(document, document["components"]["schemas"][schema["$ref"].split("/")[-1]])
    if "anyOf" in schema:
        kinds = [_type(document, each) for each in schema["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"{_type(document, schema['items'])}, repeatable"
    return " ".join(
        str(word) for word in (schema.get("type", "text"), schema.get("format")) if word
    )


def _default(schema: dict[str, Any]) -> str:
    return f"`{schema['default']}`" if schema.get("default") not in (None, "", []) else ""


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("\n", " ")


def _plain(text: str) -> str:
    """A description without what it says to programmers."""
    kept = re.split(r"\n\s*(?:Args|Raises|Returns|Source):", text)[0]
    return kept.strip()
