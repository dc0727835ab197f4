"""Why a verdict is what it is can be read in both languages, without names of fields."""

import pytest

from formats.promise_report.reasons import need_kinds, reason_words
from ledger.events.promise import Need, PromiseRule, Reading, Selector
from tests.promise_stories import verdict


@pytest.mark.parametrize(
    ("reason", "english", "dutch"),
    [
        (
            "purpose is book-lending, sale",
            "the purpose is “book-lending”, “sale”",
            "het doel is “book-lending”, “sale”",
        ),
        (
            "content_classes is report",
            "the kinds of content are “report”",
            "de soorten inhoud zijn “report”",
        ),
        ("ticket is missing", "the ticket number is missing", "het ticketnummer ontbreekt"),
        (
            "the event gives no recipient.role nor customer_id",
            "the event does not tell: role of the recipient or customer",
            "de gebeurtenis vermeldt niet: rol van de ontvanger of klant",
        ),
        (
            "no consent-for-this-case on record that fits",
            "no “consent for this case” on record that fits",
            "geen passende “consent for this case” vastgelegd",
        ),
        (
            "no consent.given on record at that moment; the event gives no purpose",
            "no consent on record at that moment; the event does not tell: purpose",
            "op dat moment geen toestemming vastgelegd; de gebeurtenis vermeldt niet: doel",
        ),
        (
            "1 of 2 attempts on record at that moment, as one program told",
            "1 of 2 on record at that moment, as one program told: “attempts”",
            "op dat moment stonden er volgens één programma 1 van de 2 vast: “attempts”",
        ),
        (
            "done too late (record 13)",
            "done too late (record 13)",
            "te laat gedaan (gebeurtenis 13)",
        ),
        ("it took 3661 seconds", "it took 1 h 1 min", "het duurde 1 u 1 min"),
        (
            "parameter days is not set",
            "the setting days is not set",
            "de instelling days is niet ingesteld",
        ),
        (
            "gold is not declared connected from 2026-01-05 09:00 UTC until 2026-01-07 09:00 UTC",
            "gold is not declared connected from 2026-01-05 09:00 until 2026-01-07 09:00 UTC",
            "gold is niet als aangesloten opgegeven van 2026-01-05 09:00 tot 2026-01-07 09:00 UTC",
        ),
        (
            "not checked from 2026-01-05 09:00 UTC until 2026-01-07 09:00 UTC: waived by record 8",
            "not checked from 2026-01-05 09:00 until 2026-01-07 09:00 UTC: waived by record 8",
            (
                "niet getoetst van 2026-01-05 09:00 tot 2026-01-07 09:00 UTC: "
                "ontheven door gebeurtenis 8"
            ),
        ),
        (
            "not checked from 2026-01-05 09:00 UTC: waived by record 8",
            "not checked from 2026-01-05 09:00 UTC on: waived by record 8",
            "niet getoetst vanaf 2026-01-05 09:00 UTC: ontheven door gebeurtenis 8",
        ),
        (
            "take back record 8, and what happened meanwhile is judged",
            "take back record 8, and what happened meanwhile is judged",
            "neem gebeurtenis 8 terug, dan wordt getoetst wat intussen gebeurde",
        ),
        (
            "set it: zegel policy set NXT-05 days=VALUE --reason 'a; b'",
            "set it: zegel policy set NXT-05 days=VALUE --reason 'a; b'",
            "stel in: zegel policy set NXT-05 days=VALUE --reason 'a; b'",
        ),
        (
            "a sentence; of {another} shape",
            "a sentence; of {another} shape",
            "a sentence; of {another} shape",
        ),
        ("", "", ""),
    ],
)
def test_a_reason_is_told_in_both_languages(reason: str, english: str, dutch: str) -> None:
    """A DPO would read names of fields, or English on a Dutch page."""
    assert reason_words(reason, "en") == english
    assert reason_words(reason, "nl") == dutch


def test_dutch_tells_the_kind_behind_an_english_name() -> None:
    """A Dutch reader would meet a name that only the maker of the rule knows."""
    told = reason_words(
        "no for-this-case on record that fits", "nl", {"for-this-case": "consent.given"}
    )
    assert told == "geen passende toestemming “for this case” vastgelegd"


def test_the_kinds_behind_names_come_from_the_rules() -> None:
    """A name would be told with the kind of another need."""
    need = Need(role="required", name="agreed", opens=(Selector(kinds=("dpa.concluded",)),))
    rule = PromiseRule(rule_kind="only-if", needs=(need,))
    found = verdict(rules=(rule,), readings=(Reading(name="strict", rules=(rule,)),))
    assert need_kinds(found) == {"agreed": "dpa.concluded"}
