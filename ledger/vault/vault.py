"""The vault of one log: what turns events into drafts and disclosures back into values.

Invariants: the database is used only with the keys it was made for (key check); whatever is held
in memory is dropped when the vault's generation moves, as each erasure and key rotation makes it.
"""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from ledger.disclosure import decode_disclosure
from ledger.draft import Draft
from ledger.errors import StoreUnavailable, VerificationError
from ledger.events import Event, encode_event
from ledger.fresh_ids import fresh_id
from ledger.placing import each_in_place
from ledger.settled_events import settle
from ledger.store.engine import reading, writing
from ledger.store.requests import ERASED_DIGEST, microseconds
from ledger.store.schema import EPOCH, SAMENESS, VAULT
from ledger.stored import StoredDisclosure
from ledger.units import Entropy, NewId
from ledger.vault.blind_index import BlindIndex
from ledger.vault.cases import CaseMap
from ledger.vault.disclosures import decrypt_disclosures, record_binding
from ledger.vault.drafting import (
    NO_STREAM,
    RANDOM_BYTES_PER_VALUE,
    Randomness,
    SplitDraft,
    repeated,
    seal_values,
    wanted_identities,
)
from ledger.vault.generations import VaultState, require_own_keys, vault_state
from ledger.vault.keys import FIRST_GENERATION, KeyStore
from ledger.vault.portions import portions
from ledger.vault.subject_table import SubjectTable
from ledger.vault.subjects import SubjectKeys


