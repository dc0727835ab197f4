"""Needs are shared by the rules that have the same, and only by those."""

from ledger.events.promise import Need, Pairing, PromiseRule, Selector
from projections.promises.needs import NeedBook, need_number

_DELETED = (Selector(kinds=("data.deleted",)),)


def _rule(need: Need) -> PromiseRule:
    return PromiseRule(
        rule_kind="deadline", for_each=(Selector(kinds=("file.received",)),), needs=(need,)
    )


def _need(name: str, path: str = "file_id", *, once: bool = False) -> Need:
    return Need(role="answer", opens=_DELETED, pairs=(Pairing(field=path),), name=name, once=once)


def test_the_same_need_under_another_name_is_one() -> None:
    """An event would be kept once for every rule that waits for it."""
    book = NeedBook()
    (first,) = book.of(_rule(_need("deletion")), 0)
    (second,) = book.of(_rule(_need("removal")), 7)
    assert first is second
    assert first.rules == [0, 7]


def test_needs_that_look_at_other_fields_are_two() -> None:
    """An event would serve a rule that looks for another."""
    book = NeedBook()
    (first,) = book.of(_rule(_need("deletion")), 0)
    (second,) = book.of(_rule(_need("deletion", "customer_id")), 1)
    assert first is not second
    assert (first.number, second.number) == (0, 1)


def test_what_serves_only_once_is_used_up_by_each_rule_by_itself() -> None:
    """A consent that one rule has used up would be missing for another."""
    book = NeedBook()
    (first,) = book.of(_rule(_need("consent", once=True)), 0)
    (second,) = book.of(_rule(_need("consent", once=True)), 1)
    assert first is not second


def test_links_are_the_number_of_the_need_and_each_key_once() -> None:
    """A judged event would not find what serves it, or find it twice."""
    book = NeedBook()
    (need,) = book.of(_rule(_need("deletion")), 0)
    assert need.asked_under({"file_id": ("a", "b c", "a")}) == ("0 a", "0 b c")
    assert need.served_under({"file_id": ("a",)}) == ("0 a",)
    assert need.asked_under({"file_id": ()}) == ()
    assert need_number("0 b c") == 0


def test_needs_of_the_same_field_of_the_same_kinds_have_one_link() -> None:
    """A judged event would be stored once for every need of its rules."""
    book = NeedBook()
    once = Need(role="answer", opens=(Selector(kinds=("file.delivered",)),), pairs=_need("").pairs)
    (first,) = book.of(_rule(_need("deletion")), 0)
    (second,) = book.of(_rule(once), 1)
    assert first is not second
    links = {book.asked_link(f"{need.prefix}file-1") for need in (first, second)}
    assert links == {f"{first.prefix}file-1"}


def test_needs_of_other_fields_or_kinds_have_links_of_their_own() -> None:
    """Whoever looks for the events of one need would find all those of another."""
    book = NeedBook()
    delivered = Selector(kinds=("file.delivered",))
    other = PromiseRule(
        rule_kind="deadline",
        for_each=(delivered,),
        needs=(Need(role="answer", opens=(delivered,), pairs=_need("").pairs),),
    )
    needs = [
        *book.of(_rule(_need("deletion")), 0),
        *book.of(_rule(_need("deletion", "customer_id")), 1),
        *book.of(other, 2),
    ]
    assert len({book.asked_link(f"{need.prefix}the-same-key") for need in needs}) == len(needs)
