"""Gives somebody the roles that a test needs, as the maker of a log has them."""

from ledger.ledger import Ledger
from ledger.roles import found_roles

AUDITOR = "person:auditor@example.nl"


def give_every_role(ledger: Ledger, person: str = AUDITOR) -> int:
    """Records that a person has every role; the index of that record."""
    return int(found_roles(ledger, person).index)
