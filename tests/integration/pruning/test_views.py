"""Views outlive the records that they were folded from, and are built again from archives."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from cli.archives import with_archives
from cli.pruning_export import exported_archive
from ledger.anchors.settings import AnchorSettings
from ledger.errors import BadRequest, RecordsPruned, VerificationError
from ledger.events.log_keeping import LogCorrectionRecorded
from ledger.handing_out import signed_checkpoint
from ledger.ledger import Ledger
from ledger.prunable import places_in
from ledger.pruning import carry_out, range_below, record_decision, undone
from projections import VIEWS, catch_up, rebuild, state
from projections.erasing import erase_disclosures
from tests.grants import grant
from tests.pruned_home import PrunedHome, used

SETTINGS: Final = AnchorSettings((), ())
NEW_YEAR: Final = datetime(2036, 1, 1, tzinfo=UTC)
"""Some rows hold how long something lasts until the moment asked about."""


@pytest.fixture
def home(database_url: str, tmp_path: Path) -> PrunedHome:
    """A log of people and grants, sealed."""
    made = PrunedHome(database_url, tmp_path / "home")
    made.create()
    with closing(made.open()) as ledger:
        people = [grant(grant_id=f"G-{n}", grantee=f"person:u{n}@example.nl") for n in range(40)]
        ledger.record_many([*people, *(used(system="portal") for _ in range(300))])
    made.seal()
    return made


def rows(ledger: Ledger) -> dict[str, list[dict[str, Any]]]:
    """The rows of every view."""
    return {name: state(ledger, name, as_of=NEW_YEAR).rows for name in VIEWS}


def export(home: PrunedHome, ledger: Ledger, target: Path) -> bytes:
    """An archive of the first 256 records."""
    terms = home.signing.terms()
    signed = signed_checkpoint(ledger, terms, SETTINGS)
    pruned = range_below(ledger.log, 300, signed.checkpoint.size)
    return exported_archive(ledger.log, signed, terms, pruned, target)


def prune(home: PrunedHome, ledger: Ledger, target: Path) -> None:
    """Erases, exports and removes the first 256 records."""
    pruned = range_below(ledger.log, 300, ledger.head().size)
    erase_disclosures(ledger, places_in(ledger, pruned), rule_id="pruning")
    manifest = export(home, ledger, target)
    record_decision(
        ledger,
        pruned,
        exported_as=target.name,
        manifest_sha256=manifest,
        decided_by="person:dpo@example.nl",
        reason=None,
    )
    home.signer(ledger).seal()
    catch_up(ledger)
    pruning = undone(ledger.log)
    assert pruning is not None
    carry_out(ledger, pruning, home.signing.terms())


@pytest.mark.parametrize("name", ["archive", "archive.zip"])
def test_a_view_is_built_again_from_the_archive(
    home: PrunedHome, tmp_path: Path, name: str
) -> None:
    """What is true now would be lost with the records that made it so."""
    target = tmp_path / name
    with closing(home.open()) as ledger:
        prune(home, ledger, target)
        before = rows(ledger)
        assert before["access"]
        with pytest.raises(RecordsPruned, match="`zegel rebuild --from ARCHIVE` reads it there"):
            rebuild(ledger)
        assert rows(ledger) == before
        with with_archives(ledger, home.signing.terms(), [target]):
            rebuild(ledger)
        assert rows(ledger) == before
        ledger.record_many([grant(grant_id="G-99"), used(system="portal")])
        assert len(state(ledger, "access").rows) == len(before["access"]) + 1


def test_a_pruned_record_can_still_be_corrected(home: PrunedHome, tmp_path: Path) -> None:
    """An error that is found late would stand in the views for ever."""
    target = tmp_path / "archive.zip"
    with closing(home.open()) as ledger:
        first = ledger.log.record_at(0)
        assert first is not None
        assert first.event_id is not None
        prune(home, ledger, target)
        held = len(state(ledger, "access").rows)
        ledger.record(
            LogCorrectionRecorded(occurred_at=ledger.clock(), corrected_event_id=first.event_id)
        )
        after = rows(ledger)
        assert len(after["access"]) == held - 1
        with with_archives(ledger, home.signing.terms(), [target]):
            rebuild(ledger)
        assert rows(ledger) == after


def test_an_archive_is_believed_only_if_it_verifies(home: PrunedHome, tmp_path: Path) -> None:
    """Views could be built from a past that somebody made up."""
    target = tmp_path / "archive"
    with closing(home.open()) as ledger:
        prune(home, ledger, target)
        entries = target / "tile" / "entries" / "000"
        raw = entries.read_bytes()
        entries.write_bytes(raw.replace(b"customer-file", b"customer-fact", 1))
        with (
            pytest.raises(VerificationError),
            with_archives(ledger, home.signing.terms(), [target]),
        ):
            pass
        entries.write_bytes(raw)
        assert ledger.log.archive is None
        with (
            pytest.raises(RecordsPruned, match="expected every record from 0 to 255"),
            with_archives(ledger, home.signing.terms(), []),
        ):
            pass


def test_an_export_that_a_killed_run_left_is_used_again(home: PrunedHome, tmp_path: Path) -> None:
    """Whoever was interrupted would have to clean up by hand, or keep two archives."""
    target = tmp_path / "archive.zip"
    with closing(home.open()) as ledger:
        pruned = range_below(ledger.log, 300, ledger.head().size)
        erase_disclosures(ledger, places_in(ledger, pruned), rule_id="pruning")
        manifest = export(home, ledger, target)
        raw = target.read_bytes()
        assert export(home, ledger, target) == manifest
        assert target.read_bytes() == raw
        target.write_bytes(raw[:-100])
        with pytest.raises(BadRequest):
            export(home, ledger, target)
