"""The published fields of the Elastic Common Schema, for judging the documents that we write.

They come with a package of the publisher, which `make test` fetches with the libraries of the page.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import pytest

from tests.house.tracked_files import PROJECT

PACKAGE: Final = PROJECT / "tools" / "page" / "node_modules" / "@elastic" / "ecs"
OWN: Final = "zegel"
_READ: Final = """
const fields = require(process.argv[1]).EcsFlat;
const kept = {};
for (const [name, field] of Object.entries(fields)) {
    kept[name] = {
        isList: field.normalize.includes("array"),
        values: (field.allowed_values || []).map((each) => [each.name, each.expected_event_types]),
    };
}
console.log(JSON.stringify(kept));
"""


def problems_of(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with a document by the schema; skips the calling test where it is absent."""
    event = document["event"]
    categories = dict(_published()["event.category"]["values"])
    expected = {each for name in event["category"] for each in categories.get(name) or ()}
    found = [f"event.type: {each}" for each in event["type"] if each not in expected]
    for path, value in _leaves(document):
        field = _published().get(path)
        if field is None:
            found.append(f"{path}: no field of the schema")
            continue
        if field["isList"] is not isinstance(value, list):
            found.append(f"{path}: a list, or none, where the schema has it otherwise")
        allowed = {name for name, _ in field["values"]}
        given = value if isinstance(value, list) else [value]
        found += [f"{path}: {each}" for each in given if allowed and each not in allowed]
    return found


def _leaves(document: Mapping[str, Any], outer: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        path = f"{outer}{name}"
        if isinstance(value, Mapping):
            if path != OWN:
                yield from _leaves(value, f"{path}.")
        else:
            yield path, value


@cache
def _published() -> dict[str, Any]:
    node = shutil.which("node") or shutil.which("nodejs")
    if node is None or not PACKAGE.is_dir():
        pytest.skip("the published fields of ECS are absent; make .venv/page fetches them")
    source = PACKAGE / "generated" / "ecs_flat.js"
    done = subprocess.run([node, "-e", _READ, source], capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
