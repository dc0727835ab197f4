"""The recorded statements are the published texts, and come with their promises."""

from functools import cache
from hashlib import sha256
from uuid import UUID

import pytest

from cli.demo.statements import opening_chapter
from ledger.events.policy import PolicyPublished
from ledger.events.promise import PromiseDeclared
from tests.shared_data import shared

FILES = {
    "ingressus-privacy": "000_730350dec43b6101.txt",
    "xential-privacy": "001_f99c0d7ff17bafd3.txt",
    "infactor-privacy": "002_441f1b4da308cbed.txt",
    "ragiox-privacy": "003_8e264d0a354641f3.txt",
    "infobuilder-privacy": "004_4bc20ee88cd0ce59.txt",
}


def _id_of(_moment: object, identity: bytes) -> UUID:
    return UUID(bytes=sha256(identity).digest()[:16])


@cache
def published() -> dict[str, PolicyPublished]:
    events = opening_chapter(_id_of).events()
    return {event.policy_id: event for event in events if isinstance(event, PolicyPublished)}


def test_five_statements_are_recorded() -> None:
    """A system would have made no promise."""
    assert set(published()) == set(FILES)


def test_every_promise_of_the_five_is_recorded() -> None:
    """The story would judge some promises and say nothing of the others."""
    declared = [
        each for each in opening_chapter(_id_of).events() if isinstance(each, PromiseDeclared)
    ]
    assert len({each.promise_id for each in declared}) == len(declared) == 66
    assert {each.policy_id for each in declared} == set(FILES)


@pytest.mark.parametrize("policy", FILES)
def test_the_hash_is_that_of_the_text(policy: str) -> None:
    """The log would point to a text that nobody can find."""
    text = shared(f"seeds/{FILES[policy]}").read_bytes()
    assert published()[policy].text_sha256 == sha256(text).hexdigest()


@pytest.mark.parametrize("policy", FILES)
def test_the_summary_is_in_our_own_words(policy: str) -> None:
    """A sentence of somebody else's text would be copied into the program."""
    text = " ".join(shared(f"seeds/{FILES[policy]}").read_text("utf-8").split()).lower()
    summary = published()[policy].summary or ""
    words = summary.lower().replace(";", "").replace(".", "").split()
    assert words
    longest = 7
    for start in range(len(words) - longest):
        assert " ".join(words[start : start + longest]) not in text
