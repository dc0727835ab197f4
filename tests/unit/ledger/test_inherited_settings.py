"""What a further log takes from the settings of its home, and what it never does."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.inherited_settings import OF_ONE_LOG, with_inherited

FOLDER = Path("/srv/zegel")
_VALUES = st.integers() | st.text() | st.booleans()
_NAMES = st.sampled_from(["zone", "database", "key_store", "epoch_days", *sorted(OF_ONE_LOG)])
_SETTINGS = st.dictionaries(_NAMES, _VALUES)


@given(_SETTINGS, _SETTINGS)
def test_what_a_log_says_itself_wins_and_nothing_of_one_log_is_taken(
    own: dict[str, object], of_home: dict[str, object]
) -> None:
    """A log would be opened under the name of another one, or its own setting be ignored."""
    found = with_inherited(own, of_home, FOLDER)
    taken = {name: value for name, value in of_home.items() if name not in OF_ONE_LOG}
    assert found == {**taken, **own}


def test_files_are_still_those_beside_the_home() -> None:
    """Roots and certificates would be looked for beside the log, where nobody put them."""
    of_home = {
        "timestamp_authority": [{"name": "tsa", "roots": "trust/tsa.pem"}],
        "serve": {"tls_cert": "tls/chain.pem", "tls_key": "/etc/key.pem", "port": 9000},
    }
    assert with_inherited({}, of_home, FOLDER) == {
        "timestamp_authority": [{"name": "tsa", "roots": "/srv/zegel/trust/tsa.pem"}],
        "serve": {"tls_cert": "/srv/zegel/tls/chain.pem", "tls_key": "/etc/key.pem", "port": 9000},
    }


def test_the_service_is_set_setting_by_setting() -> None:
    """A port of its own would cost a log every other setting of the service."""
    of_home = {"serve": {"port": 9000, "host": "0.0.0.0"}}
    found = with_inherited({"serve": {"port": 9001}}, of_home, FOLDER)
    assert found == {"serve": {"port": 9001, "host": "0.0.0.0"}}


@pytest.mark.parametrize("own", [{"witness": []}, {"witness_quorum": 0}])
def test_witnesses_and_their_quorum_come_together(own: dict[str, object]) -> None:
    """A quorum would count witnesses of another list."""
    of_home = {"witness": [{"vkey": "w", "url": "u"}], "witness_quorum": 1, "zone": "UTC"}
    assert with_inherited(own, of_home, FOLDER) == {**own, "zone": "UTC"}


@pytest.mark.parametrize("value", ["text", 3, [1, 2], {"tls_cert": 4}])
def test_malformed_settings_are_left_to_those_who_check_them(value: object) -> None:
    """A slip in the file would end as a fault of the program instead of a message."""
    for name in ("serve", "timestamp_authority"):
        assert with_inherited({}, {name: value}, FOLDER) == {name: value}
