"""Reads a breach from a log, once: its state, its clocks, and what is around it."""

from uuid import UUID

from formats.breach_dossier.subject import BreachSubject
from ledger.ledger import Ledger
from ledger.reading import Opening
from projections.cases.breach_reading import breach_of
from projections.cases.reading import Moment, read_cases, with_linked
from projections.clocks import clocks_of
from projections.investigation.timeline import Looking, timeline_of


def read_subject(
    ledger: Ledger,
    stream: UUID,
    moment: Moment,
    *,
    name: str,
    zone: str,
    opening: Opening | None = None,
    looking: Looking | None = None,
) -> BreachSubject:
    """A breach with its clocks and its timeline, as it stood at a moment.

    Args:
        ledger: The log.
        stream: Of the breach.
        moment: As of when, and by what was known.
        name: The case as people call it.
        zone: The zone of the duty-bearer, on whose local dates terms run.
        opening: The recorded reading that lets people and words be told.
        looking: How closely what is around it is looked at.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    streams = with_linked(ledger, moment, [stream])
    by_tokens = read_cases(ledger, moment, streams=streams, corrected=True)
    cases = by_tokens
    if opening is not None:
        cases = read_cases(ledger, moment, streams=streams, identities=opening, corrected=True)
    by_stream = {case.stream: case for case in cases}
    # What is around a case is found by the tokens of the people that its steps name.
    timeline = timeline_of(ledger, stream, by_tokens, moment, looking or Looking())
    return BreachSubject(
        stream=stream,
        name=name,
        moment=moment,
        case=breach_of(by_stream.get(stream), by_stream),
        clocks=tuple(clocks_of(ledger, moment, by_tokens, by_tokens, zone=zone)),
        timeline=timeline,
        shows_words=opening is not None,
    )
