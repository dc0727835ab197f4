"""`zegel register`: shown, checked, compared, resolved, listed and written as files."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from formats.register.csv_file import read_csv
from formats.register_jsonld.document import decode_document
from tests.command_line import Answer, zegel_here
from tests.end_to_end.test_roles import as_account

MAKER = "person:maker@desk"
SERVICE = "urn:activity:service"
WORDS = ("Acme B.V.", "Main street 1", "Customer service", "=To answer", "dpo@acme.example")
FACTS: tuple[dict[str, Any], ...] = (
    {
        "kind": "organisation.registered",
        "occurred_at": "2025-01-02T09:00:00Z",
        "organisation": "acme",
        "country": "NL",
        "legal_name": "Acme B.V.",
        "contact": "Main street 1",
    },
    {
        "kind": "dpo.designated",
        "occurred_at": "2025-01-02T10:00:00Z",
        "organisation": "acme",
        "officer": "person:dpo@acme.example",
    },
    {
        "kind": "processing_activity.registered",
        "occurred_at": "2025-01-03T09:00:00Z",
        "processing_activity_id": SERVICE,
        "role": "controller",
        "name": "Customer service",
        "organisation": "acme",
        "purposes": [{"id": "service", "legal_basis": "contract"}, {"id": "statistics"}],
        "purpose_texts": ["=To answer", "To count"],
        "recipients": [{"role": "processor", "organisation": "xential"}],
    },
    {
        "kind": "processing_activity.registered",
        "occurred_at": "2025-02-03T09:00:00Z",
        "processing_activity_id": "urn:activity:hosting",
        "role": "processor",
        "organisation": "acme",
        "controllers": [{"role": "controller", "organisation": "library"}],
    },
    {
        "kind": "processing_activity.amended",
        "occurred_at": "2025-06-01T09:00:00Z",
        "processing_activity_id": SERVICE,
        "role": "controller",
        "name": "Customer service",
        "organisation": "acme",
        "purposes": [{"id": "service", "legal_basis": "contract"}],
        "purpose_texts": ["=To answer"],
        "recipients": [{"role": "processor", "organisation": "xential", "country": "US"}],
    },
    {
        "kind": "dpa.concluded",
        "occurred_at": "2025-01-05T09:00:00Z",
        "agreement_id": "VO-1",
        "agreement_kind": "controller-processor",
        "parties": [{"role": "processor", "organisation": "xential"}],
        "items": ["audits"],
        "breach_notice_within": "PT24H",
    },
    {
        "kind": "sub_processor.engaged",
        "occurred_at": "2025-03-02T09:00:00Z",
        "agreement_id": "VO-1",
        "sub_processor": "hosted",
        "country": "US",
    },
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a small register, made as people make one."""
    folder = tmp_path_factory.mktemp("register")
    facts = folder / "facts.ndjson"
    facts.write_text("".join(json.dumps(fact) + "\n" for fact in FACTS))
    with as_account(MAKER):
        made = zegel_here("--home", folder / "home", "init", "--origin", "log.example/register")
        assert made.returncode == 0, made.stderr
        assert zegel_here("--home", folder / "home", "import", facts).returncode == 0
    return folder / "home"


def run(home: Path, *arguments: str | Path, account: str = MAKER) -> Answer:
    """What a command on the register answered."""
    with as_account(account):
        return zegel_here("--home", home, "register", *arguments)


def rows(home: Path, *arguments: str) -> list[dict[str, Any]]:
    """The rows of an answer."""
    answer = run(home, *arguments, "--ndjson")
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_show_gives_both_parts_of_a_date(home: Path) -> None:
    """The register of today would be handed over for that of another date."""
    assert [row["activity"] for row in rows(home, "show", "--as-of", "2025-01-10")] == [SERVICE]
    whole = json.loads(run(home, "show", "--json").stdout)
    assert [each["role"] for each in whole["activities"]] == ["processor", "controller"]
    assert whole["standing"]["known_size"] == 8
    table = run(home, "show", "--table", "--role", "controller").stdout
    assert "(b) purposes" in table
    assert "urn:activity:hosting" not in table


