"""What is stated about programs and machines of one log."""

import pytest

from cli.stated_pairs import programs_of, systems_of
from formats import FORMATS
from ledger.errors import BadRequest


def test_pairs_are_read_with_whatever_follows_the_first_sign() -> None:
    """A program would be read in another language, or a machine be another system."""
    assert programs_of(["portal=ndjson", "kc=keycloak"]) == {
        "portal": FORMATS["ndjson"].read,
        "kc": FORMATS["keycloak"].read,
    }
    assert systems_of(["gateway=infactor-gateway", "desk=a=b"]) == {
        "gateway": "infactor-gateway",
        "desk": "a=b",
    }


@pytest.mark.parametrize("pair", ["portal", "=ndjson", "portal=", "portal=none"])
def test_a_program_without_a_known_format_is_refused(pair: str) -> None:
    """Messages would be passed over because of a typing error."""
    with pytest.raises(BadRequest, match=r"--program.*: expected"):
        programs_of([pair])


@pytest.mark.parametrize("pair", ["desk", "=x", "desk=", "desk=zegel.x"])
def test_a_machine_without_a_system_of_its_own_is_refused(pair: str) -> None:
    """Facts would seem to be the log's own."""
    with pytest.raises(BadRequest, match=r"--machine.*: expected"):
        systems_of([pair])
