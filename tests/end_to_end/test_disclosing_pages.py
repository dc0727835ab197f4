"""The pages on disclosing can be followed as they are written; the layout page is right."""

import re
from pathlib import Path
from typing import Final, get_args

import msgspec
import pytest

from formats.subject_copy.content import SUBJECT_COPY_FORMAT, FieldState
from formats.subject_copy.files import COPY, EVIDENCE
from ledger.verification.disclosure_file import (
    DISCLOSURE_FILE_FORMAT,
    DisclosedRecord,
    DisclosureFile,
    ErasedField,
)
from tests.command_line import zegel_here
from tests.house.tracked_files import PROJECT
from tests.page_transcripts import run_through

PAGES: Final = PROJECT / "docs" / "how-to"
LAYOUT: Final = (PROJECT / "docs" / "reference" / "bundle.md").read_text("utf-8")


@pytest.fixture
def sealed(filled: Path, tmp_path: Path) -> Path:
    """A home as the pages have it: grants, and a request of a customer."""
    subject = ("--subject", "data-subject:customer:4711")
    for recorded in (
        ("dsr.received", "--request-id", f"R-{tmp_path.name}", "--right", "A15", *subject),
        ("access.used", "--resource", "customer-file", "--subjects", subject[1], "--note", "x"),
    ):
        assert zegel_here("--home", filled, "record", *recorded).returncode == 0
    assert zegel_here("--home", filled, "seal").returncode == 0
    return filled


@pytest.mark.parametrize(
    ("page", "count"), [("disclose-to-an-auditor.md", 7), ("answer-an-access-request.md", 5)]
)
def test_every_command_of_the_page_works(
    sealed: Path, tmp_path: Path, page: str, count: int
) -> None:
    """Somebody who must answer an auditor or a person would be stuck half-way."""
    commands = re.findall(r"^\$ (.*)$", (PAGES / page).read_text("utf-8"), re.MULTILINE)
    assert len(commands) == count
    ours = [
        command.replace("R-7", f"R-{tmp_path.name}")
        for command in commands
        if not command.startswith("jq ")  # a tool of others, which a machine may lack
    ]
    run_through(ours, tmp_path, ZEGEL_HOME=str(sealed))


def test_the_layout_page_names_every_member() -> None:
    """Somebody who builds a reader by the page would miss a part of a file."""
    structs = (DisclosureFile, DisclosedRecord, ErasedField)
    members = {field.name for each in structs for field in msgspec.structs.fields(each)}
    states = set(get_args(FieldState))
    named = {*members, *states, COPY, EVIDENCE, DISCLOSURE_FILE_FORMAT, SUBJECT_COPY_FORMAT}
    assert {name for name in named if f"`{name}`" not in LAYOUT} == set()