def test_names_are_withheld_until_somebody_who_may_asks(home: Path) -> None:
    """Names and contacts would stand on any screen."""
    closed = run(home, "show", "--json").stdout
    assert not [word for word in WORDS if word in closed]
    why = ("--identities", "--purpose", "audit: yearly")
    opened = run(home, "show", "--json", *why)
    assert [word for word in WORDS if word in opened.stdout] == list(WORDS)
    refused = run(home, "show", "--json", *why, account="person:else@desk")
    assert refused.returncode == 5
    assert not [word for word in WORDS if word in refused.stdout]
    assert run(home, "show", "--identities").returncode == 2


def test_check_tells_what_is_not_filled_in(home: Path) -> None:
    """A register with holes would look complete."""
    found = {(row["activity"], row["reason"]) for row in rows(home, "check", "--missing")}
    assert (SERVICE, "no-categories") in found
    assert (SERVICE, "recipient-without-transfer") in found
    assert ("urn:activity:hosting", "no-processing") in found
    assert "no-measures" not in {reason for _, reason in found}
    assert "no categories of people" in run(home, "check", "--table").stdout


def test_diff_tells_what_changed_in_the_world_and_in_what_was_known(home: Path) -> None:
    """Nobody could tell since when a recipient is in the register, or known."""
    found = rows(home, "diff", "2025-01-10", "2025-07-01")
    told = {(row["name"], row["what"], row["field"]) for row in found}
    assert (SERVICE, "changed", "recipients") in told
    assert (SERVICE, "unclear", "name") in told
    assert ("urn:activity:hosting", "came", None) in told
    assert rows(home, "diff", "@7", "@7", "--as-of", "2025-07-01") == []
    known = "2025-07-01"
    nothing = run(home, "diff", "2025-01-01", "now", "--as-of", known, "--json")
    assert SERVICE in nothing.stdout
    assert run(home, "diff", "2025-07-01", "2025-01-10").returncode == 2
    both = ("--as-of", known, "--as-known", known)
    assert run(home, "diff", "2025-01-01", "2025-02-01", *both).returncode == 2


def test_identities_let_words_be_compared(home: Path) -> None:
    """A purpose that was rewritten could never be told from one that was not."""
    why = ("--identities", "--purpose", "audit")
    fields = {row["field"] for row in rows(home, "diff", "2025-01-10", "2025-07-01", *why)}
    assert "recipients" in fields
    assert "name" not in fields


def test_an_activity_and_a_time_resolve_to_one_version(home: Path) -> None:
    """A log line could not be matched with the register that held when it was written."""
    found = json.loads(run(home, "resolve", SERVICE, "2025-03-01", "--json").stdout)
    assert (found["version"]["version"], found["version"]["index"]) == (1, 3)
    assert "version 2, record 5" in run(home, "resolve", SERVICE, "2025-07-01", "--table").stdout
    none = json.loads(run(home, "resolve", SERVICE, "2024-01-01", "--ndjson").stdout)
    assert (none["version"], none["reason"]) == (None, "its first version was not in force yet")
    assert [row["version"] for row in rows(home, "history", SERVICE)] == [1, 2]
    assert run(home, "history", "urn:activity:none").returncode == 2
    assert run(home, "resolve", SERVICE, "2025-03-01", "--csv").stdout.count("registered") == 1


def test_processors_lists_agreements_and_sub_processors(home: Path) -> None:
    """A controller would not hear who else has its data, or under which agreement."""
    (agreement,) = rows(home, "processors", "--list", "agreements")
    assert (agreement["items"], agreement["breach_notice_within"]) == (["audits"], "P1D")
    assert len(agreement["missing"]) == 13
    (known,) = rows(home, "processors", "--list", "sub-processors")
    assert (known["status"], known["authorisation"]) == ("engaged", "none seen")
    assert "1 of 14" in run(home, "processors", "--table").stdout
    assert run(home, "processors", "--csv").returncode == 2
    (change,) = rows(home, "processors", "--compared-with", "2025-02-01", "--as-of", "2025-04-01")
    assert (change["subject"], change["what"]) == ("sub-processor", "came")
    opened = run(
        *(home, "processors", "--list", "agreements", "--ndjson", "--identities"),
        *("--purpose", "audit"),
    )
    assert json.loads(opened.stdout)["agreement"] == "VO-1"


