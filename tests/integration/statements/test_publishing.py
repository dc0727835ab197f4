"""Statements in a log: published once, as one, and shown as they stood at a moment."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from formats.statement_file import StatementFile
from formats.statement_file.recording import publish_statement
from ledger.errors import FormatError
from ledger.events import Event, kind_of
from ledger.ledger import Ledger
from projections.cases.reading import moment_of
from projections.statements import StandingPromise, standing_promises, standing_statements
from tests.histories import FIRST_DAY, RECORDING, day, event, new_ledger, told
from tests.statement_files import TEXT, statement_file


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty log."""
    made = new_ledger(f"sqlite:///{tmp_path / 'log.sqlite'}", tmp_path)
    yield made
    made.close()


def publish(ledger: Ledger, file: StatementFile, text: str | None = None) -> list[tuple[int, bool]]:
    """Where each event of the publication stands, and whether it stood there before."""
    found = publish_statement(ledger, file, text, actor="person:dpo@voorbeeld.example")
    return [(int(each.receipt.index), each.receipt.duplicate) for each in found]


def decided(kind: str, on: float, promise_id: str, **fields: Any) -> Event:  # noqa: ANN401 - any field
    """A decision of the DPO."""
    by = {"decided_by": "person:dpo@voorbeeld.example", "reason": "so"}
    return event(kind, on, promise_id=promise_id, **by, **fields)


def promise(ledger: Ledger, promise_id: str, on: float) -> StandingPromise | None:
    """A promise as it stood on a day."""
    found = standing_promises(ledger, moment_of(ledger, day(on)))
    return next((each for each in found if each.event.promise_id == promise_id), None)


def test_a_file_published_twice_gives_the_receipts_of_the_first_time(ledger: Ledger) -> None:
    """Every promise would stand twice, or the second time would be a conflict."""
    first = publish(ledger, statement_file())
    assert first == [(0, False), (1, False), (2, False), (3, False)]
    ledger.clock.move()  # type: ignore[attr-defined]
    assert publish(ledger, statement_file()) == [(index, True) for index, _ in first]
    assert ledger.head().size == 4


def test_a_wrong_text_records_nothing(ledger: Ledger) -> None:
    """A statement would stand in the log with the text of another one."""
    with pytest.raises(FormatError):
        publish(ledger, statement_file(), "something else")
    assert ledger.head().size == 0


def test_what_changed_back_and_forth_stands_as_it_was_said_last(ledger: Ledger) -> None:
    """A correction that was taken back would stay in force."""
    old, new = statement_file(), statement_file({"promises/0/class": "evidence"})
    for file in (old, new, old):
        publish(ledger, file)
        ledger.clock.move()  # type: ignore[attr-defined]
    found = standing_promises(ledger, moment_of(ledger))
    assert [(each.event.promise_id, each.event.promise_class) for each in found] == [
        ("VBD-01", "hard"),
        ("VBD-02", "parameter"),
    ]
    assert found[0].index == 5


def test_a_statement_stands_from_its_own_date_until_the_next(ledger: Ledger) -> None:
    """An event would be judged by a statement that was not in force yet."""
    publish(ledger, statement_file({"statement/effective_from": "2026-01-11"}), TEXT)
    other = {"statement/effective_from": "2026-01-21", "statement/text_sha256": "a" * 64}
    publish(ledger, statement_file({**other, "promises/1": ...}))
    at = [standing_statements(ledger, moment_of(ledger, day(on))) for on in (5, 15, 25)]
    assert [[(each.index, len(each.promises)) for each in found] for found in at] == [
        [],
        [(0, 2)],
        [(4, 1)],
    ]
    assert at[1][0].text_index == 0
    assert at[2][0].text_index is None
    assert standing_statements(ledger, moment_of(ledger, day(15)), policy_id="other") == []


def test_the_promises_of_a_statement_are_its_own(ledger: Ledger) -> None:
    """Another statement with the same ids would take a promise over, breaches and all."""
    publish(ledger, statement_file())
    other = statement_file({"statement/policy_id": "ander-privacy"})
    with pytest.raises(FormatError, match="found one of voorbeeld-privacy"):
        publish(ledger, other)
    assert ledger.head().size == 4


