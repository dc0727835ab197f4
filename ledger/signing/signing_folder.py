"""Where a home keeps what its signer needs, and the first key.

keys/signing/<key id>.pem     signing keys; the one whose term is open signs
verifier-keys                 which key may sign which sizes: public, for whoever verifies
signer/state.json             what was signed last
"""

from dataclasses import dataclass
from pathlib import Path

from ledger.errors import StoreUnavailable
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.note_keys import VerifierKey
from ledger.notes.note_signing import NoteSigner
from ledger.signing.key_terms import Terms, read_terms, write_terms
from ledger.signing.signer_state import StateFile
from ledger.signing.signing_key import Passphrase, fresh_key, read_signing_key, write_signing_key


@dataclass(frozen=True, slots=True)
class SigningFolder:
    """The paths in one home; nothing is read or made before it is asked for."""

    home: Path

    @property
    def keys(self) -> Path:
        """The folder of signing keys."""
        return self.home / "keys" / "signing"

    @property
    def terms_file(self) -> Path:
        """The file of verifier keys."""
        return self.home / "verifier-keys"

    @property
    def state(self) -> StateFile:
        """What was signed last."""
        return StateFile(self.home / "signer" / "state.json")

    def key_file(self, key: VerifierKey) -> Path:
        """Where the private half of a key is."""
        return self.keys / f"{key.key_id.hex()}.pem"

    def create(self, origin: str, passphrase: Passphrase) -> VerifierKey:
        """The first key of a log, durable on return.

        Crash order: state, key file, terms. Only the last step makes the key count, and a run that
        was interrupted before it can be repeated.

        Raises:
            StoreUnavailable: there is a key already, or one of the files cannot be written.
        """
        if self.terms_file.exists():
            raise StoreUnavailable(
                f"{self.terms_file}: expected no keys, found some; `zegel key rotate` replaces one"
            )
        self.state.create(origin)
        signer = fresh_key(origin)
        write_signing_key(self.key_file(signer.key), signer, passphrase)
        write_terms(self.terms_file, (KeyTerm(signer.key),))
        return signer.key

    def terms(self) -> Terms:
        """The keys of the log with the sizes each may sign; none before the first is made.

        Raises:
            StoreUnavailable: the file cannot be read.
            FormatError: it lists something else.
        """
        return read_terms(self.terms_file) if self.terms_file.exists() else ()

    def current(self, passphrase: Passphrase) -> NoteSigner:
        """The key that signs.

        Raises:
            StoreUnavailable: there is none, or its file cannot be used.
        """
        term = self.current_term()
        signer = read_signing_key(self.key_file(term.key), term.key.name, passphrase)
        if signer.key != term.key:
            raise StoreUnavailable(
                f"{self.key_file(term.key)}: expected the key {term.key.vkey}, "
                f"found {signer.key.vkey}"
            )
        return signer

    def current_term(self) -> KeyTerm:
        """The term without an end.

        Raises:
            StoreUnavailable: there is none, or several.
        """
        terms = read_terms(self.terms_file)
        current = [term for term in terms if term.last_size is None]
        if len(current) != 1:
            raise StoreUnavailable(
                f"{self.terms_file}: expected one key without a last size, found {len(current)}"
            )
        return current[0]