def test_the_list_of_processors_goes_into_a_file(home: Path, tmp_path: Path) -> None:
    """The list would have to be copied from a screen."""
    assert run(home, "processors", "-o", tmp_path / "all.csv").returncode == 2
    target = tmp_path / "sub.csv"
    listed = run(home, "processors", "--list", "sub-processors", "--language", "en", "-o", target)
    assert listed.returncode == 0, listed.stderr
    headings, (row,) = read_csv(target.read_bytes())
    assert (headings[0], row[0], row[2]) == ("Sub-processors", "hosted", "no authorisation seen")
    for name in ("list.xlsx", "list.html"):
        assert run(home, "processors", "-o", tmp_path / name).returncode == 0
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames == ["agreements", "sub-processors", "about"]
    assert "Verwerkersovereenkomsten" in (tmp_path / "list.html").read_text("utf-8")


def test_each_format_tells_the_register_of_its_date(home: Path, tmp_path: Path) -> None:
    """A file would hold another register than the one that was asked for."""
    when = ("--as-of", "2025-07-01", "--as-known", "@7")
    names = ("r.csv", "r.xlsx", "r.jsonld", "r.html", "r.md")
    for name in names:
        done = run(home, "export", *when, "--columns", "gba", "-o", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert "does not show that anybody complies" in done.stderr
        assert json.loads(done.stdout)["known_size"] == 8
    headings, found = read_csv((tmp_path / "r.csv").read_bytes())
    assert [row[headings.index("Versie")] for row in found] == ["1", "2"]
    register = decode_document((tmp_path / "r.jsonld").read_bytes())
    assert [each.activity for each in register.activities] == ["urn:activity:hosting", SERVICE]
    assert "2025-07-01 00:00" in (tmp_path / "r.html").read_text("utf-8")
    assert "urn:activity:hosting" in (tmp_path / "r.md").read_text("utf-8")
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "r.xlsx").read_bytes()))
    assert book.sheetnames == ["controller", "processor", "agreements", "sub-processors", "about"]
    controller = book["controller"]
    cells = [cell.value for cell in controller[2]]
    column = [cell.value for cell in controller[1]].index("Ingangsdatum")
    assert cells[column] == datetime(2025, 6, 1)  # noqa: DTZ001 - a date has no zone
    assert book["about"]["B5"].value == 8


def test_the_same_register_gives_the_same_bytes(home: Path, tmp_path: Path) -> None:
    """Two people could not tell whether they hold the same register."""
    for name in ("a.xlsx", "b.xlsx", "a.html", "b.html", "a.jsonld", "b.jsonld"):
        when = ("--as-of", "2025-07-01", "--as-known", "@7")
        assert run(home, "export", *when, "-o", tmp_path / name).returncode == 0
    for kind in ("xlsx", "html", "jsonld"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_a_file_with_names_needs_the_role_and_is_recorded(home: Path, tmp_path: Path) -> None:
    """Names would leave the house, and nobody would know to whom."""
    target = tmp_path / "cnil.csv"
    asked = ("export", "--columns", "cnil", "--identities", "--purpose", "regulator-request")
    refused = run(home, *asked, "-o", target, account="person:else@desk")
    assert (refused.returncode, target.exists()) == (5, False)
    given = run(home, *asked, "--recipient", "authority:cnil", "-o", target)
    assert given.returncode == 0, given.stderr
    text = target.read_text("utf-8-sig")
    assert "'=To answer" in text
    assert "Main street 1" in text
    issued = zegel_here("--home", home, "log", "--kind", "log.export_issued", "--ndjson").stdout
    event = json.loads(issued.splitlines()[0])["event"]
    assert event["recipient"] == {"role": "authority", "organisation": "cnil"}
    assert event["manifest_sha256"] == json.loads(given.stdout)["sha256"]


def test_no_file_is_written_over_and_none_of_an_unknown_kind(home: Path, tmp_path: Path) -> None:
    """A register that was handed over would be replaced by another one."""
    target = tmp_path / "register.md"
    target.write_text("mine")
    assert run(home, "export", "-o", target).returncode == 2
    assert target.read_text() == "mine"
    assert run(home, "export", "--force", "-o", target).returncode == 0
    unknown = run(home, "export", "-o", tmp_path / "register.pdf")
    assert unknown.returncode == 2
    assert "register.pdf" in unknown.stderr
    by_option = run(home, "export", "--format", "markdown", "-o", tmp_path / "register.txt")
    assert by_option.returncode == 0
    assert run(home, "export", "-o", tmp_path / "missing" / "r.md").returncode == 4
