"""Breaches read from a log, with the signals of the incidents that they are linked with."""

from collections.abc import Mapping
from uuid import UUID

from ledger.ledger import Ledger
from ledger.reading import Opening
from projections.cases.breach import BreachCase, fold_breach
from projections.cases.reading import CaseSteps, Moment, Step, read_cases, with_linked


def read_breach(
    ledger: Ledger,
    stream: UUID,
    moment: Moment,
    *,
    identities: Opening | None = None,
    without: UUID | None = None,
) -> BreachCase:
    """One breach as it stood at a moment; one that had no step by then is an empty case.

    Args:
        ledger: The log.
        stream: Of the breach.
        moment: Which steps count.
        identities: The recorded reading that lets people and words be shown.
        without: A step by its event id, as if it had been taken back.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    streams = with_linked(ledger, moment, [stream])
    cases = read_cases(ledger, moment, streams=streams, identities=identities, corrected=True)
    by_stream = {case.stream: case.without(without) for case in cases}
    return breach_of(by_stream.get(stream), by_stream)


def read_breaches(
    ledger: Ledger, moment: Moment, *, identities: Opening | None = None
) -> list[tuple[UUID, BreachCase]]:
    """Every breach of a log with its stream, in the order in which they began.

    One whose every step was taken back was never there: it is none.
    """
    kinds = {"breach", "incident"}
    cases = read_cases(ledger, moment, case_kinds=kinds, identities=identities, corrected=True)
    by_stream = {case.stream: case for case in cases}
    return [
        (case.stream, breach_of(case, by_stream))
        for case in cases
        if case.case_kind == "breach" and case.stands
    ]


def breach_of(case: CaseSteps | None, by_stream: Mapping[UUID, CaseSteps]) -> BreachCase:
    """One breach of cases that were read with the steps that were taken back.

    Args:
        case: The breach; `None` for one that had no step yet.
        by_stream: All that were read, of which the incidents that it is linked with give signals.
    """
    if case is None:
        return fold_breach(())
    signals: list[Step] = []
    for linked in sorted(case.linked):
        if linked in by_stream and by_stream[linked].case_kind == "incident":
            signals += by_stream[linked].steps
    return fold_breach(case.steps, sorted(signals, key=_place))


def _place(step: Step) -> tuple[float, int]:
    return step.event.occurred_at.timestamp(), step.index
