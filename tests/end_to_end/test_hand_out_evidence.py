"""The page on handing out evidence can be followed as it is written; the layout page is right."""

import re
from pathlib import Path
from typing import Final

import msgspec

from ledger.verification import bundle_layout
from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import run_through

PAGE: Final = PROJECT / "docs" / "how-to" / "hand-out-evidence.md"
LAYOUT: Final = (PROJECT / "docs" / "reference" / "bundle.md").read_text("utf-8")


def test_every_command_of_the_page_works(filled: Path, tmp_path: Path) -> None:
    """Somebody who must answer a regulator would be stuck half-way."""
    assert zegel_here("--home", filled, "seal").returncode == 0
    commands = re.findall(r"^\$ (.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(commands) == 5
    run_through(commands, tmp_path, ZEGEL_HOME=str(filled))


def test_the_layout_page_names_every_file_and_member() -> None:
    """Somebody who builds a reader by the page would miss a part of a bundle."""
    files = {
        *(bundle_layout.CHECKPOINT, bundle_layout.POLICY, bundle_layout.DISCLOSURES),
        *(bundle_layout.DOSSIER, bundle_layout.MANIFEST, bundle_layout.MANIFEST_FORMAT),
        *(bundle_layout.record_path(0), bundle_layout.proof_path(0), bundle_layout.token_path("a")),
    }
    named = LAYOUT.replace("<index>", "0").replace("<name>", "a")
    assert {name for name in files if f"`{name}`" not in named} == set()
    members = {field.name for field in msgspec.structs.fields(bundle_layout.Manifest)}
    assert {name for name in members if f"`{name}`" not in LAYOUT} == set()
    assert f"At most {bundle_layout.MAX_RECORDS:,} records" in LAYOUT
