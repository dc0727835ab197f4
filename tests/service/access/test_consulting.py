"""What is kept of an answer: who asked what, and that nobody was shown."""

from pathlib import Path

import anyio
import pytest

from ledger.errors import BadRequest
from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading
from ledger.query import EventQuery
from service.access.caller import Caller
from service.access.consulting import consulted, revealing
from service.context import Context
from tests.served import served_context

_INVESTIGATOR = Caller(
    "person:j.jansen@example.nl",
    is_program=False,
    roles=frozenset({"investigator"}),
    case="2026-14",
)


def _record(context: Context, caller: Caller, purpose: str | None = None) -> int:
    async def ask() -> int:
        return await consulted(context, caller, question="kind access", records=3, purpose=purpose)

    return anyio.run(ask)


def test_who_asked_what_is_kept(tmp_path: Path) -> None:
    """A consultation would leave no trace, or one that says less than was asked."""
    with served_context(tmp_path) as context:
        index = _record(context, _INVESTIGATOR, "incident-investigation")
        (found,) = context.ledger.open_records(context.ledger.log.scan(index, index + 1))
        assert isinstance(found.event, LogRead)
        assert (found.event.records, found.event.identities) == (3, 0)
        assert (found.event.purpose, found.event.system) == (
            "incident-investigation", "zegel.readings",
        )  # fmt: skip
        assert found.event.shown is None
        assert found.event.actor is not None
        assert found.event.actor.startswith("person#")


def test_an_answer_by_tokens_looked_at_nobody(tmp_path: Path) -> None:
    """Everybody in the log would be told that a statistic looked at them."""
    with served_context(tmp_path) as context:
        _record(context, _INVESTIGATOR)
        _record(context, _INVESTIGATOR)
        looked = context.ledger.read(EventQuery(looked_at=_INVESTIGATOR.identity))
        assert list(looked) == []


def test_a_purpose_of_ones_own_is_refused(tmp_path: Path) -> None:
    """Readings could not be counted by purpose."""
    with served_context(tmp_path) as context:
        with pytest.raises(BadRequest, match="incident-investigation"):
            _record(context, _INVESTIGATOR, "curiosity")
        assert context.ledger.head().size == 0


def test_a_reading_tells_the_case() -> None:
    """The case that an investigator named would be lost."""
    assert revealing(_INVESTIGATOR, "audit", "yearly") == Reading(
        "person:j.jansen@example.nl", "audit", "case 2026-14; yearly"
    )


@pytest.mark.parametrize("purpose", [None, "curiosity"])
def test_identities_need_a_purpose(purpose: str | None) -> None:
    """Identities would be shown for no purpose, or for one that cannot be counted."""
    with pytest.raises(BadRequest, match="purpose"):
        revealing(_INVESTIGATOR, purpose)


def test_an_investigator_names_a_case() -> None:
    """Somebody could look at people without saying in which case."""
    nameless = Caller("person:j", is_program=False, roles=frozenset({"investigator"}))
    with pytest.raises(BadRequest, match="Zegel-Case"):
        revealing(nameless, "audit")


def test_a_data_officer_needs_no_case() -> None:
    """The data protection officer could not answer a request for which no case exists."""
    officer = Caller("person:j", is_program=False, roles=frozenset({"dpo", "investigator"}))
    assert revealing(officer, "audit").reason is None


def test_a_program_that_saw_identities_is_told_as_one() -> None:
    """Whoever reviews readings would look for a person who does not exist."""
    program = Caller("person:api-key:hunter", is_program=True, roles=frozenset({"dpo"}))
    assert revealing(program, "audit").is_program
    assert not revealing(_INVESTIGATOR, "audit").is_program
