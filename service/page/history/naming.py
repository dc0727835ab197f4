"""Identities that somebody typed into the filter bar, as tokens: no URL of ours names anybody."""

from dataclasses import dataclass

from ledger.errors import BadRequest
from ledger.ledger import Ledger
from ledger.personal import parse_token, token_text
from ledger.query import full_identity, matching_subject
from service.page.history.parameters import IDENTITIES, HistoryParameters


@dataclass(frozen=True, slots=True)
class Named:
    """The same question, with tokens for whom it names."""

    asked: HistoryParameters
    is_changed: bool
    """Whether an identity stood in it."""
    unknown: tuple[str, ...]
    """The filters whose identity nobody in the log is known by."""


def named(ledger: Ledger, asked: HistoryParameters) -> Named:
    """The question by tokens; blocking.

    Raises:
        BadRequest: what was typed is neither an identity nor a token.
    """
    changes: dict[str, str] = {}
    unknown: list[str] = []
    for name in IDENTITIES:
        typed = getattr(asked, name)
        if typed is None:
            continue
        identity = full_identity(name, typed.strip())
        if parse_token(identity) is not None:
            continue
        try:
            subject_id = matching_subject(identity, ledger.vault.subjects.find)
        except BadRequest as error:
            raise BadRequest(f"{name}: {error}") from error
        if subject_id is None:
            unknown.append(name)
        else:
            changes[name] = token_text(identity.partition(":")[0], subject_id)
    return Named(asked.model_copy(update=changes), bool(changes), tuple(unknown))
