"""The tables are named and typed so that every question can be asked."""

from ledger.events import PLANS
from projections import VIEWS
from projections.sql.catalogue import EVENTS, sql_tables


def test_every_question_has_one_table() -> None:
    """A question would be hidden behind another of the same name."""
    questions = sum(len(view.sections) for view in VIEWS.values())
    assert len(sql_tables()) == questions + 1


def test_a_column_read_from_sealed_bytes_is_never_personal() -> None:
    """A column that says nothing of people would say something, or nothing at all."""
    body = {column.name for column in sql_tables()[EVENTS].columns if column.stage == "body"}
    personal = {
        field.name for plan in PLANS.values() for field in plan.fields if not field.structured
    }
    assert not body & personal


def test_names_need_no_quotes() -> None:
    """A name with a dash or a capital could only be typed in quotes."""
    for table in sql_tables().values():
        assert all(name.isidentifier() and name.islower() for name in (table.name,))
        assert len({column.name for column in table.columns}) == len(table.columns)
