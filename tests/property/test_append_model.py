"""Any history of appends gives the outcomes of a plain model, and a whole log."""

import tempfile
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from ledger.draft import Conflict, Draft
from ledger.store import SealedLog
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import make_draft


class Fact(NamedTuple):
    """What a history varies: which id says what in which stream."""

    id_number: int | None
    content: int
    stream_number: int | None


FACTS = st.builds(
    Fact,
    st.none() | st.integers(1, 6),
    st.integers(1, 3),
    st.none() | st.integers(1, 3),
)
HISTORIES = st.lists(st.lists(FACTS, max_size=30), max_size=6)


class Model:
    """Append as one would explain it, without a database."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[int, int]] = {}
        self.versions: dict[int, int] = {}
        self.size = 0

    def expect(self, fact: Fact) -> tuple[str, int]:
        """What happens to a fact, and the index that its outcome names."""
        if fact.id_number in self.known:
            content, index = self.known[fact.id_number]
            return ("duplicate" if content == fact.content else "conflict", index)
        index, self.size = self.size, self.size + 1
        if fact.id_number is not None:
            self.known[fact.id_number] = (fact.content, index)
        if fact.stream_number is not None:
            self.versions[fact.stream_number] = self.versions.get(fact.stream_number, 0) + 1
        return ("stored", index)


def _draft(fact: Fact) -> Draft:
    own = fact.stream_number is None
    return make_draft(
        UUID(int=fact.content),
        stream=uuid7() if own else UUID(int=100 + (fact.stream_number or 0)),
        fresh_stream=own,
        event_id=None if fact.id_number is None else UUID(int=fact.id_number),
        sameness=bytes([fact.content]) * 32,
    )


def _append(log: SealedLog, batch: Sequence[Fact]) -> list[tuple[str, int]]:
    words = []
    for outcome in log.append([_draft(fact) for fact in batch]):
        if isinstance(outcome, Conflict):
            words.append(("conflict", int(outcome.index)))
        else:
            words.append(("duplicate" if outcome.duplicate else "stored", int(outcome.index)))
    return words


@settings(max_examples=40)
@given(HISTORIES)
def test_append_does_what_the_model_says(history: Sequence[Sequence[Fact]]) -> None:
    """Some order of new, repeated and contradicting facts would store or number one wrongly."""
    with tempfile.TemporaryDirectory() as folder:
        log = new_log(f"sqlite:///{folder}/zegel.db")
        model = Model()
        for batch in history:
            expected = [model.expect(fact) for fact in batch]
            assert _append(log, batch) == expected
        check_log(log, model.size)
        for number, newest in model.versions.items():
            versions = [row.version for row in log.scan_stream(UUID(int=100 + number))]
            assert versions == list(range(1, newest + 1))
        log.engine.dispose()
