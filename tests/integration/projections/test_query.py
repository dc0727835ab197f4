"""Questions to the views, and up to where their answers are true."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from ledger.errors import BadRequest
from ledger.ledger import Ledger
from ledger.merkle import tree_root
from ledger.units import Size
from projections import VIEWS, View, catch_up, rebuild, running, state
from tests.histories import RECORDING, day, event, told


def test_an_answer_names_the_size_and_root_it_rests_on(ledger: Ledger) -> None:
    """Nobody could check which history an answer follows from."""
    told(ledger, *(event("ip.blocked", 1, block_id=f"B{n}", ip="ip:::1") for n in range(3)))
    answer = state(ledger, "blocks")
    assert (answer.size, answer.known_size) == (3, 3)
    assert answer.root == tree_root(ledger.log.leaf_hashes(0, 3))
    assert (answer.as_of, answer.as_known) == (ledger.clock(), None)
    assert (answer.view, answer.section) == ("blocks", "standing")


def test_records_that_come_while_an_answer_is_made_play_no_part(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size and root would belong to another history than the rows."""
    told(ledger, event("ip.blocked", 1, block_id="B1", ip="ip:::1"))
    first = state(ledger, "blocks")
    follow = running.catch_up

    def meanwhile(asked: Ledger, views: Sequence[View]) -> Size:
        told(ledger, event("ip.blocked", 1, block_id="B2", ip="ip:::2"))
        return follow(asked, views)

    with monkeypatch.context() as patch:
        patch.setattr(running, "catch_up", meanwhile)
        answer = state(ledger, "blocks")
    assert (answer.size, answer.root, answer.rows) == (1, first.root, first.rows)
    assert len(state(ledger, "blocks").rows) == 2


def test_as_known_alone_asks_about_that_moment(ledger: Ledger) -> None:
    """What we knew on a day would be shown about another day."""
    told(ledger, event("ip.blocked", 1, block_id="B1", ip="ip:::1", until=day(5).isoformat()))
    known = RECORDING + timedelta(days=1)
    assert state(ledger, "blocks", as_known=known).as_of == known
    assert state(ledger, "blocks", as_known=known, as_of=day(2)).rows != []
    before = state(ledger, "blocks", as_known=RECORDING - timedelta(days=1), as_of=day(2))
    assert (before.known_size, before.rows) == (0, [])


def test_an_empty_log_has_empty_views(ledger: Ledger) -> None:
    """A new installation would greet its user with an error."""
    for view in VIEWS.values():
        for section in view.sections:
            assert state(ledger, view.name, only=section).rows == []


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda ledger: state(ledger, "acces"), "did you mean access?"),
        (lambda ledger: state(ledger, "access", only="unusd"), "did you mean unused?"),
        (lambda ledger: state(ledger, "access", persn="x"), "did you mean person?"),
        (lambda ledger: state(ledger, "access", person="x#y"), "x#y"),
        (lambda ledger: catch_up(ledger, ["nothing"]), "expected one of access, activity"),
        (lambda ledger: rebuild(ledger, ["access", "nothing"]), "found 'nothing'"),
    ],
)
def test_a_question_that_cannot_be_understood_is_refused(
    ledger: Ledger, ask: Callable[[Ledger], object], expected: str
) -> None:
    """A misspelt filter would be ignored and the whole view be taken for the answer."""
    with pytest.raises(BadRequest) as refusal:
        ask(ledger)
    assert expected in str(refusal.value)
