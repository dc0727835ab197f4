"""Erasing people: the steps in the log, and the views between them.

The log cannot know views, and views cannot destroy keys; here both are put together, in the one
order that can be resumed after a crash.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from ledger.erasure.naming import ErasableSubject, find_subject
from ledger.erasure.steps import ErasureSteps, RequestedBy
from ledger.erasure.terms import ErasedPlace, ErasureOutcome, Tell
from ledger.ledger import Ledger
from ledger.roles import require_administrator_besides
from ledger.store import reading
from projections.sweeping import sweep_views, view_table_names


def erase_subject(
    ledger: Ledger,
    identity: str,
    *,
    requested_by: str,
    reason: str | None = None,
    request_id: str | None = None,
    horizon: datetime | None = None,
    progress: Tell | None = None,
) -> ErasureOutcome:
    """What the erasure of one person, address or case came to; see `ErasureSteps`.

    Args:
        ledger: The log.
        identity: `person:…`, `ip:…`, `data-subject:…`, or a token.
        requested_by: `person:…`: who decided it.
        reason: Why, in that person's words, without the identity.
        request_id: The request that it answers, by its source's own id.
        horizon: When the last backup that could hold the keys has expired; `None`: not known.
        progress: Told what is being done.

    Raises:
        LegalHoldStands: a hold forbids it; nothing was erased.
        SubjectErased: it was erased before; nothing was changed.
        BadRequest: the log knows nobody by that name, or nobody else may give roles.
        StoreUnavailable: the database cannot be used; what was begun is finished by the next run.
    """
    by = RequestedBy(requested_by, reason, request_id)
    subject = find_subject(ledger, identity)
    (outcome,) = erase_subjects(ledger, [subject], by, horizon=horizon, progress=progress)
    return outcome


def erase_subjects(
    ledger: Ledger,
    subjects: Sequence[ErasableSubject],
    by: RequestedBy,
    *,
    horizon: datetime | None = None,
    progress: Tell | None = None,
) -> list[ErasureOutcome]:
    """What the erasure of several subjects came to; the database is scrubbed once for all.

    Raises: as `erase_subject`; nobody is erased if one of them cannot be.
    """
    require_administrator_besides(ledger, [each.subject_id for each in subjects])
    return _steps(ledger, horizon, progress).erase_subjects(subjects, by)


def erase_disclosures(
    ledger: Ledger,
    places: Iterable[ErasedPlace],
    *,
    rule_id: str,
    horizon: datetime | None = None,
    progress: Tell | None = None,
) -> ErasureOutcome:
    """What the erasure of single disclosures by a retention rule came to.

    A subject left without any disclosure loses its key and its entry in the index too.

    Args:
        ledger: The log.
        places: Which; those that are gone already, or that a hold keeps by then, are passed over.
        rule_id: The rule that asks for it.
        horizon: When the last backup that could hold them has expired; `None`: not known.
        progress: Told what is being done.

    Raises:
        StoreUnavailable: the database cannot be used; what was begun is finished by the next run.
    """
    return _steps(ledger, horizon, progress).erase_disclosures(places, rule_id)


def resume_erasures(
    ledger: Ledger, horizon: datetime | None = None, progress: Tell | None = None
) -> list[ErasureOutcome]:
    """What came of the erasures that an earlier run began and did not finish.

    Raises:
        StoreUnavailable: the database cannot be used; what was begun is finished by the next run.
    """
    return _steps(ledger, horizon, progress).resume()


def _steps(ledger: Ledger, horizon: datetime | None, progress: Tell | None) -> ErasureSteps:
    return ErasureSteps(
        ledger,
        partial(sweep_views, ledger),
        partial(_view_tables, ledger),
        horizon=horizon,
        tell=progress,
    )


def _view_tables(ledger: Ledger) -> list[str]:
    with reading(ledger.log.engine) as connection:
        return view_table_names(connection)
