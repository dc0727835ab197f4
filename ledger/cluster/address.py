"""How a worker finds a log: as this machine does, with every path from the root on."""

from pathlib import Path

from sqlalchemy.engine import make_url

from ledger.ledger import Ledger
from ledger.range_work import Address


def address_of(ledger: Ledger) -> Address:
    """Where a log is, for a process in another folder or on another machine.

    Args:
        ledger: The log; a database file or key file of it has to be at the same path there.
    """
    url = make_url(ledger.log.engine.url.render_as_string(hide_password=False))
    if url.get_backend_name() == "sqlite" and url.database:
        url = url.set(database=str(Path(url.database).absolute()))
    place = ledger.key_file
    if isinstance(place, Path):
        place = place.absolute()
    return Address(url.render_as_string(hide_password=False), place, ledger.origin)
