"""What a visitor asks of a breach: which one, at which moment, how closely."""

from typing import Final, get_args

from formats.breach_dossier.words import Words
from formats.typed_times import TimeReader, read_time
from ledger.errors import BadRequest
from ledger.reading import Opening
from projections.investigation.timeline import Order, Window
from service.page.breaches.case import AskedCase, Case, read_case, told_case
from service.page.breaches.changes import Changes, changes_of
from service.page.views.asked import Asked, Seen, seen
from service.page.visit import Visit

WINDOW: Final = ("since", "until")


def window_of(visit: Visit, asked: Asked) -> Window:
    """From when until when is looked at closely.

    Raises:
        BadRequest: one of them is no time, or the window ends before it begins.
    """
    reader = TimeReader(visit.context.ledger.clock(), visit.zone)
    since, until = (read_time(reader, asked.filter(name), name) for name in WINDOW)
    if since is not None and until is not None and until <= since:
        raise BadRequest("until: expected a moment after `since`, found one that is not")
    return since, until


def order_of(asked: Asked) -> Order:
    """In which order the timeline is told.

    Raises:
        BadRequest: it is another word.
    """
    typed = asked.filter("order") or "occurred"
    for each in get_args(Order):
        if each == typed:
            order: Order = each
            return order
    raise BadRequest(f"order: expected one of {', '.join(get_args(Order))}, found another")


def case_at(
    visit: Visit,
    name: str,
    asked: Asked,
    opening: Opening | None = None,
    *,
    window: Window = (None, None),
    order: Order = "occurred",
) -> tuple[Seen, Case]:
    """One breach as it stood at the moment that is asked about; blocking.

    Args:
        visit: Who asks.
        name: The case as it was typed.
        asked: At which moment.
        opening: The recorded reading that lets people and words be told.
        window: From when until when is looked at closely.
        order: In which order the timeline is told.

    Raises:
        NotFound: there is no such breach.
    """
    ledger = visit.context.ledger
    state = seen(ledger, asked)
    subject = read_case(
        ledger,
        AskedCase(
            name=name,
            moment=state.moment,
            zone=visit.zone.key,
            opening=opening,
            order=order,
            window=window,
        ),
    )
    return state, told_case(subject, words_of(visit, opening), window)


def changes_since(visit: Visit, name: str, state: Seen, case: Case) -> Changes | None:
    """What differs from the moment that a visitor compares with; `None`: they name none; blocking.

    Args:
        visit: Who asks.
        name: The case as it was typed.
        state: Both moments.
        case: As it is at the later one.
    """
    if state.before is None:
        return None
    before = state.before.moment
    earlier = Asked(path=visit.path, as_of=before.as_of, known_size=before.known_size)
    _, was = case_at(visit, name, earlier)
    return changes_of(was, case)


def words_of(visit: Visit, opening: Opening | None = None) -> Words:
    """The words of a case in the language and the zone of a visitor."""
    return Words(visit.language, visit.zone, shows_words=opening is not None)
