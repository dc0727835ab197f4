"""Whom somebody means who asks for an erasure, and what became of those who were erased before."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from ledger.errors import BadRequest, SubjectErased
from ledger.events.log_keeping import LogErasureConfirmed
from ledger.personal import normalised_identity, parse_token, token_text
from ledger.query import matching_subject

if TYPE_CHECKING:
    from ledger.ledger import Ledger

_NOBODY = (
    "expected somebody whom this log knows, found nobody by that name: never recorded, or erased "
    "before (an erasure keeps no memory of names; the token of an erased subject still tells)"
)


@dataclass(frozen=True, slots=True)
class ErasableSubject:
    """Somebody who can be erased."""

    subject_id: UUID
    namespace: str
    identity: str | None
    """As normalised; `None` where a token was typed."""

    @property
    def token(self) -> str:
        """What stands for them where identities are not shown."""
        return token_text(self.namespace, self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRecords:
    """Where the log tells of one erasure."""

    requested_index: int
    confirmed_index: int | None
    """`None`: it is not confirmed yet."""
    confirmed_at: datetime | None = None
    horizon: datetime | None = None


def find_subject(ledger: "Ledger", identity: str) -> ErasableSubject:
    """The subject of an identity or token.

    Raises:
        SubjectErased: it was erased before; says by which record and up to when backups reach.
        BadRequest: the text is neither, or the log knows nobody by it.
    """
    found = matching_subject(identity, ledger.vault.subjects.find)
    row = None if found is None else ledger.vault.subjects.row(found)
    if found is None or row is None:
        raise BadRequest(_NOBODY)
    if row.erased_at_index is not None:
        token = token_text(_kind_of(row.namespace), found)
        raise SubjectErased(erased_text(ledger, token, row.erased_at_index))
    is_token = parse_token(identity) is not None
    return ErasableSubject(
        found, _kind_of(row.namespace), None if is_token else normalised_identity(identity)
    )


def erasure_records(ledger: "Ledger", requested_index: int) -> ErasureRecords:
    """Where the log tells of the erasure that a record asked for."""
    confirmed_index = ledger.log.erasures.confirmation_of(requested_index)
    if confirmed_index is None:
        return ErasureRecords(requested_index=requested_index, confirmed_index=None)
    (opened,) = ledger.open_records(ledger.log.records_at([confirmed_index]))
    event = opened.event
    return ErasureRecords(
        requested_index=requested_index,
        confirmed_index=confirmed_index,
        confirmed_at=opened.recorded_at,
        horizon=event.erasure_horizon if isinstance(event, LogErasureConfirmed) else None,
    )


def erased_text(ledger: "Ledger", token: str, requested_index: int) -> str:
    """What there is to say of a subject that was erased."""
    minimum = ledger.log.pruned.read()
    if minimum is not None and requested_index < minimum.minimum:
        return f"{token} was erased as record {requested_index} asked, which was pruned since"
    known = erasure_records(ledger, requested_index)
    if known.confirmed_index is None or known.confirmed_at is None:
        return f"{token} was erased as record {requested_index} asked; the confirmation is due"
    horizon = (
        "the erasure horizon is not known"
        if known.horizon is None
        else f"erasure horizon {known.horizon.isoformat()}"
    )
    return (
        f"{token} was erased as record {requested_index} asked, confirmed by record "
        f"{known.confirmed_index} at {known.confirmed_at.isoformat()}; {horizon}"
    )


def _kind_of(namespace: str) -> str:
    """The namespace as tokens have it, without the type of a data subject's id."""
    return namespace.partition(":")[0]
