"""What came, went and changed between two states of the register."""

from msgspec.structs import replace

from ledger.events.parties import Party
from projections.art30.content import Register
from projections.art30.differences import UNCOMPARED, differences
from tests.registers import CUSTOMERS, HOSTING, WHOLE


def _with(*activities: object) -> Register:
    return replace(WHOLE, activities=activities)


def test_a_state_does_not_differ_from_itself() -> None:
    """Every comparison would be full of noise."""
    assert differences(WHOLE, WHOLE) == []


def test_what_came_and_what_went_is_told() -> None:
    """A new activity, or one that ended, would be missed."""
    found = differences(_with(CUSTOMERS), _with(HOSTING))
    assert [(each.name, each.what) for each in found] == [
        ("urn:activity:customers", "went"),
        ("urn:activity:hosting", "came"),
    ]
    assert (found[0].before_index, found[1].after_index) == (CUSTOMERS.index, HOSTING.index)


def test_a_changed_list_tells_what_is_new_and_what_is_gone() -> None:
    """Somebody would have to compare two long lists by eye."""
    joined = Party(role="authority", organisation="tax")
    after = replace(CUSTOMERS, recipients=(CUSTOMERS.recipients[0], joined), index=9, version=3)
    (found,) = [
        each for each in differences(_with(CUSTOMERS), _with(after)) if each.what == "changed"
    ]
    assert found.field == "recipients"
    assert [each["organisation"] for each in found.added] == ["tax"]
    assert [each["category"] for each in found.removed] == ["accountants"]


def test_where_it_was_said_is_no_difference_of_what_is_said() -> None:
    """An amendment that changes nothing would look like a change."""
    again = replace(CUSTOMERS, index=9, version=3, entered_at=CUSTOMERS.created_at)
    assert differences(_with(CUSTOMERS), _with(again)) == []


def test_words_that_nobody_may_see_are_not_called_equal() -> None:
    """A purpose could be rewritten, and the comparison would say that nothing changed."""
    before = replace(CUSTOMERS, name="withheld", contacts=("withheld",))
    after = replace(before, index=9)
    found = differences(_with(before), _with(after))
    assert {(each.field, each.what, each.note) for each in found} == {
        ("name", "unclear", UNCOMPARED),
        ("contacts", "unclear", UNCOMPARED),
    }
    assert differences(_with(before), _with(before)) == []


def test_agreements_and_sub_processors_are_compared_too() -> None:
    """A sub-processor that began to work would be missed."""
    (sub_processor,) = WHOLE.sub_processors
    before = replace(WHOLE, sub_processors=(replace(sub_processor, status="proposed"),))
    found = differences(before, replace(WHOLE, agreements=()))
    assert [(each.subject, each.what, each.field) for each in found] == [
        ("agreement", "went", None),
        ("sub-processor", "changed", "status"),
    ]
