"""A log in a fresh database, checked whole after each test that used it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.anchors.parties import TimestampAuthority
from ledger.anchors.settings import AnchorSettings
from ledger.anchors.time_stamps import TimestampTrust
from ledger.anchors.witnessing import Witness
from ledger.store import SealedLog
from tests.integration.store.anchored_log import SIGNER, Surroundings
from tests.integration.store.check_log import check_log
from tests.integration.store.databases import new_log
from tests.integration.store.drafts import HandClock
from tests.loopback_server import serving
from tests.signed_checkpoints import cosigner_named
from tests.time_stamping import authority_in
from tests.witnessing import TestWitness, WitnessState


@pytest.fixture
def clock() -> HandClock:
    """The clock of `log`."""
    return HandClock()


@pytest.fixture
def log(database_url: str, clock: HandClock) -> Iterator[SealedLog]:
    """An empty log on each database."""
    opened = new_log(database_url, clock=clock)
    yield opened
    check_log(opened)
    opened.engine.dispose()


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    """A time-stamp authority and a witness that run."""
    authority = authority_in(tmp_path / "tsa")
    state = WitnessState(tmp_path / "witness.json")
    witness = TestWitness(cosigner_named("one.example"), state, [SIGNER.key])
    trust = TimestampTrust((authority.root.certificate,))
    with serving(authority.respond) as tsa_url, serving(witness.respond) as witness_url:
        settings = AnchorSettings(
            (TimestampAuthority("tsa", tsa_url, trust),),
            (Witness(witness.cosigner.key, witness_url),),
            quorum=1,
        )
        yield Surroundings(authority, witness, settings)
