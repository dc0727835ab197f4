"""How soon a processor must report a breach, by the agreement in force when it became aware.

Source: GDPR art. 28(3)(f) and 33(2): the law names no hours, agreements do.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from ledger.events.processing_agreements import AgreementFields, DpaAmended, DpaConcluded, DpaEnded
from ledger.ledger import Ledger
from ledger.opening import OpenedRecord
from ledger.store.query import RecordQuery
from projections.cases.breach import BreachCase
from projections.cases.reading import Moment
from projections.investigation.extent import corrected_among
from projections.kinds import kind_names

if TYPE_CHECKING:
    from uuid import UUID

_KINDS: Final = kind_names(DpaConcluded, DpaAmended, DpaEnded)
_PROCESSORS: Final = frozenset({"processor", "sub-processor"})


class AgreedTerm(NamedTuple):
    """From a moment on a processor must report so soon; `None`: no agreement says so any more."""

    since: datetime
    place: int
    """The index of the record that says so."""
    organisation: str
    within: timedelta | None


def agreed_terms(ledger: Ledger, moment: Moment) -> list[AgreedTerm]:
    """Every term that agreements gave by a moment, in the order in which they took effect.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    asked = RecordQuery(kinds=_KINDS, stop=moment.known_size)
    opened = list(ledger.open_records(ledger.log.find(asked)))
    if not opened:
        return []
    corrected = corrected_among(ledger, opened, moment.known_size)
    standing = [each for each in opened if each.stored.event_id not in corrected]
    changes = _changes(standing, moment.as_of)
    return sorted(changes, key=lambda term: (term.since, term.place))


def terms_of(terms: Sequence[AgreedTerm], breach: BreachCase) -> dict[str, timedelta]:
    """The terms in force when the processor of a breach became aware of it, by organisation."""
    starts = [each.at for each in breach.candidates if each.anchor == "processor-aware"]
    found: dict[str, timedelta] = {}
    for term in terms:
        if not starts or term.since > starts[0]:
            break
        if term.within is None:
            found.pop(term.organisation, None)
        else:
            found[term.organisation] = term.within
    return found


def _changes(opened: Iterable[OpenedRecord], until: datetime) -> Iterable[AgreedTerm]:
    parties: dict[UUID, set[str]] = {}
    for record in opened:
        event, index = record.event, record.stored.index
        if event is None or event.occurred_at > until:
            continue
        known = parties.setdefault(record.stored.stream, set())
        if isinstance(event, DpaEnded):
            ended = event.ended_at or event.occurred_at
            yield from (AgreedTerm(ended, index, name, None) for name in known)
        elif isinstance(event, AgreementFields):
            named = {
                party.organisation
                for party in event.parties
                if party.role in _PROCESSORS and party.organisation is not None
            }
            known |= named
            if event.breach_notice_within is None:
                continue
            since = event.valid_from or event.occurred_at
            for name in named or known:
                yield AgreedTerm(since, index, name, event.breach_notice_within)
                if event.valid_until is not None:
                    yield AgreedTerm(event.valid_until, index, name, None)
