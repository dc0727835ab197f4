"""Citizen numbers are told from other numbers, written one way, and not repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadRequest, FormatError, MalformedEvent
from ledger.identifiers import (
    MASK,
    CitizenNumberRefused,
    clear_namespace,
    clear_numbers,
    is_bsn,
    masked,
    may_hold_number,
    names_bsn,
    normalised_bsn,
    refuse_number_as_name,
)
from tests.strategies import citizen_numbers

NUMBER = "123456782"
"""Passes the test, and is used in examples everywhere."""


def test_the_eleven_test_finds_citizen_numbers() -> None:
    """A citizen number would be sealed in public, or a code be taken for one."""
    assert is_bsn("999990342")
    assert is_bsn("010000008")
    assert not is_bsn("999990343")
    assert not is_bsn("000000000")
    assert not is_bsn("99999034")
    assert not is_bsn("٩٩٩٩٩٠٣٤٢")
    assert names_bsn("https://example.org/people/999990342?x=1")
    assert not names_bsn("https://example.org/1747898351626999990342")


@given(citizen_numbers(), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, more: int) -> None:
    """A mistyped number would become somebody's record."""
    wrong = str((int(number[place]) + more) % 10)
    assert is_bsn(number)
    assert not is_bsn(number[:place] + wrong + number[place + 1 :])


@given(citizen_numbers(), st.sampled_from(["", ".", " "]))
def test_every_spelling_of_a_number_is_one(number: str, mark: str) -> None:
    """One person would have several keys, and an erasure would miss some."""
    written = mark.join((number[:4], number[4:6], number[6:]))
    assert normalised_bsn(f" {written} ") == number
    if number.startswith("0") and number[1] != "0":
        assert normalised_bsn(number[1:]) == number
    assert normalised_bsn(normalised_bsn(written)) == number


@pytest.mark.parametrize(
    "written", ["", "123456783", "000000000", "1234567", "NL123456782", "1234..56.782", "12345678²"]
)
def test_another_value_is_no_number_and_not_repeated(written: str) -> None:
    """What stood in the place of a citizen number would be said in an error."""
    with pytest.raises(CitizenNumberRefused) as caught:
        normalised_bsn(written)
    assert not written or written not in str(caught.value)


def test_a_person_is_not_named_by_a_citizen_number() -> None:
    """A number would be kept as an account, without the type that says what it is."""
    for name in (NUMBER, "1234.56.782", "1234 56 782"):
        with pytest.raises(CitizenNumberRefused):
            refuse_number_as_name(name)
    for name in ("123456783", "12345672", "0612345678", "j.jansen", f"{NUMBER}a"):
        refuse_number_as_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "NL123456782B01",
        "kvk-12345672",
        "rsin-123456782",
        "urn:oin:00000001234567820000",
        "1700000123456782",
        "0192f5a4-7c1e-7b3a-9d2e-a123456782bc",
        "a123456782bc" * 5,
        "2026-11-22T09:30:00.123456Z",
        "123456783",
    ],
)
def test_other_numbers_are_no_citizen_numbers(text: str) -> None:
    """A fact would be refused for a number that names nobody."""
    assert list(clear_numbers({"field": text})) == []
    assert masked(text) == text or "123456782" in text


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"customer-{NUMBER}",
        f"https://example.nl/p/{NUMBER}?x",
        f"crm/{NUMBER}",
        "urn:x:1234.56.782",
        "urn:x:%31%32%33%34%35%36%37%38%32",
        "urn:x:12345678%32",
    ],
)
def test_a_number_in_clear_text_is_found_wherever_it_stands(text: str) -> None:
    """A citizen number would be sealed, and no erasure would ever reach it."""
    values = {"a": "x", "b": 123456782, "c": {"d": ["x", text]}}
    assert list(clear_numbers(values)) == ["c/d/1"]
    assert may_hold_number(text.encode())


@given(st.text("0123456789 .%3abc-", max_size=40))
def test_the_quick_look_misses_nothing(text: str) -> None:
    """A number would pass because the look that saves time did not see it."""
    if list(clear_numbers({"field": text})):
        assert may_hold_number(text.encode())


@given(citizen_numbers(), st.sampled_from(["{}", "found '{}'", "data-subject:BSN:{}", "({}.)"]))
def test_no_message_repeats_a_number(number: str, template: str) -> None:
    """A log of errors would hold citizen numbers."""
    for written in (number, f"{number[:4]}.{number[4:6]}.{number[6:]}"):
        said = masked(template.format(written))
        assert written not in said
        assert MASK in said
        for error in (
            MalformedEvent("kind", written, "x", template.format(written)),
            FormatError("line 1", "x", template.format(written)),
            BadRequest(template.format(written)),
        ):
            assert written not in str(error)
            assert written not in repr(error.args)


def test_what_was_said_to_be_a_number_is_not_repeated_either() -> None:
    """A number with one wrong digit would be in the log of errors, and easy to guess right."""
    said = masked("subject: found 'data-subject:BSN:123456783', and more")
    assert said == f"subject: found 'data-subject:BSN:{MASK}', and more"


@pytest.mark.parametrize(
    "text", ["ip:203.0.113.45", "at 2026-11-22 03:32:42+01", "a record of 123 456 bytes", "41"]
)
def test_other_words_of_a_message_stay(text: str) -> None:
    """An error would not say what was wrong."""
    assert masked(text) == text


def test_only_a_type_that_names_nobody_is_kept_in_clear() -> None:
    """A name in the place of a type would outlive its erasure; or the type BSN would be lost."""
    assert clear_namespace(f"data-subject:BSN:{NUMBER}") == "data-subject:BSN"
    assert clear_namespace("data-subject:CUSTOMER:1") == "data-subject:CUSTOMER"
    assert clear_namespace("data-subject:JAN.JANSEN:1") == "data-subject"
    assert clear_namespace("person:jan") == "person"
    assert clear_namespace("case:0192") == "case"
