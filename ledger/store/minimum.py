"""From which index on the records of a log are kept, and where the earlier ones went."""

from typing import Final
from uuid import UUID

from sqlalchemy import Engine, select

from ledger.errors import RecordsPruned
from ledger.store.engine import reading
from ledger.store.schema import MINIMUM, PRUNED_STREAM, PRUNING
from ledger.stored import StoredMinimum, StoredPruning

_MINIMUM: Final = (
    MINIMUM.c.minimum,
    MINIMUM.c.frontier,
    MINIMUM.c.last_leaf_hash,
    MINIMUM.c.last_recorded_at_us,
)
_PRUNING: Final = (
    PRUNING.c.minimum,
    PRUNING.c.recorded_index,
    PRUNING.c.manifest_sha256,
    PRUNING.c.exported_as,
)


class MinimumTable:
    """The minimum of one log and the decisions that raised it, nothing verified."""

    def __init__(self, engine: Engine, log_id: int) -> None:
        """Reads on connections of the engine's pool."""
        self._engine = engine
        self._log_id = log_id

    def read(self) -> StoredMinimum | None:
        """The minimum; `None` for a log that was never pruned."""
        chosen = select(*_MINIMUM).where(MINIMUM.c.log == self._log_id)
        with reading(self._engine) as connection:
            row = connection.execute(chosen).one_or_none()
        return None if row is None else StoredMinimum._make(row)

    def prunings(self) -> list[StoredPruning]:
        """The decisions, the lowest minimum first; the last one may not be carried out yet."""
        chosen = select(*_PRUNING).where(PRUNING.c.log == self._log_id).order_by(PRUNING.c.minimum)
        with reading(self._engine) as connection:
            return [StoredPruning._make(row) for row in connection.execute(chosen)]

    def export_of(self, index: int) -> StoredPruning | None:
        """The decision whose export holds the record of an index."""
        return next((one for one in self.prunings() if index < one.minimum), None)

    def version_of(self, stream: UUID) -> int | None:
        """The newest removed version of a stream; `None` if none was removed."""
        columns = PRUNED_STREAM.c
        chosen = select(columns.version).where(
            columns.log == self._log_id, columns.stream == stream
        )
        with reading(self._engine) as connection:
            return connection.scalar(chosen)

    def require_kept(self, index: int, remedy: str = "") -> None:
        """Returns only if the log still keeps its records from an index on.

        Args:
            index: The lowest index that is needed.
            remedy: What can be done about it, in words.

        Raises:
            RecordsPruned: it does not; the message names the export.
        """
        found = self.read()
        if found is not None and index < found.minimum:
            export = self.export_of(index)
            name = "an export nobody named" if export is None else export.exported_as
            raise RecordsPruned(
                f"record {index}: expected an index from {found.minimum} on; the records before "
                f"were pruned, this one was exported as {name}{remedy and f'; {remedy}'}"
            )
