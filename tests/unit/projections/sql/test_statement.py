"""What the log tells of a statement holds nothing that names somebody."""

import pytest

from projections.sql.statement import told


@pytest.mark.parametrize(
    "statement",
    [
        "select * from events where actor = 'person:anna@example.nl'",
        'select 1 as "anna"',
        "select 1 -- anna asked\n from events",
        "select /* anna */ 1",
        "select $$anna$$",
        "select e'anna\\n'",
        "select 'it''s anna'",
    ],
)
def test_what_was_typed_about_somebody_is_left_out(statement: str) -> None:
    """A name would stay in the question after its owner was erased."""
    assert "anna" not in told(statement)


def test_what_was_asked_stays() -> None:
    """Nobody could tell from the log what was asked."""
    assert (
        told("select kind,\n count(*)  from events") == "sql: select kind , count ( * ) from events"
    )


def test_a_citizen_number_is_masked() -> None:
    """A citizen number that was typed would stand in the log."""
    assert "111222333" not in told("select 111222333")
