"""How a processing log names a person: the type and the id, as an identity of ours and back.

A type that is a word stands in the identity as it is; any other, the URI of a register for
instance, stands before the id as `data-subject:uri:TYPE ID`.

Source: Logboek Dataverwerkingen 1.0.0 §3.3.1 (`data_subject_id`, `data_subject_id_type`); VNG
Verwerkingenlogging 0.9.0 (`soortObjectId`, `objectId`).
"""

import re
from typing import Final, NamedTuple

from ledger.personal import parse_token

TOKEN_TYPE: Final = "zegel-token"  # noqa: S105 - the name of a type of ids
"""The type under which the token of a person goes out, and may be asked for, as 32 digits."""

_WORD: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_BY_URI: Final = "URI"
_NAMESPACE: Final = "data-subject"


class SubjectId(NamedTuple):
    """A person as others name them."""

    type: str
    id: str


def identity_of(subject: SubjectId) -> str:
    """The identity, not normalised yet; a token where the type says so."""
    if subject.type == TOKEN_TYPE:
        return f"{_NAMESPACE}#{subject.id}"
    if _WORD.fullmatch(subject.type):
        return f"{_NAMESPACE}:{subject.type}:{subject.id}"
    return f"{_NAMESPACE}:uri:{subject.type} {subject.id}"


def subject_of(identity: str, id_type: str | None = None) -> SubjectId | None:
    """What others call somebody, or `None` for no data subject.

    Args:
        identity: As a record shows it: normalised, or a token.
        id_type: The type as its source wrote it, where that is known.
    """
    token = parse_token(identity)
    if token is not None:
        return SubjectId(TOKEN_TYPE, token[1].hex)
    namespace, _, rest = identity.partition(":")
    kept_type, _, subject_id = rest.partition(":")
    if namespace != _NAMESPACE or not subject_id:
        return None
    if kept_type == _BY_URI:
        if id_type and subject_id.startswith(f"{id_type} "):  # either may hold blanks
            return SubjectId(id_type, subject_id[len(id_type) + 1 :])
        return SubjectId(*subject_id.rpartition(" ")[::2])
    return SubjectId(id_type or kept_type, subject_id)
