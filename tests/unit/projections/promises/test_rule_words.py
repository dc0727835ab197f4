"""A rule in words says what the rule checks, in both languages, for every shape there is."""

from collections.abc import Iterator

import pytest

from ledger.events.promise import (
    Condition,
    Limit,
    Measure,
    Need,
    Pairing,
    PromiseRule,
    Reading,
    Selector,
)
from projections.promises.answers import ParameterInForce
from projections.promises.rule_nouns import LANGUAGES, Language, field_noun, kind_noun
from projections.promises.rule_words import coverage_words, promise_words, rule_words
from tests.promises.judging import STATEMENTS, statement_file

EXCHANGE = (Selector(kinds=("exchange.performed",)),)
PURPOSE = Condition(field="purpose", test="equals", values=("sale",))


def answer(kind: str, *pairs: Pairing) -> Need:
    """A need that answers a duty."""
    return Need(role="answer", opens=(Selector(kinds=(kind,)),), pairs=pairs)


DEADLINE = PromiseRule(
    rule_kind="deadline",
    for_each=(Selector(kinds=("contract.ended",), at="ended_at"),),
    needs=(
        Need(
            role="answer",
            opens=(
                Selector(
                    kinds=("data.deleted",),
                    where=(Condition(field="scope", test="equals", values=("customer-file",)),),
                ),
            ),
            pairs=(Pairing(field="customer_id"),),
        ),
    ),
    within=Limit(rule="rag-03"),
)


