"""Rules of every shape there is, with the sentences that tell them."""

from ledger.events.promise import (
    Condition,
    Limit,
    Measure,
    Need,
    Pairing,
    PromiseRule,
    Selector,
)

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


SHAPES = (
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
            "van een verzoek, binnen 1 maand, en vóór een afsluiting van een incident. Niet nodig "
            "na een intrekking van een verzoek. Na een verlenging van de termijn van een verzoek "
            "geldt de verlengde termijn. De termijn rust tijdens een bewaarplicht, niet beëindigd "
            "door een opheffing van een bewaarplicht."
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
            "break in for the same IP address, as one program counted them, in the N hours "
            "(setting window) before."
        ),
        (
            "Elke blokkade van een IP-adres vereist op dat moment minstens 2 maal een "
            "inbraakpoging voor hetzelfde IP-adres, zoals één programma ze telde, in de N uur "
            "(instelling window) ervoor."
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
)
"""A rule, and the rule in English and in Dutch."""
