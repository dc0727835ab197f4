"""Stored anchors: what independent parties said about checkpoints of a log."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Engine, Row, Select, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from ledger.anchors.anchor import Anchor
from ledger.errors import VerificationError
from ledger.events.log_integrity import AnchorKind
from ledger.store.engine import is_postgresql, reading, writing
from ledger.store.requests import instant_of, microseconds
from ledger.store.schema import ANCHOR
from ledger.units import Size

PAGE_ROWS: Final = 256
_COLUMNS: Final = (
    ANCHOR.c.size,
    ANCHOR.c.kind,
    ANCHOR.c.authority,
    ANCHOR.c.at_us,
    ANCHOR.c.token,
)
_KINDS: Final[dict[str, AnchorKind]] = {"rfc3161": "rfc3161", "witness": "witness"}

_Row = tuple[int, str, str, int, bytes]


class AnchorTable:
    """The anchors of one log, nothing verified; an `AnchorStore`."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads and writes on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id

    def add(self, anchor: Anchor) -> None:
        """Keeps an anchor, durable on return; the very same once more changes nothing.

        Raises:
            StoreUnavailable: the database cannot be written.
        """
        build = postgresql.insert if is_postgresql(self._engine) else sqlite.insert
        values = {
            "log": self._log_id,
            "size": anchor.size,
            "kind": anchor.kind,
            "authority": anchor.authority,
            "at_us": microseconds(anchor.anchored_at),
            "token": anchor.evidence,
        }
        with writing(self._engine) as connection:
            connection.execute(build(ANCHOR).values(values).on_conflict_do_nothing())

    def anchors_of(self, size: Size) -> list[Anchor]:
        """The anchors of the checkpoint of this size, by kind, authority and time.

        Raises:
            VerificationError: a row is of no known kind or time (MODIFIED).
        """
        order = (ANCHOR.c.kind, ANCHOR.c.authority, ANCHOR.c.at_us)
        return self._anchors(self._mine().where(ANCHOR.c.size == size).order_by(*order))

    def newest_cosignatures(self, size: Size) -> list[Anchor]:
        """What each witness said last about the checkpoint of this size; no other anchors.

        Raises:
            VerificationError: a row is of no known kind or time (MODIFIED).
        """
        mine = (ANCHOR.c.log == self._log_id, ANCHOR.c.kind == "witness", ANCHOR.c.size == size)
        last = (
            select(ANCHOR.c.authority, func.max(ANCHOR.c.at_us).label("at_us"))
            .where(*mine)
            .group_by(ANCHOR.c.authority)
            .subquery()
        )
        is_last = (ANCHOR.c.authority == last.c.authority) & (ANCHOR.c.at_us == last.c.at_us)
        chosen = select(*_COLUMNS).join(last, is_last).where(*mine)
        return self._anchors(chosen.order_by(ANCHOR.c.authority))

    def scan(self, first_size: int = 0) -> Iterator[Anchor]:
        """Those of at least this size, by size, kind, authority and time; read by pages.

        Raises:
            VerificationError: a row is of no known kind or time (MODIFIED).
        """
        key = tuple_(ANCHOR.c.size, ANCHOR.c.kind, ANCHOR.c.authority, ANCHOR.c.at_us)
        after: tuple[int, str, str, int] = (first_size, "", "", -(2**62))
        while True:
            chosen = self._mine().where(key > after).order_by(*key.clauses).limit(PAGE_ROWS)
            with reading(self._engine) as connection:
                rows = connection.execute(chosen).all()
            yield from map(_anchor, rows)
            if len(rows) < PAGE_ROWS:
                return
            last = rows[-1]
            after = (last.size, last.kind, last.authority, last.at_us)

    def newest(self, kind: AnchorKind, authority: str) -> Anchor | None:
        """The anchor of this authority with the largest size, the last one of several."""
        chosen = self._mine().where(ANCHOR.c.kind == kind, ANCHOR.c.authority == authority)
        order = (ANCHOR.c.size.desc(), ANCHOR.c.at_us.desc())
        return next(iter(self._anchors(chosen.order_by(*order).limit(1))), None)

    def largest_size(self) -> int | None:
        """The largest size that anybody anchored; `None` without an anchor."""
        chosen = select(func.max(ANCHOR.c.size)).where(ANCHOR.c.log == self._log_id)
        with reading(self._engine) as connection:
            found: int | None = connection.execute(chosen).scalar_one()
        return found

    def _mine(self) -> Select[_Row]:
        return select(*_COLUMNS).where(ANCHOR.c.log == self._log_id)

    def _anchors(self, chosen: Select[_Row]) -> list[Anchor]:
        with reading(self._engine) as connection:
            return [_anchor(row) for row in connection.execute(chosen)]


def _anchor(row: Row[_Row]) -> Anchor:
    kind = _KINDS.get(row.kind)
    if kind is None:
        raise _modified(row, f"kind {' or '.join(_KINDS)}", row.kind)
    try:
        anchored_at = instant_of(row.at_us)
    except OverflowError as error:
        raise _modified(row, "a time that a calendar has", row.at_us) from error
    return Anchor(kind, row.authority, Size(row.size), bytes(row.token), anchored_at)


def _modified(row: Row[_Row], expected: str, found: object) -> VerificationError:
    message = f"anchor of size {row.size}: expected {expected}, found {found!r:.80}"
    return VerificationError("MODIFIED", None, message)
