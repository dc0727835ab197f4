"""Facts about access for tests: a grant to Anna of the customer file, and its use."""

from typing import Any, Final

from ledger.events import Event
from tests.histories import event

FILE: Final = "customer-file"


def granted(on: float, grant: str = "G-1", **fields: Any) -> Event:  # noqa: ANN401 - any field
    """A grant of the customer file to Anna, with these fields instead or beside."""
    given = {"grant_id": grant, "grantee": "person:anna", "resource": FILE, **fields}
    return event("access.granted", on, **given)


def used(on: float, grant: str | None = "G-1", **fields: Any) -> Event:  # noqa: ANN401 - any field
    """Anna's use of the customer file under a grant, or without one."""
    named = {} if grant is None else {"grant_id": grant}
    return event("access.used", on, **{"actor": "person:anna", "resource": FILE, **named, **fields})
