"""Disclosure files: each opened value is the one that was sealed, and nothing else passes."""

import subprocess
import sys
from base64 import b64decode

import msgspec
import pytest

from ledger.disclosure import encode_disclosure
from ledger.notes.policy import Policy
from ledger.notes.spelling import encode_base64
from ledger.verification.disclosure_file import (
    DisclosureFile,
    check_disclosure_file,
    encode_disclosure_file,
)
from tests.bundled_evidence import KEY_ONLY, POLICY
from tests.disclosed_records import changed, checked, disclosed, regranted
from tests.house.tracked_files import PROJECT
from tests.vectors.records import disclosures

FILE = disclosed(300, {3: 1, 7: 2, 260: 0})


@pytest.mark.parametrize("trust", [KEY_ONLY, POLICY])
def test_a_file_verifies_under_a_key_and_under_a_policy(trust: Policy) -> None:
    """An auditor could not check what we opened to them."""
    report = check_disclosure_file(encode_disclosure_file(FILE), trust)
    assert report.outcome == "valid", report.findings
    assert (report.records_checked, report.disclosures_checked) == (3, 3)


ACTOR, NOTE = (text.decode() for text in disclosures(3))
FOREIGN = encode_disclosure(bytes(16), "actor", "person:somebody@example.org").decode()


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("foreign", [FOREIGN]),
        ("of another record", [disclosures(7)[0].decode()]),
        ("twice", [ACTOR, ACTOR]),
        ("altered", [ACTOR[:-2] + "AA"]),
        ("no disclosure", ["!"]),
        ("empty", [""]),
        ("beside a good one", [ACTOR, FOREIGN]),
        ("not ASCII", ["\N{LATIN SMALL LETTER E WITH ACUTE}"]),
    ],
)
def test_a_wrong_disclosure_is_named_with_its_record(name: str, texts: list[str]) -> None:
    """A value could be shown under a green seal that nobody ever sealed."""
    report = checked(regranted(FILE, 0, texts))
    assert report.outcome == "broken", name
    assert [(one.verdict, one.index) for one in report.findings] == [("DISCLOSURE_MISMATCH", 3)]


def test_swapped_disclosures_are_found_at_both_records() -> None:
    """What one person did would be shown as done by another."""
    first, second = FILE.records[0].disclosures, FILE.records[1].disclosures[:1]
    report = checked(regranted(regranted(FILE, 0, second), 1, first))
    assert {(one.verdict, one.index) for one in report.findings} == {
        ("DISCLOSURE_MISMATCH", 3),
        ("DISCLOSURE_MISMATCH", 7),
    }


def _forged(sealed: str) -> str:
    return encode_base64(b64decode(sealed).replace(b"customer-file", b"customer-mail"))


def test_a_changed_record_is_found() -> None:
    """The public part of an event could be rewritten around a true name."""
    report = checked(changed(FILE, 0, lambda record: {"sealed": _forged(record.sealed)}))
    assert ("MODIFIED", 3) in {(one.verdict, one.index) for one in report.findings}


def test_a_proof_of_another_record_is_found() -> None:
    """A record that is not in the log could be proven by the proof of one that is."""
    report = checked(changed(FILE, 0, lambda _record: {"proof": FILE.records[1].proof}))
    assert report.outcome == "broken"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "zegel/disclosures/v2"},
        {"origin": "log.example/other"},
        {"size": 299},
        {"root": "00" * 32},
        {"checkpoint": ""},
        {"records": (*FILE.records, FILE.records[0])},
        {"records": tuple(reversed(FILE.records))},
    ],
)
def test_a_file_that_says_otherwise_is_broken(change: dict[str, object]) -> None:
    """What a file says of itself could differ from what it proves."""
    file = msgspec.structs.replace(FILE, **change)
    assert checked(file).outcome == "broken"


def test_a_file_without_records_is_no_evidence() -> None:
    """Nothing that was checked would read as VALID."""
    assert checked(msgspec.structs.replace(FILE, records=())).outcome == "empty"


def test_another_spelling_of_the_same_members_is_refused() -> None:
    """Two programs could read two values from one file, where a member stands twice."""
    raw = encode_disclosure_file(FILE)
    twice = raw.replace(b'"size": 300', b'"size": 1,\n "size": 300')
    for spelled in (twice, msgspec.json.format(raw, indent=2), raw + b"\n"):
        report = check_disclosure_file(spelled, KEY_ONLY)
        assert report.first_fault is not None
        assert "spelling" in report.first_fault.expected


def test_the_checkpoint_of_somebody_else_is_refused() -> None:
    """Anybody could sign a log of their own and hand it out as ours."""
    stranger = Policy(logs=())
    report = check_disclosure_file(encode_disclosure_file(FILE), stranger)
    assert report.counts["UNKNOWN_KEY"] > 0


def test_an_auditor_needs_two_libraries() -> None:
    """An auditor would have to install a database driver to check a name."""
    program = (
        "import sys, ledger.verification.disclosure_file\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'sqlalchemy', 'eventsourcing', 'click', 'rich', 'psycopg'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_the_sender_can_say_what_was_erased() -> None:
    """An auditor could not tell a value that is gone from one that is kept back."""
    said = {"erased": [{"field": "actor", "event": 9}]}
    records = msgspec.to_builtins(FILE.records)
    file = msgspec.convert(
        {**msgspec.to_builtins(FILE), "records": [records[0] | said, *records[1:]]},
        DisclosureFile,
    )
    assert checked(file).outcome == "valid"
    assert b'"event": 9' in encode_disclosure_file(file)
