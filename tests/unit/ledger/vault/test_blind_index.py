"""Keyed digests for look-ups."""

import os

from ledger.vault.blind_index import BlindIndex
from ledger.vault.local_keys import LocalKeys


def test_the_same_identity_is_found_again_under_the_same_keys_only() -> None:
    """Nobody would be found, or a stolen database could be searched without its keys."""
    keys = LocalKeys.fresh("log.example/1", os.urandom)
    digest = BlindIndex(keys).of_identity("person:jan@example.nl")
    assert BlindIndex(keys).of_identity("person:jan@example.nl") == digest
    other = BlindIndex(LocalKeys.fresh("log.example/1", os.urandom))
    assert other.of_identity("person:jan@example.nl") != digest


def test_cases_and_identities_never_meet() -> None:
    """Two cases of different kinds with one id, or a case and a person, would share a stream."""
    index = BlindIndex(LocalKeys.fresh("log.example/1", os.urandom))
    digests = {
        index.of_case("grant", "17"),
        index.of_case("ticket", "17"),
        index.of_case("gran", "t17"),
        index.of_identity("case:17"),
        index.of_identity("case:grant:17"),
    }
    assert len(digests) == 5
