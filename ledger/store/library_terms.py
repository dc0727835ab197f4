"""The words of the eventsourcing library and ours for the same things, and for what goes wrong.

A stored event of the library is a record: originator and version are stream and version, the topic
is the kind, the state is the body, verbatim. A notification id is the index plus one.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Final
from uuid import UUID

import psycopg
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    Notification,
    OperationalError,
    ProgrammingError,
    StoredEvent,
)
from sqlalchemy.exc import IntegrityError as SqlalchemyIntegrityError

from ledger.draft import Draft
from ledger.errors import RecordingRefused, RecordsPruned, StoreUnavailable
from ledger.stored import StoredRecord

_TOPIC: Final = re.compile(r"[\x21-\x7e]{1,255}")
_BODY_SEPARATOR: Final = b"\n\n"


@contextmanager
def library_errors() -> Iterator[None]:
    """Turns our errors into those that the library's users catch."""
    try:
        yield
    except (SqlalchemyIntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError) as error:
        raise IntegrityError(str(error)) from error
    except (StoreUnavailable, RecordsPruned) as error:
        raise OperationalError(str(error)) from error
    except RecordingRefused as error:
        raise DataError(str(error)) from error


def originator_uuid(originator_id: UUID | str) -> UUID:
    """The originator id, which our streams want to be a UUID.

    Raises:
        ProgrammingError: it is a text.
    """
    if isinstance(originator_id, UUID):
        return originator_id
    raise ProgrammingError(f"originator id: expected a UUID, found {originator_id[:80]!r}")


@lru_cache(maxsize=1024)
def _kind(topic: str) -> str:
    if not _TOPIC.fullmatch(topic):
        raise DataError(f"topic: expected 1 to 255 visible ASCII characters, found {topic[:80]!r}")
    return topic


def draft_of(event: StoredEvent) -> Draft:
    """The draft that seals an event of the library."""
    return Draft(
        stream=originator_uuid(event.originator_id), kind=_kind(event.topic), body=event.state
    )


def _body(record: StoredRecord) -> bytes:
    return record.sealed.partition(_BODY_SEPARATOR)[2]


def stored_event(record: StoredRecord) -> StoredEvent:
    """A record as an event of the library."""
    return StoredEvent(record.stream, record.version, record.kind, _body(record))


def notification(record: StoredRecord) -> Notification:
    """A record as a notification of the library."""
    return Notification(record.stream, record.version, record.kind, _body(record), record.index + 1)
