"""Whether consent stood for one exchange: for this case, given before it, and covering it.

Each consent that the exchange could rest on is shown with everything that speaks against it, so
that "no" has a reason and "yes" has a record behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.errors import BadRequest
from ledger.events.consent import (
    ConsentExpired,
    ConsentFields,
    ConsentGiven,
    ConsentRenewed,
    ConsentWithdrawn,
)
from ledger.events.exchange import ExchangeFields, ExchangePerformed
from ledger.ledger import Ledger
from ledger.store.query import RecordQuery
from ledger.stored import StoredRecord
from ledger.units import Index, Size
from projections.investigation.extent import corrected_among
from projections.kinds import kind_names

_GIVEN: Final = kind_names(ConsentGiven, ConsentRenewed)
_ENDED: Final = kind_names(ConsentWithdrawn, ConsentExpired)
_PERFORMED: Final = kind_names(ExchangePerformed)
_NAMES_CONSENT: Final = b'"consent_id":'


@dataclass(frozen=True, slots=True)
class Weighed:
    """One consent that an exchange could rest on."""

    consent: str
    index: Index
    """Where it was given."""
    given_at: datetime
    form: str | None
    explicit: bool | None
    against: tuple[str, ...]
    """Why it does not cover the exchange; empty: it does."""
    rests_on: tuple[Index, ...]


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """An exchange with the consents that it could rest on."""

    index: Index
    exchange: ExchangeFields
    consents: tuple[Weighed, ...]

    @property
    def covering(self) -> tuple[Weighed, ...]:
        """Those that nothing speaks against."""
        return tuple(each for each in self.consents if not each.against)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the log says of consents and their use, without what was taken back."""

    given: Sequence[tuple[Index, ConsentFields]]
    ended: Sequence[tuple[Index, ConsentFields]]
    exchanges: Sequence[tuple[Index, ExchangeFields]]


def consents_for(ledger: Ledger, stored: StoredRecord, known_size: Size) -> ConsentAnswer:
    """The consents that one exchange could rest on, and what speaks against each.

    Could rest on: the one that it names, those for its case, those of its customer.

    Args:
        ledger: The log.
        stored: The record of the exchange.
        known_size: Only records below this index count.

    Raises:
        BadRequest: the record is no exchange.
        StoreUnavailable: the database cannot be used.
    """
    (opened,) = ledger.open_records([stored])
    exchange = opened.event
    if not isinstance(exchange, ExchangeFields):
        raise BadRequest(f"record {stored.index}: expected an exchange, found {stored.kind}")
    place = Index(stored.index)
    known = _known(ledger, known_size)
    weighed = [
        _weighed(place, exchange, consent, known)
        for consent in known.given
        if _may_concern(exchange, consent[1])
    ]
    weighed.sort(key=lambda each: (len(each.against), each.given_at, each.index))
    return ConsentAnswer(place, exchange, tuple(weighed))


def _known(ledger: Ledger, size: Size) -> _Known:
    asked = RecordQuery(kinds=_GIVEN | _ENDED | _PERFORMED, stop=size)
    rows = (row for row in ledger.log.find(asked) if _is_about_consent(row))
    opened = list(ledger.open_records(rows))
    corrected = corrected_among(ledger, opened, size)
    standing = [
        (Index(each.stored.index), each.stored.kind, each.event)
        for each in opened
        if each.stored.event_id not in corrected
    ]
    consents = [
        (index, kind, event) for index, kind, event in standing if isinstance(event, ConsentFields)
    ]
    return _Known(
        given=[(index, event) for index, kind, event in consents if kind in _GIVEN],
        ended=[(index, event) for index, kind, event in consents if kind in _ENDED],
        exchanges=[
            (index, event) for index, _, event in standing if isinstance(event, ExchangeFields)
        ],
    )


def _is_about_consent(row: StoredRecord) -> bool:
    """Whether it is a consent, or an exchange that names one: few of many, told without opening."""
    return row.kind not in _PERFORMED or _NAMES_CONSENT in row.sealed


def _may_concern(exchange: ExchangeFields, consent: ConsentFields) -> bool:
    return any(
        mine is not None and mine == theirs
        for mine, theirs in (
            (exchange.consent_id, consent.consent_id),
            (exchange.case_id, consent.case_id),
            (exchange.customer_id, consent.subject),
        )
    )


def _weighed(
    place: Index,
    exchange: ExchangeFields,
    given: tuple[Index, ConsentFields],
    known: _Known,
) -> Weighed:
    index, consent = given
    ends = [each for each in known.ended if each[1].consent_id == consent.consent_id]
    earlier = [each for each in ends if each[1].occurred_at <= exchange.occurred_at]
    # Renewed after it ended, a consent stands again.
    ended = [each for each in earlier if each[1].occurred_at >= consent.occurred_at]
    used = [
        each
        for each in known.exchanges
        if each[1].consent_id == consent.consent_id
        and each[0] != place
        and (each[1].occurred_at, each[0]) < (exchange.occurred_at, place)
        and consent.case_id is not None
    ]
    against = [
        *_about_time(exchange, consent),
        *(f"{_word(event)} by record {at}" for at, event in ended),
        *_about_case(exchange, consent),
        *_about_scope(exchange, consent),
        *(f"used before, by the exchange of record {at}" for at, _ in used),
    ]
    rests_on = (index, *(at for at, _ in ended), *(at for at, _ in used))
    return Weighed(
        consent.consent_id,
        index,
        consent.occurred_at,
        consent.form,
        consent.explicit,
        tuple(against),
        rests_on,
    )


def _about_time(exchange: ExchangeFields, consent: ConsentFields) -> Iterator[str]:
    begins = max(consent.occurred_at, consent.valid_from or consent.occurred_at)
    if begins >= exchange.occurred_at:
        yield "not given before the exchange"
    if consent.valid_until is not None and consent.valid_until <= exchange.occurred_at:
        yield "ran out before the exchange"


def _word(event: ConsentFields) -> str:
    return "withdrawn" if isinstance(event, ConsentWithdrawn) else "ended"


def _about_case(exchange: ExchangeFields, consent: ConsentFields) -> Iterator[str]:
    if exchange.case_id is None:
        if exchange.consent_id != consent.consent_id:
            yield "the exchange names no case"
    elif consent.case_id is None:
        yield "names no case"
    elif consent.case_id != exchange.case_id:
        yield "for another case"
    if exchange.consent_id not in {None, consent.consent_id}:
        yield "the exchange names another consent"


def _about_scope(exchange: ExchangeFields, consent: ConsentFields) -> Iterator[str]:
    scope = consent.scope
    if scope is None:
        return
    recipient = exchange.recipient.organisation if exchange.recipient else None
    if scope.recipients and recipient is not None and recipient not in scope.recipients:
        yield f"not for recipient {recipient}"
    if scope.purposes and exchange.purpose is not None and exchange.purpose not in scope.purposes:
        yield f"not for purpose {exchange.purpose}"
    sent = {*exchange.content_classes, *exchange.data_categories}
    if scope.data_categories and (beyond := sent - set(scope.data_categories)):
        yield f"not for {', '.join(sorted(beyond))}"
