"""The collector of cyclic garbage rests while a batch is folded, and no longer."""

import gc

import pytest

from projections.collecting import collector_paused


def test_the_collector_rests_inside_and_runs_again() -> None:
    """A process would go on without a collector, or a batch be looked through in vain."""
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_runs_again_after_a_failure() -> None:
    """A batch that fails would leave the process without a collector."""
    with pytest.raises(ValueError, match="broken"), collector_paused():
        raise ValueError("broken")
    assert gc.isenabled()


def test_one_that_was_off_stays_off() -> None:
    """Somebody who turned the collector off would have it turned on by a rebuild."""
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
