"""How a case stands before a step: shown beside its form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from formats.breach_dossier.clock_blocks import duty_words
from formats.steps.words import StepWords
from ledger.ledger import Ledger
from ledger.units import Index
from projections.cases.breach import BreachCase
from projections.cases.breach_reading import read_breach
from projections.cases.clock import Clock
from projections.cases.reading import Step, moment_of
from projections.cases.subject_request import SubjectRequest
from projections.clocks import clocks, read_request, running
from service.page.steps.cases import BREACH, CaseAsked
from service.page.steps.told import Shown, ToldField, shown

_SHOWN_CLOCKS: Final = 3


@dataclass(frozen=True, slots=True)
class Due:
    """A clock that runs, in short."""

    duty: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as it stands now, by tokens."""

    facts: tuple[ToldField, ...] = ()
    due: tuple[Due, ...] = ()
    """What runs, the most urgent first."""
    known: tuple[tuple[ToldField, Index], ...] = ()
    """Each fact of a breach, with the record that said it last."""
    steps: tuple[Step, ...] = ()
    """Those that were not taken back, in the order of the world."""


def situation_of(ledger: Ledger, case: CaseAsked, zone: str, words: StepWords) -> Situation:
    """How a case stands; blocking.

    Args:
        ledger: The log.
        case: Which one; of a new one there is nothing to tell.
        zone: On whose dates terms run.
        words: In the language of the visitor.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    if case.stream is None:
        return Situation()
    moment = moment_of(ledger)
    found = list(running(clocks(ledger, moment, zone=zone, streams=[case.stream])))
    due = tuple(Due(_upper(duty_words(each, words.dossier)), each) for each in found)
    if case.kind is BREACH:
        breach = read_breach(ledger, case.stream, moment)
        known = tuple(_facts(breach, words))
        return Situation(_of_breach(breach, words), due[:_SHOWN_CLOCKS], known, breach.steps)
    request = read_request(ledger, case.stream, moment)
    return Situation(_of_request(request, words), due[:_SHOWN_CLOCKS], steps=request.steps)


def _of_breach(breach: BreachCase, words: StepWords) -> tuple[ToldField, ...]:
    say = words.dossier.say
    aware = (
        Shown("text", say("not_known"))
        if breach.aware_at is None
        else Shown("moment", at=breach.aware_at)
    )
    told = [
        ToldField(say("status"), (Shown("text", say(f"status.{breach.status}")),)),
        ToldField(say("aware_since"), (aware,)),
    ]
    if breach.risk is not None:
        told.append(ToldField(say("risk"), (Shown("text", say(f"risk.{breach.risk}")),)))
    if breach.notices_to("authority") and breach.open_items():
        items = tuple(
            Shown("text", words.dossier.listed("item", each)) for each in breach.open_items()
        )
        told.append(ToldField(words.label("open_items"), items))
    return _upper_all(told)


def _facts(breach: BreachCase, words: StepWords) -> Iterator[tuple[ToldField, Index]]:
    kind = "breach.facts_updated"
    for path, (value, index) in breach.facts.items():
        yield ToldField(words.label(path), tuple(shown(value, path, kind, words))), index


def _of_request(request: SubjectRequest, words: StepWords) -> tuple[ToldField, ...]:
    say = words.dossier.say
    told = [ToldField(say("status"), (Shown("text", words.outcome(request.outcome)),))]
    if request.received_at is not None:
        told.append(
            ToldField(words.label("received_at"), (Shown("moment", at=request.received_at),))
        )
    return _upper_all(told)


def _upper_all(told: Sequence[ToldField]) -> tuple[ToldField, ...]:
    return tuple(ToldField(_upper(each.label), each.values) for each in told)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
