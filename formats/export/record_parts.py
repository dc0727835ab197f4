"""What several languages take out of a record in the same way."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeGuard

from formats.export.writing import Exported, Provenance
from ledger.personal import WITHHELD, parse_token

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def fields_of(record: Exported) -> Mapping[str, Any]:
    """The fields of the event as JSON values; none of a record that is shown raw."""
    found = record.document.get("event")
    return found if isinstance(found, Mapping) and record.occurred_at is not None else {}


def milliseconds(instant: datetime) -> int:
    """How many milliseconds after 1970 began in UTC an aware instant is."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def program_version(provenance: Provenance) -> str:
    """The version alone of the program that writes."""
    return provenance.program.partition("/")[2] or provenance.program


def is_told(value: object) -> TypeGuard[str]:
    """Whether a field has a value that this reader may see, a token or an identity."""
    return isinstance(value, str) and value not in {"", WITHHELD}


def bare(identity: str) -> str:
    """An identity without its namespace; a token whole."""
    return identity if parse_token(identity) else identity.partition(":")[2] or identity
