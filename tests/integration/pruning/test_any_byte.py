"""One byte changed in any column that speaks of pruned records is found."""

from typing import Final

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from ledger.errors import VerificationError
from ledger.store.schema import MINIMUM, PRUNING, TILE
from tests.integration.signing.test_any_byte import changed, write
from tests.pruned_home import PrunedHome

COLUMNS: Final = [
    (MINIMUM, "minimum"),
    (MINIMUM, "frontier"),
    (MINIMUM, "last_leaf_hash"),
    (PRUNING, "minimum"),
    (PRUNING, "recorded_index"),
    (PRUNING, "manifest_sha256"),
    (TILE, "idx"),
    (TILE, "hash"),
]
"""`exported_as` is a name for people; a `last_recorded_at_us` made smaller shows nowhere."""


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_byte_about_pruned_records_is_found(pruned: PrunedHome, data: st.DataObject) -> None:
    """Somebody with the database in hand could change what stands for the removed past."""
    rows = pruned.copy()
    table, column = data.draw(st.sampled_from(COLUMNS), label="column")
    row = data.draw(st.sampled_from(rows[table]), label="row")
    new = row | {column: changed(data, row[column])}
    try:
        write(pruned, table, row, new)
    except IntegrityError:
        reject()  # the place is taken: the database itself refuses this change
    try:
        is_found = bool(pruned.faults())
    except VerificationError:
        is_found = True
    finally:
        write(pruned, table, new, row)
    assert is_found
