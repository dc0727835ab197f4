"""The words of a dossier: every phrase in both languages, used, and values in words."""

import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final, get_args
from zoneinfo import ZoneInfo

import msgspec
import pytest

import formats.breach_dossier as package
from formats.breach_dossier.words import Words
from formats.subject_copy.words import Language
from ledger.events.breach import Anchor, Consequence
from ledger.events.breach_notices import (
    BreachAuthorityResponded,
    BreachSubjectsNotified,
    DecisionGround,
    NoticeContent,
    NoticeKind,
)
from ledger.personal import WITHHELD
from projections.cases.clock import ClockState
from projections.cases.severity import FACTORS, Band
from projections.deadlines.refusals import Reason
from projections.deadlines.rules import Standing

FOLDER: Final = files("formats.breach_dossier")
PHRASES: Final = msgspec.json.decode(
    FOLDER.joinpath("phrases.json").read_bytes(), type=dict[str, tuple[str, str]]
)
VOCABULARY: Final = msgspec.json.decode(
    FOLDER.joinpath("vocabulary.json").read_bytes(), type=dict[str, dict[str, tuple[str, str]]]
)
SOURCE: Final = "\n".join(
    path.read_text("utf-8") for path in Path(next(iter(package.__path__))).glob("*.py")
)
ZONE: Final = ZoneInfo("Europe/Amsterdam")


def _is_used(name: str) -> bool:
    """Whether the code asks for a phrase: by its name, or by the part before its last dot."""
    if f'"{name}"' in SOURCE:
        return True
    head = name.rpartition(".")[0]
    while head:
        if re.search(rf"""["']{re.escape(head)}\.\{{""", SOURCE):
            return True
        head = head.rpartition(".")[0]
    return False


@pytest.mark.parametrize("name", PHRASES)
def test_every_phrase_is_used_and_in_both_languages(name: str) -> None:
    """A phrase that nobody sees would be kept up for ever, or one language would have a gap."""
    dutch, english = PHRASES[name]
    assert dutch.strip()
    assert english.strip()
    assert _placeholders(dutch) == _placeholders(english)
    assert _is_used(name), name


def _placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text)) - {"before"}  # a sentence may leave out its start


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("anchor", get_args(Anchor)),
        ("severity", get_args(Consequence)),
        ("item", get_args(NoticeContent)),
        ("notice", get_args(NoticeKind)),
        ("notice", get_args(BreachSubjectsNotified.__annotations__["manner"])),
        ("response", get_args(BreachAuthorityResponded.__annotations__["response"])),
        ("ground", get_args(DecisionGround)),
        ("rank", get_args(Standing)),
        ("refused", get_args(Reason)),
        ("band", get_args(Band)),
        ("factor", tuple(factor.name for factor in FACTORS)),
        (
            "score",
            tuple(f"{factor.name} {value}" for factor in FACTORS for value in factor.values),
        ),
    ],
)
def test_every_word_of_a_closed_list_is_known(group: str, expected: tuple[str, ...]) -> None:
    """A slug of the program would stand in the middle of a Dutch sentence."""
    assert expected
    assert set(expected) <= VOCABULARY[group].keys()


def test_every_duty_and_anchor_of_a_clock_is_known() -> None:
    """A clock would be headed in English in a Dutch dossier."""
    folder = files("projections.cases")
    said = "".join(
        folder.joinpath(name).read_text("utf-8")
        for name in ("breach_clocks.py", "incident_clocks.py")
    )
    duties = set(re.findall(r'"((?:answer|complete|notify|report|send|tell) [a-z ]+)"', said))
    anchors = set(re.findall(r'Start\(name="([a-z-]+)"', said))
    anchors |= set(re.findall(r'[{ ]"([a-z_]+)": "(?:aware|classified|[a-z-]+)"', said))
    assert len(duties) > 10
    assert len(anchors) > 7
    assert duties <= VOCABULARY["duty"].keys()
    assert anchors - {"incident_handled"} <= VOCABULARY["anchor"].keys()  # it starts none


@pytest.mark.parametrize("state", get_args(ClockState))
def test_every_state_of_a_clock_has_a_phrase(state: str) -> None:
    """A dossier with such a clock could not be written."""
    assert f"state.{state}" in PHRASES


def test_a_moment_tells_day_and_zone() -> None:
    """A reader could not tell 02:30 summer time from 02:30 winter time."""
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    told = [Words("nl", ZONE).instant(first + timedelta(hours=count)) for count in (0, 1)]
    assert told == ["zo 25 okt 2026 02:30 CEST", "zo 25 okt 2026 02:30 CET"]
    exact = first + timedelta(seconds=17)
    assert Words("en", ZONE).instant(exact, exact=True) == "Sun 25 Oct 2026 02:30:17 CEST"


@pytest.mark.parametrize(
    ("value", "name", "told"),
    [
        ("phishing", "nature", "phishing"),
        ("wrong-recipient", "nature", "verkeerde ontvanger"),
        ("some-new-thing", "nature", "some new thing"),
        (("customers", "employees"), "subject_categories", "klanten, medewerkers"),
        ("significant", "severity", "aanzienlijk"),
        (True, "ongoing", "ja"),
        (None, "", "\N{EN DASH}"),
        (WITHHELD, "", "weggelaten"),
        ("person#0192000000007000800000000000000a", "", "weggelaten"),
        ("a\x00\u202eb", "", "a\ufffd\ufffdb"),
    ],
)
def test_values_are_said_in_words(value: object, name: str, told: str) -> None:
    """A regulator would read slugs, tokens, or a text that turns the page around."""
    assert Words("nl", ZONE).value(value, name) == told


def test_what_was_erased_is_said_to_be_erased() -> None:
    """Whoever may see everything would take what is gone for what is kept back."""
    assert Words("nl", ZONE, shows_words=True).value(WITHHELD) == "gewist"
    assert Words("en", ZONE, shows_words=True).value(WITHHELD) == "erased"


@pytest.mark.parametrize(
    ("language", "amount", "unit", "told"),
    [
        ("nl", 72, "hours", "72 uur"),
        ("nl", 1, "months", "1 maand"),
        ("en", 2, "working-days", "2 working days"),
    ],
)  # fmt: skip - one case a line
def test_amounts_are_said_in_words(language: Language, amount: int, unit: str, told: str) -> None:
    """A step would say "1 months"."""
    assert Words(language, ZONE).amount(amount, unit) == told
