"""The answers of the form of the Dutch authority, in its order, from the records of a breach.

A question that no record answers says that it is not yet known. The sections are those of the
published questionnaire; the questions are in our words.

Source: Autoriteit Persoonsgegevens, Meldformulier datalekken (sections 0 to 9).
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from formats.breach_dossier.notice_blocks import processor_of
from formats.breach_dossier.subject import BreachSubject
from formats.breach_dossier.words import Words
from formats.subject_copy.words import LANGUAGES
from ledger.events.breach_notices import BreachAuthorityNotified, BreachSubjectsNotified
from projections.cases.breach import notified_at

Answer = Callable[[BreachSubject, Words], str | None]


class Question(NamedTuple):
    """One question of the form, in Dutch and English, and where its answer stands."""

    section: str
    nl: str
    en: str
    answer: Answer


class Answered(NamedTuple):
    """A question with its answer; `None` where it is not yet known."""

    section: str
    question: str
    answer: str | None


def answers(subject: BreachSubject, words: Words) -> Iterator[Answered]:
    """Every question with its answer, in the order of the form."""
    place = LANGUAGES.index(words.language)
    for question in _QUESTIONS:
        section = _SECTIONS[question.section][place]
        asked = (question.nl, question.en)[place]
        yield Answered(section, asked, question.answer(subject, words))


def _fact(name: str) -> Answer:
    def found(subject: BreachSubject, words: Words) -> str | None:
        if name not in subject.case.facts:
            return None
        return words.value(subject.case.facts[name][0], name)

    return found


def _kind_of_report(subject: BreachSubject, words: Words) -> str | None:
    told = subject.case.notices_to("authority")
    if not told:
        return None
    last = told[-1].event
    if not isinstance(last, BreachAuthorityNotified):
        return None
    kind = words.listed("notice", last.notice_kind)
    return f"{kind} ({words.instant(notified_at(told[-1]))})"


def _complete(subject: BreachSubject, words: Words) -> str | None:
    if not subject.case.notices_to("authority"):
        return None
    items = subject.case.open_items()
    if not items:
        return words.say("open_items.none")
    return words.say("open_items.some", items=words.listed_all("item", items))


def _reference(subject: BreachSubject, words: Words) -> str | None:
    for step in subject.case.notices_to("authority"):
        event = step.event
        if isinstance(event, BreachAuthorityNotified) and event.reference is not None:
            shown = words.shows_words
            return words.value(event.reference) if shown else words.say("words_left_out")
    return None


def _discovered(subject: BreachSubject, words: Words) -> str | None:
    return None if subject.case.aware_at is None else words.instant(subject.case.aware_at)


def _signalled(subject: BreachSubject, words: Words) -> str | None:
    first = next(
        (each for each in subject.case.candidates if each.anchor in {"first-signal", "suspected"}),
        None,
    )
    return None if first is None else words.instant(first.at)


def _reasons_for_delay(subject: BreachSubject, words: Words) -> str | None:
    for step in subject.case.notices_to("authority"):
        event = step.event
        if isinstance(event, BreachAuthorityNotified) and event.reasons_for_delay is not None:
            return words.value(event.reasons_for_delay)
    late = any(
        clock.rule_id == "gdpr-33-1" and clock.start.leads and clock.state in {"late", "overdue"}
        for clock in subject.clocks
    )
    return None if late else words.say("none")


def _summary(subject: BreachSubject, words: Words) -> str | None:
    said = subject.case.facts.get("summary", (None, 0))[0]
    if said is None and subject.case.suspicion is not None:
        said = getattr(subject.case.suspicion.event, "summary", None)
    return None if said is None else words.value(said)


def _aspects(subject: BreachSubject, words: Words) -> str | None:
    names = ("confidentiality", "integrity", "availability")
    known = [name for name in names if name in subject.case.facts]
    if not known:
        return None
    return ", ".join(
        f"{words.field(name)}: {words.value(subject.case.facts[name][0])}" for name in known
    )


def _people(subject: BreachSubject, words: Words) -> str | None:
    facts = subject.case.facts
    least, most = (facts.get(f"subjects_{end}", (None, 0))[0] for end in ("minimum", "maximum"))
    return words.between(least, most)


def _told_people(subject: BreachSubject, words: Words) -> str | None:
    told = subject.case.notices_to("subjects")
    if told and isinstance(told[0].event, BreachSubjectsNotified):
        event = told[0].event
        parts = [words.instant(notified_at(told[0])), words.listed("notice", event.manner)]
        if event.count is not None:
            parts.append(words.say("people_count", count=event.count))
        return ", ".join(parts)
    decided = subject.case.decisions.get("subjects")
    if decided is None:
        return None
    if getattr(decided.event, "notify", False):
        return words.say("not_yet")
    ground = getattr(decided.event, "ground", None)
    told_ground = words.say("why.no_ground") if ground is None else words.listed("ground", ground)
    return f"{words.say('decision.no')}: {told_ground}"


def _measures(subject: BreachSubject, words: Words) -> str | None:
    taken = [getattr(step.event, "measure", None) or "" for step in subject.case.measures]
    return words.value([each for each in taken if each], "measure") if any(taken) else None


def _processor(subject: BreachSubject, words: Words) -> str | None:
    said = processor_of(subject)
    return None if said is None else words.value(said)


def _severity(subject: BreachSubject, words: Words) -> str | None:
    risk = subject.case.risk
    return None if risk is None else words.say(f"risk.{risk}")


def _unknown(_subject: BreachSubject, _words: Words) -> str | None:
    return None


_SECTIONS: Final = {
    "0": ("0. Over deze melding", "0. About this report"),
    "1": ("1. Contactgegevens", "1. Contacts"),
    "2": ("2. Tijdlijn", "2. Timeline"),
    "3": ("3. Het datalek", "3. The breach"),
    "4": ("4. De persoonsgegevens", "4. The personal data"),
    "5": ("5. De betrokkenen", "5. The people concerned"),
    "6": ("6. Maatregelen vooraf", "6. Measures before"),
    "7": ("7. Gevolgen", "7. Consequences"),
    "8": ("8. Vervolgacties", "8. Follow-up"),
    "9": ("9. Overig", "9. Other"),
}
_QUESTIONS: Final = (
    Question(
        "0",
        "Nieuw, aanvulling, wijziging of intrekking",
        "New, supplement, change or withdrawal",
        _kind_of_report,
    ),
    Question("0", "Nummer van de melding", "Number of the report", _reference),
    Question("0", "Voorlopig of volledig", "Preliminary or complete", _complete),
    Question(
        "1", "Organisatie, KvK-nummer, sector", "Organisation, register number, sector", _unknown
    ),
    Question("1", "Melder en contactpersoon of FG", "Reporter and contact or DPO", _unknown),
    Question(
        "1",
        "Andere betrokken organisaties (verwerker)",
        "Other organisations involved (processor)",
        _processor,
    ),
    Question("2", "Eerste signaal of vermoeden", "First signal or suspicion", _signalled),
    Question("2", "Ontdekt (bekend sinds)", "Discovered (aware since)", _discovered),
    Question("2", "Begin van het datalek", "Start of the breach", _fact("started_at")),
    Question("2", "Einde van het datalek", "End of the breach", _fact("ended_at")),
    Question("2", "Duurt het voort", "Still ongoing", _fact("ongoing")),
    Question(
        "2",
        "Reden als het later is dan 72 uur",
        "Reason if later than 72 hours",
        _reasons_for_delay,
    ),
    Question("3", "Samenvatting", "Summary", _summary),
    Question(
        "3",
        "Vertrouwelijkheid, integriteit, beschikbaarheid",
        "Confidentiality, integrity, availability",
        _aspects,
    ),
    Question("3", "Aard van het incident", "Nature of the incident", _fact("nature")),
    Question("3", "Oorzaak", "Cause", _fact("cause")),
    Question("4", "Bijzondere gegevens", "Special categories", _fact("special_categories")),
    Question("4", "Aantal gegevensrecords", "Number of data records", _fact("records")),
    Question("5", "Groepen", "Groups", _fact("subject_categories")),
    Question(
        "5", "Aantal mensen (minimum en maximum)", "Number of people (minimum and maximum)", _people
    ),
    Question("5", "Kwetsbare groepen", "Vulnerable groups", _fact("vulnerable_groups")),
    Question(
        "6",
        "Onbegrijpelijk gemaakt (versleuteld, gehasht)",
        "Made unintelligible (encrypted, hashed)",
        _fact("unintelligible"),
    ),
    Question(
        "6", "Maatregelen die er al waren", "Measures that were in place", _fact("measures_before")
    ),
    Question(
        "7", "Gevolgen voor de betrokkenen", "Consequences for the people", _fact("consequences")
    ),
    Question("7", "Schatting van de ernst", "Estimate of the severity", _fact("severity")),
    Question("7", "Risico volgens de beoordeling", "Risk by the assessment", _severity),
    Question(
        "8",
        "Betrokkenen ingelicht: wanneer, hoe, hoeveel, of waarom niet",
        "People told: when, how, how many, or why not",
        _told_people,
    ),
    Question("8", "Genomen maatregelen", "Measures taken", _measures),
    Question("8", "Grensoverschrijdend", "Cross-border", _fact("cross_border")),
    Question("8", "Landen", "Countries", _fact("countries")),
    Question("9", "Overige opmerkingen", "Other remarks", _unknown),
)  # fmt: skip - one question a line