@pytest.mark.parametrize(
    ("rule", "english", "dutch"),
    [
        (
            DEADLINE,
            (
                "After every end of a contract (counted from the end): a deletion of data that names "
                "“customer-file” as scope, for the same customer, within 14 working days (rule "
                "rag-03)."
            ),
            (
                "Na elk einde van een overeenkomst (gerekend vanaf het einde): een verwijdering van "
                "gegevens die “customer-file” als reikwijdte noemt, voor dezelfde klant, binnen 14 "
                "werkdagen (regel rag-03)."
            ),
        ),
        (
            PromiseRule(
                rule_kind="deadline",
                for_each=(Selector(kinds=("dsr.received.v1",)),),
                needs=(
                    answer("dsr.fulfilled"),
                    answer("dsr.refused"),
                    Need(role="excuse", opens=(Selector(kinds=("dsr.withdrawn",)),)),
                    Need(role="extension", opens=(Selector(kinds=("dsr.extended",)),)),
                    Need(
                        role="hold",
                        opens=(Selector(kinds=("legal_hold.placed",)),),
                        closes=(Selector(kinds=("legal_hold.released",)),),
                    ),
                    Need(role="end", opens=(Selector(kinds=("incident.closed",)),)),
                ),
                within=Limit(amount=1, unit="months"),
            ),
            (
                "After every request of a data subject: a fulfilment of a request or a refusal of a "
                "request, within 1 month, and before a closing of an incident. Not needed after a "
                "withdrawal of a request. After an extension of the term of a request, the extended "
                "term counts instead. The term is suspended during a legal hold, not ended by a "
                "release of a legal hold."
            ),
            (
                "Na elk verzoek van een betrokkene: een inwilliging van een verzoek of een weigering "
                "van een verzoek, binnen 1 maand, en vóór een afsluiting van een incident. Niet "
                "nodig na een intrekking van een verzoek. Na een verlenging van de termijn van een "
                "verzoek geldt de verlengde termijn. De termijn rust tijdens een bewaarplicht, niet "
                "beëindigd door een opheffing van een bewaarplicht."
            ),
        ),
        (
            PromiseRule(
                rule_kind="deadline",
                for_each=(Selector(kinds=("data.stored",)),),
                needs=(
                    answer("data.deleted"),
                    Need(role="term", opens=(Selector(kinds=("retention.rule_set",)),)),
                    Need(
                        role="extension",
                        opens=(Selector(kinds=("dsr.extended",)),),
                        within=Limit(amount=3, unit="months"),
                    ),
                ),
            ),
            (
                "After every storage of data: a deletion of data, within the term of a retention "
                "rule. After an extension of the term of a request, 3 months counts instead."
            ),
            (
                "Na elke opslag van gegevens: een verwijdering van gegevens, binnen de termijn van "
                "een bewaartermijn. Na een verlenging van de termijn van een verzoek geldt 3 maanden."
            ),
        ),
        (
            PromiseRule(
                rule_kind="never",
                for_each=EXCHANGE,
                where=(PURPOSE, Condition(field="encrypted", test="equals", values=(False,))),
                unless=(Condition(field="legal_basis", test="in", values=("consent", "contract")),),
                told_by=("purpose", "recipient"),
            ),
            (
                "No exchange of data names “sale” as purpose or says no to “encrypted”. Exempt: what "
                "names only “consent” or “contract” as legal basis. Cannot be judged where this is "
                "missing: purpose or recipient."
            ),
            (
                "Geen uitwisseling van gegevens noemt “sale” als doel of zegt nee bij “versleuteld”. "
                "Uitgezonderd: wat alleen “consent” of “contract” als wettelijke grondslag noemt. "
                "Niet te beoordelen waar dit ontbreekt: doel of ontvanger."
            ),
        ),
        (
            PromiseRule(
                rule_kind="never",
                for_each=(Selector(kinds=("access.used",), where=(PURPOSE,)),),
            ),
            "Forbidden is every use of access that names “sale” as purpose.",
            "Verboden is elk gebruik van toegang dat “sale” als doel noemt.",
        ),
        (
            PromiseRule(
                rule_kind="never",
                for_each=EXCHANGE,
                where=(
                    Condition(field="ticket", test="absent"),
                    Condition(field="purpose", test="not-in", values=("repair",)),
                ),
            ),
            "Every exchange of data names the ticket number and names “repair” as purpose.",
            "Elke uitwisseling van gegevens noemt het ticketnummer en noemt “repair” als doel.",
        ),
        (
            PromiseRule(
                rule_kind="subset",
                for_each=(Selector(kinds=("file.received", "file.delivered"), where=(PURPOSE,)),),
                where=(
                    Condition(field="recipient.role", test="any-in", values=("user", "public")),
                    Condition(field="size_bytes", test="at-most", values=(4_000_000,)),
                    Condition(field="attempts", test="at-least", parameter="attempts"),
                    Condition(field="ticket", test="absent"),
                    Condition(field="ticket", test="present"),
                ),
            ),
            (
                "Every receipt of a file or every delivery of a file that names “sale” as purpose "
                "names among others “user” or “public” as role of the recipient, has a size in bytes "
                "of at most 4,000,000, has a number of attempts of at least N (setting attempts), "
                "does not name the ticket number and names the ticket number."
            ),
            (
                "Elke ontvangst van een bestand of elke aflevering van een bestand die “sale” als "
                "doel noemt, noemt onder meer “user” of “public” als rol van de ontvanger, heeft een "
                "omvang in bytes van hoogstens 4.000.000, heeft een aantal pogingen van minstens N "
                "(instelling attempts), noemt het ticketnummer niet en noemt het ticketnummer."
            ),
        ),
        (
            PromiseRule(
                rule_kind="only-if",
                for_each=EXCHANGE,
                needs=(
                    Need(
                        role="required",
                        opens=(Selector(kinds=("consent.given",)),),
                        closes=(Selector(kinds=("consent.withdrawn",)),),
                        pairs=(
                            Pairing(field="case_id"),
                            Pairing(field="data_categories", test="within", silence_fits=True),
                            Pairing(field="recipient.organisation", of="scope.recipients"),
                            Pairing(field="actor", of="grantee"),
                        ),
                        once=True,
                    ),
                    Need(
                        role="required",
                        opens=(Selector(kinds=("dpa.concluded",)),),
                        within=Limit(amount=7, unit="days"),
                    ),
                    Need(
                        role="forbidden",
                        opens=(Selector(kinds=("identity.status_changed",)),),
                        pairs=(Pairing(field="actor", of="person"),),
                    ),
                ),
            ),
            (
                "Every exchange of data needs at that moment a consent for the same case, covering "
                "the kinds of data (if it names any), with the recipient among the recipients of the "
                "scope, with the actor as grantee, used for this one alone, not ended by a withdrawal "
                "of consent; or a processing agreement, begun at least 7 days before. It may not be "
                "if by then there is a change of an account with the actor as person."
            ),
            (
                "Elke uitwisseling van gegevens vereist op dat moment een toestemming voor hetzelfde "
                "geval, met daarin de soorten gegevens (als die er een noemt), met de ontvanger bij "
                "de ontvangers van de reikwijdte, met de uitvoerder als gebruiker met toegang, alleen "
                "hiervoor gebruikt, niet beëindigd door een intrekking van toestemming; of een "
                "verwerkersovereenkomst, minstens 7 dagen eerder begonnen. Het mag niet als dan "
                "geldt: een wijziging van een account met de uitvoerder als persoon."
            ),
        ),
        (
            PromiseRule(
                rule_kind="only-if",
                for_each=(Selector(kinds=("access.used",)),),
                needs=(Need(role="forbidden", opens=(Selector(kinds=("access.revoked",)),)),),
            ),
            "No use of access if by then there is a withdrawal of access.",
            "Geen gebruik van toegang als dan geldt: een intrekking van toegang.",
        ),
        (
            PromiseRule(
                rule_kind="only-if",
                for_each=(Selector(kinds=("ip.blocked",)),),
                needs=(
                    Need(
                        role="required",
                        opens=(Selector(kinds=("intrusion.attempt_detected",)),),
                        pairs=(Pairing(field="ip"),),
                        at_least=2,
                        lasting=Limit(parameter="window", unit="hours"),
                    ),
                ),
            ),
            (
                "Every block of an IP address needs at that moment at least 2 times an attempt to "
                "break in for the same IP address, in the N hours (setting window) before."
            ),
            (
                "Elke blokkade van een IP-adres vereist op dat moment minstens 2 maal een "
                "inbraakpoging voor hetzelfde IP-adres, in de N uur (instelling window) ervoor."
            ),
        ),
        (
            PromiseRule(
                rule_kind="interval-state",
                needs=(Need(role="state", opens=(Selector(kinds=("measure.declared",)),)),),
            ),
            "There is at all times a measure.",
            "Er geldt zonder onderbreking een maatregel.",
        ),
        (
            PromiseRule(
                rule_kind="metric",
                for_each=(Selector(kinds=("file.processed",)),),
                measure=Measure(of="elapsed"),
                needs=(answer("data.deleted", Pairing(field="file_id")),),
            ),
            (
                "Measured: the time from every processing of a file to a deletion of data for the "
                "same file; there is no limit."
            ),
            (
                "Gemeten: de tijd van elke verwerking van een bestand tot een verwijdering van "
                "gegevens voor hetzelfde bestand; er is geen grens."
            ),
        ),
        (
            PromiseRule(
                rule_kind="metric",
                for_each=(Selector(kinds=("access.used",)),),
                measure=Measure(
                    of="distinct",
                    field="actor",
                    group="customer_id",
                    per="year",
                    limit=Limit(amount=3, unit="people"),
                ),
            ),
            (
                "Counted: the different values of the actor, over every use of access, for each "
                "customer, in each year; at most 3 people."
            ),
            (
                "Geteld: de verschillende waarden van de uitvoerder, over elk gebruik van toegang, "
                "per klant, per jaar; hoogstens 3 personen."
            ),
        ),
        (
            PromiseRule(
                rule_kind="metric",
                for_each=(Selector(kinds=("contact.performed",)),),
                measure=Measure(of="events", per="month", limit=Limit(amount=4, unit="events")),
            ),
            "Counted: every contact, in each calendar month; at most 4.",
            "Geteld: elk contact, per kalendermaand; hoogstens 4.",
        ),
        (
            PromiseRule(
                rule_kind="metric",
                for_each=EXCHANGE,
                measure=Measure(of="field", field="size_bytes"),
            ),
            "Measured: the size in bytes of every exchange of data; there is no limit.",
            "Gemeten: de omvang in bytes van elke uitwisseling van gegevens; er is geen grens.",
        ),
    ],
)
def test_each_shape_of_rule_has_its_sentence(rule: PromiseRule, english: str, dutch: str) -> None:
    """A DPO would read another promise than the machine checks."""
    assert rule_words(rule, "en") == english
    assert rule_words(rule, "nl") == dutch


