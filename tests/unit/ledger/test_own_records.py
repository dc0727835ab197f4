"""Nobody outside reports in the name of the log."""

import pytest

from ledger.errors import MalformedEvent
from ledger.own_records import is_reserved, refuse_reserved
from tests.grants import grant


@pytest.mark.parametrize("system", ["zegel", "zegel.readings", "zegel.anything"])
def test_the_names_of_the_log_are_refused(system: str) -> None:
    """A source would give itself a role with one line."""
    assert is_reserved(system)
    with pytest.raises(MalformedEvent, match="field system"):
        refuse_reserved(grant(system=system))


@pytest.mark.parametrize("system", [None, "zegel-web", "zegels", "crm.zegel", "infactor"])
def test_other_names_pass(system: str | None) -> None:
    """A system could not report because its name resembles that of the log."""
    assert not is_reserved(system)
    refuse_reserved(grant(system=system) if system else grant())