class Vault:
    """Personal values of one log: keys per subject, blind index, case map."""

    def __init__(
        self,
        engine: Engine,
        log_id: int,
        keys: KeyStore,
        *,
        entropy: Entropy,
        new_id: NewId = fresh_id,
    ) -> None:
        """Checks nothing yet; use `create` or `open`."""
        index = BlindIndex(keys)
        self._engine = engine
        self._log_id = log_id
        self.keys = keys
        self._origin = keys.origin.encode()
        self._entropy = entropy
        self._new_id = new_id
        self._sameness = hmac.new(keys.lookup_key("sameness"), digestmod="sha256")
        self._identifiers = keys.lookup_key("identifier")
        self.cases = CaseMap(engine, log_id, index, new_id)
        self.subjects = SubjectKeys(SubjectTable(engine, log_id, new_id), keys, index, entropy)
        self.generation = 0

    def create(self, made_at: datetime) -> None:
        """Stores the key check and the first epoch of a new log, durable on return.

        Args:
            made_at: The present.

        Raises:
            StoreUnavailable: the log has a vault already.
        """
        generation = self.keys.generation
        check = self.keys.check(generation)
        row = {"log": self._log_id, "key_check": check, "generation": generation}
        epoch = {
            "log": self._log_id,
            "epoch": self.keys.epoch,
            "made_at_us": microseconds(made_at),
        }
        try:
            with writing(self._engine) as connection:
                connection.execute(VAULT.insert(), row)
                connection.execute(EPOCH.insert(), epoch)
        except IntegrityError as error:
            raise StoreUnavailable(
                f"log {self.keys.origin}: expected no vault yet, found one"
            ) from error
        self.generation = generation

    def open(self) -> None:
        """Compares the keys with the key check of the database; changes nothing.

        Raises:
            StoreUnavailable: the database has no vault for this log, or belongs to other keys, or
                one of both is an old backup.
        """
        found = self._state()
        if found is None:
            raise StoreUnavailable(
                f"{self._database()}: expected a vault for log {self.keys.origin}, found none; "
                "its creation was interrupted"
            )
        require_own_keys(self._database(), self.keys, found)
        self.generation = found.generation

    def exists(self) -> bool:
        """Whether the log has a vault in the database."""
        return self._state() is not None

    def refresh(self) -> None:
        """Drops what is held in memory if keys or subjects changed since it was read.

        Raises:
            StoreUnavailable: the keys that are there now are not those of the database.
        """
        found = self._state()
        if found is not None and found.generation != self.generation:
            self.keys.reload()
            require_own_keys(self._database(), self.keys, found)
            self.forget()
            self.generation = found.generation

    def forget(self) -> None:
        """Drops every key and identity held in memory."""
        self.subjects.forget()
        self.cases.forget()

    def load(self, subject_ids: Iterable[UUID]) -> None:
        """Brings the keys of these subjects into memory with one query."""
        self.subjects.load(subject_ids)

    def drafts(self, events: Sequence[Event]) -> list[Draft]:
        """One draft per event, in order; keys of new subjects are durable on return.

        Raises:
            MalformedEvent: an event is not what its kind asks for; nothing was stored.
            StaleVault: the keys changed since they were read; `refresh`, and try again.
            StoreUnavailable: the database cannot be used.
        """
        split = each_in_place(self._split, events)
        repeats = self._partly_erased(split)
        # Hardly ever are there any: no id is hashed to find none.
        splits = [each for each in split if each.event_id not in repeats] if repeats else split
        keys = {(case.namespace, case.value) for each in splits for case in each.split.cases}
        keys.update(each.split.stream_key for each in splits if each.split.stream_key is not None)
        streams = self.cases.provide(keys)
        for each in splits:
            if each.split.stream_key is not None:
                each.stream = streams[each.split.stream_key]
        subjects = self.subjects.provide(wanted_identities(splits), self.generation)
        values = sum([each.split.values for each in splits])
        random = Randomness(self._entropy(values * RANDOM_BYTES_PER_VALUE))
        sealed = seal_values(splits, subjects, streams, origin=self._origin, random=random)
        if not repeats:
            return list(sealed)
        return [repeated(each) if each.event_id in repeats else next(sealed) for each in split]

    def values_of(self, disclosure: StoredDisclosure, event_id: UUID) -> dict[str, Any] | None:
        """The values of one disclosure row by path; `None` when its subject was erased.

        Raises:
            VerificationError: it does not decrypt, or what is inside is no disclosure.
        """
        texts = self.texts_of(disclosure, event_id.bytes)
        if texts is None:
            return None
        decoded = map(decode_disclosure, texts)
        return {path: value for _, path, value in decoded}

    def texts_of(self, disclosure: StoredDisclosure, event_id: bytes | None) -> list[bytes] | None:
        """The RFC 9901 disclosures of one row; `None` when its subject was erased.

        Raises:
            VerificationError: it does not decrypt, or no such subject was ever stored.
        """
        subject = self.subjects.one(disclosure.subject_id)
        if subject is None:
            return None
        if event_id is None:
            raise VerificationError(
                "DISCLOSURE_MISMATCH", disclosure.index, "expected an event id, found none"
            )
        return decrypt_disclosures(
            subject, record_binding(self._origin, event_id), disclosure.ciphertext
        )

    def derived_bytes(self, text: bytes) -> bytes:
        """32 keyed bytes for an identifier that must be the same each time and reveal nothing."""
        return hmac.digest(self._identifiers, text, "sha256")

    def sameness(self, event: Event) -> bytes:
        """The keyed digest, 32 bytes, by which two completed events are the same fact."""
        return self._sameness_of(encode_event(event))

    def _sameness_of(self, encoded: bytes) -> bytes:
        state = self._sameness.copy()
        state.update(encoded)
        return state.digest()

    def _partly_erased(self, splits: Iterable[SplitDraft]) -> frozenset[UUID]:
        """The ids of events that are in the log, and part of which was erased.

        To encrypt them again would make a key for somebody who was erased.
        """
        if self.generation == FIRST_GENERATION:
            return frozenset()
        ids = sorted(each.event_id for each in splits if not each.fresh_event_id)
        found: set[UUID] = set()
        if ids:
            with reading(self._engine) as connection:
                for some in portions(ids):
                    query = select(SAMENESS.c.event_id).where(
                        SAMENESS.c.log == self._log_id,
                        SAMENESS.c.event_id.in_(some),
                        SAMENESS.c.digest == ERASED_DIGEST,
                    )
                    found.update(connection.scalars(query))
        return frozenset(found)

    def _split(self, event: Event) -> SplitDraft:
        settled = settle(event, new_id=self._new_id)
        completed, split = settled.event, settled.split
        bulk = split.stream_key is None
        return SplitDraft(
            event=completed,
            event_id=cast("UUID", completed.event_id),
            fresh_event_id=event.event_id is None,
            sameness=self._sameness_of(settled.encoded),
            split=split,
            stream=self._new_id() if bulk else NO_STREAM,
            fresh_stream=bulk,
        )

    def _state(self) -> VaultState | None:
        with reading(self._engine) as connection:
            return vault_state(connection, self._log_id)

    def _database(self) -> str:
        return self._engine.url.render_as_string(hide_password=True)