def hours_rule() -> PromiseRule:
    """A deadline whose hours are a parameter."""
    return PromiseRule(
        rule_kind="deadline",
        for_each=(Selector(kinds=("breach.suspected",)),),
        needs=(answer("breach.authority_notified"),),
        within=Limit(parameter="hours", unit="hours"),
    )


@pytest.mark.parametrize(
    ("settings", "english"),
    [
        (None, "within N hours (setting hours)."),
        ({}, "within N hours (setting hours, not set)."),
        ({"hours": ParameterInForce(name="hours")}, "within N hours (setting hours, not set)."),
        ({"hours": ParameterInForce(name="hours", value=1)}, "within 1 hour (setting hours)."),
        (
            {"hours": ParameterInForce(name="hours", value=2, unit="days")},
            "within 2 days (setting hours).",
        ),
        (
            {"hours": ParameterInForce(name="hours", value=("soon", "at-once"))},
            "within “soon” or “at-once” (setting hours).",
        ),
    ],
)
def test_a_parameter_is_told_with_its_value(
    settings: dict[str, ParameterInForce] | None, english: str
) -> None:
    """A reader would not see which number was set, or that none was."""
    assert rule_words(hours_rule(), "en", settings).endswith(english)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("gdpr-12-3", "1 month (rule gdpr-12-3)"),
        ("nxt-10", "24 hours (rule nxt-10)"),
        ("gdpr-34", "the term of rule gdpr-34"),
        ("no-such", "the term of rule no-such"),
    ],
)
def test_a_rule_of_the_book_is_told_with_its_period(rule: str, told: str) -> None:
    """A reader would have to look up a name to learn how long a term is."""
    found = PromiseRule(
        rule_kind="deadline",
        for_each=EXCHANGE,
        needs=(answer("data.deleted"),),
        within=Limit(rule=rule),
    )
    assert rule_words(found, "en") == (
        f"After every exchange of data: a deletion of data, within {told}."
    )


