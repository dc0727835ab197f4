"""Spans and periods in words."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.spans import SpanLanguage, elapsed_words, term_words

SECONDS = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}


@pytest.mark.parametrize(
    ("term", "english", "dutch"),
    [
        ("P1D", "1 day", "1 dag"),
        ("PT24H", "24 hours", "24 uur"),
        ("P3M", "3 months", "3 maanden"),
        ("P1Y2M", "1 year 2 months", "1 jaar 2 maanden"),
        ("P1DT12H", "1 day 12 hours", "1 dag 12 uur"),
        ("PT1H", "1 hour", "1 uur"),
        ("PT0.50S", "0.5 seconds", "0,5 seconden"),
        ("-PT160S", "-2 minutes 40 seconds", "-2 minuten 40 seconden"),
        ("P0D", "0 seconds", "0 seconden"),
    ],
)
def test_a_span_stands_in_words(term: str, english: str, dutch: str) -> None:
    """People would have to read ISO 8601, in Dutch as well."""
    assert (term_words(term, "en"), term_words(term, "nl")) == (english, dutch)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "1 day", "P1S", "PT1D", "P1D "])
def test_what_is_no_span_stays_as_it_is(text: str) -> None:
    """A word of somebody would be lost, or taken for a span."""
    assert term_words(text) == text


@given(st.timedeltas(timedelta(0), timedelta(days=10_000)))
def test_an_elapsed_time_is_told_in_full(elapsed: timedelta) -> None:
    """A sentence would tell a shorter or longer time than the event."""
    elapsed -= timedelta(microseconds=elapsed.microseconds)
    told = elapsed_words(elapsed).split()
    numbers = zip(told[::2], told[1::2], strict=True)
    assert sum(int(number) * SECONDS[unit.rstrip("s")] for number, unit in numbers) == (
        elapsed.total_seconds()
    )


@given(st.timedeltas(), st.sampled_from(["en", "nl", "fr"]))
def test_every_elapsed_time_has_words(elapsed: timedelta, language: SpanLanguage) -> None:
    """One odd span would stand in a sentence as it is written for machines."""
    assert elapsed_words(elapsed, language) != msgspec.to_builtins(elapsed)