def test_a_withdrawn_statement_promises_nothing(ledger: Ledger) -> None:
    """What nobody promises any more would still be broken."""
    publish(ledger, statement_file({"statement/effective_from": "2026-01-01"}))
    told(ledger, event("policy.withdrawn", 20, policy_id="voorbeeld-privacy"))
    assert standing_statements(ledger, moment_of(ledger, day(30))) == []
    assert promise(ledger, "VBD-01", 30) is None
    assert promise(ledger, "VBD-01", 10) is not None


def test_decisions_stand_from_their_moment_on(ledger: Ledger) -> None:
    """An event would be judged by a number that somebody chose after it."""
    publish(ledger, statement_file({"statement/effective_from": "2026-01-01"}))
    params = [{"name": "within", "value": 3, "unit": "weeks"}]
    until = day(20).isoformat()
    told(
        ledger,
        decided("promise.parameter_set", 5, "VBD-02", params=params),
        decided("promise.interpretation_decided", 6, "VBD-02", reading="none"),
        decided("promise.waived", 10, "VBD-02", effective_until=until),
    )
    at = [promise(ledger, "VBD-02", on) for on in (2, 7, 15, 25)]
    assert [
        (
            [(name, setting and setting.value, by) for name, setting, by in each.parameters],
            each.edition.reading,
            each.edition.waived_by,
            each.waived_until,
        )
        for each in at
        if each is not None
    ] == [
        ([("within", 7, 3)], None, None, None),
        ([("within", 3, 4)], "none", None, None),
        ([("within", 3, 4)], "none", 6, day(20)),
        ([("within", 3, 4)], "none", None, None),
    ]


def test_a_default_does_not_come_back_over_a_decision(ledger: Ledger) -> None:
    """Correcting a typing error in a file would undo what the DPO decided."""
    publish(ledger, statement_file())
    params = [{"name": "within", "value": 3, "unit": "days"}]
    told(ledger, decided("promise.parameter_set", 200, "VBD-02", params=params))
    publish(ledger, statement_file({"promises/1/parameters/0/default": 9}))
    found = promise(ledger, "VBD-02", 300)
    assert found is not None
    assert found.parameters[0][1] is not None
    assert found.parameters[0][1].value == 3


def test_what_was_taken_back_plays_no_part(ledger: Ledger) -> None:
    """A promise that was declared by mistake would be judged all the same."""
    publish(ledger, statement_file({"statement/effective_from": "2026-01-01"}))
    record = ledger.log.record_at(1)
    assert record is not None
    told(
        ledger,
        event(
            "log.correction_recorded", 200, corrected_event_id=str(record.event_id), reason="wrong"
        ),
    )
    found = standing_promises(ledger, moment_of(ledger))
    assert [each.event.promise_id for each in found] == ["VBD-02"]
    publish(ledger, statement_file({"statement/effective_from": "2026-01-01"}))
    found = standing_promises(ledger, moment_of(ledger))
    assert [each.event.promise_id for each in found] == ["VBD-01", "VBD-02"]


def test_what_was_recorded_late_was_not_known_before(ledger: Ledger) -> None:
    """A promise would seem broken knowingly, by a statement that nobody had recorded."""
    publish(ledger, statement_file({"statement/effective_from": "2026-01-01"}))
    ledger.clock.move()  # type: ignore[attr-defined]
    known = moment_of(ledger, day(5), FIRST_DAY)
    assert standing_promises(ledger, known) == []
    assert len(standing_promises(ledger, moment_of(ledger, day(5), RECORDING))) == 2


def test_a_publication_names_its_kinds_in_order(ledger: Ledger) -> None:
    """A promise would be declared before the statement that makes it."""
    found = publish_statement(ledger, statement_file(), TEXT)
    assert [kind_of(each.event).rpartition(".")[0] for each in found] == [
        "policy.published",
        "promise.declared",
        "promise.declared",
        "promise.parameter_set",
    ]