def test_what_has_no_words_is_told_by_its_name() -> None:
    """A new kind or field would stop every explanation."""
    assert kind_noun("moon.landed.v2", "en").form("every") == "every event moon.landed"
    assert kind_noun("moon.landed", "nl").form("a") == "een gebeurtenis moon.landed"
    assert field_noun("lunar_dust.grain", "en").words == "grain of the lunar dust"


def test_coverage_is_told_only_where_it_is_needed() -> None:
    """A promise would seem kept without its source, or seem to need one that it does not."""
    assert coverage_words((), "en") == ""
    assert coverage_words(("gold", "web"), "en") == (
        "Counts as kept only while gold and web is declared connected."
    )


def test_every_part_is_told_in_its_order() -> None:
    """A promise of several parts would lose one of them."""
    told = promise_words((DEADLINE, hours_rule()), "nl")
    assert [each.split(" (")[0].split(":")[0] for each in told] == [
        "Na elk einde van een overeenkomst",
        "Na elk vermoeden van een datalek",
    ]


def shipped_rules() -> Iterator[tuple[str, PromiseRule | Reading]]:
    """Every rule of the shipped statement files, with the promise that it is a part of."""
    for path in sorted(STATEMENTS.glob("*.yaml")):
        for entry in statement_file(path.stem).promises:
            yield from ((entry.id, rule) for rule in entry.rules)
            yield from ((entry.id, rule) for each in entry.readings for rule in each.rules)


def used(rule: PromiseRule) -> Iterator[str]:
    """Every kind and field that a rule names."""
    selectors = [*rule.for_each]
    for need in rule.needs:
        selectors += [*need.opens, *need.closes]
        yield from (name for pair in need.pairs for name in (pair.field, pair.of) if name)
    for selector in selectors:
        yield from selector.kinds
        yield from (condition.field for condition in selector.where)
    yield from (condition.field for condition in (*rule.where, *rule.unless))
    yield from rule.told_by


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_rule_reads_as_a_sentence(language: Language) -> None:
    """A shipped promise would be told in field names, or not at all."""
    rules = list(shipped_rules())
    assert len({name for name, _ in rules}) >= 60
    for name, rule in rules:
        assert isinstance(rule, PromiseRule)
        told = rule_words(rule, language)
        assert told.endswith("."), name
        assert told[0].isupper(), name
        assert "_" not in told.replace("data_", ""), (name, told)
        assert "  " not in told, (name, told)
        for word in used(rule):
            if "_" in word or "." in word:
                assert f" {word} " not in told, (name, word)
