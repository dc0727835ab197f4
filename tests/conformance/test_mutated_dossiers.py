"""Dossiers with one member of their data replaced by anything: an outcome each time."""

import json
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any, Final

from tests.bundled_evidence import bundle_of
from tests.conformance.node import run_node

RUNNER: Final = Path(__file__).with_name("many_dossiers.js")
MUTATIONS: Final = 400
_STRANGE: Final[list[Any]] = [
    *(None, True, 0, -1, 2**60, 1.5, "", "A", "__proto__", "AAAA", "\ud800", "9" * 30),
    *([], {}, [None], {"length": 3}, [[[[]]]], "log.example/other", "constructor"),
]


def _good() -> Any:  # noqa: ANN401 - JSON of any form
    page = bundle_of(9, [3, 4, 8])["dossier.html"].decode()
    return json.loads(page.partition('id="dossier">')[2].partition("</script>")[0])


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 - likewise
    keys: list[Any] = list(node) if isinstance(node, dict) else []
    keys = list(range(len(node))) if isinstance(node, list) else keys
    return [place for key in keys for place in ((*path, key), *_places(node[key], (*path, key)))]


def _mutated(good: Any, random: Random) -> Any:  # noqa: ANN401 - likewise
    data = deepcopy(good)
    *path, last = random.choice(_places(data))
    node = data
    for key in path:
        node = node[key]
    old = node[last]
    choice = random.randrange(4)
    if choice == 0 and isinstance(old, str) and old:
        at = random.randrange(len(old))
        node[last] = old[:at] + chr(random.randrange(32, 127)) + old[at + 1 :]
    elif choice == 1:
        del node[last]
    else:
        node[last] = random.choice(_STRANGE)
    return data


def _shows_no_more(data: Any, good: Any) -> bool:  # noqa: ANN401 - likewise
    """Whether a page shows nothing of the log beyond the good one; fields may stay closed."""
    pairs = list(zip(data["records"], good["records"], strict=True))
    return all(
        one["sealed"] == other["sealed"] and set(one["disclosures"]) <= set(other["disclosures"])
        for one, other in pairs
    )


def test_any_change_of_a_dossier_gives_an_outcome_and_none_is_wrongly_valid() -> None:
    """A page made to hurt would stay at "verifying", or show its own evidence under our seal."""
    random = Random(20_260_329)
    good = _good()
    mutated = [_mutated(good, random) for _ in range(MUTATIONS)]
    outcomes = run_node(RUNNER, json.dumps(mutated)).split("\n")[:-1]
    assert len(outcomes) == MUTATIONS
    assert set(outcomes) <= {"valid", "broken", "empty"}
    for data, outcome in zip(mutated, outcomes, strict=True):
        if outcome == "valid":
            assert _shows_no_more(data, good)
    assert outcomes.count("broken") > MUTATIONS // 2
