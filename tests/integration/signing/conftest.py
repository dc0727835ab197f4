"""A sealed log on each kind of database, and what a rogue administrator does to it."""

from contextlib import closing
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from ledger.signing.signer import Sealed, Signer
from ledger.signing.signing_folder import SigningFolder
from tests.grants import grant

ORIGIN = "seal.example/log"


def without_passphrase() -> None:
    """No passphrase."""


class SealedHome:
    """A log with its signing keys."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.url = database_url
        self.folder = folder
        self.key_file = folder / "keys" / "vault.key.json"
        self.signing = SigningFolder(folder)

    def create(self) -> None:
        """An empty log with a signing key."""
        Ledger.create(database=self.url, key_file=self.key_file, origin=ORIGIN).close()
        self.signing.create(ORIGIN, without_passphrase)

    def open(self) -> Ledger:
        """The log, opened anew."""
        return Ledger.open(database=self.url, key_file=self.key_file)

    def add(self, count: int) -> None:
        """More records."""
        with closing(self.open()) as ledger:
            ledger.record_many([grant() for _ in range(count)])

    def seal(self) -> Sealed:
        """A checkpoint."""
        with closing(self.open()) as ledger:
            sealed = self.signer(ledger).seal()
        assert sealed is not None
        return sealed

    def signer(self, ledger: Ledger) -> Signer:
        """The signer of this home."""
        return Signer(
            ledger.log,
            lambda: self.signing.current(without_passphrase),
            self.signing.state,
            ledger.clock,
        )


@pytest.fixture
def sealed_home(database_url: str, tmp_path: Path) -> SealedHome:
    """A log of no records with a signing key."""
    home = SealedHome(database_url, tmp_path / "home")
    home.folder.mkdir()
    home.create()
    return home
