"""`zegel export disclosures`: an auditor gets the fields that were chosen, and nothing else."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from ledger.disclosure import decode_disclosure
from ledger.home import Home
from ledger.ledger import Ledger
from projections.erasing import erase_subject
from tests.command_line import Answer, zegel_here

PURPOSE = ("--purpose", "audit: yearly")


def _fine(answer: Answer) -> Answer:
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


def _key(home: Path) -> str:
    listed = _fine(zegel_here("--home", home, "key", "list"))
    key: str = json.loads(listed.stdout)["verifier_key"]
    return key


@pytest.fixture
def sealed(database_url: str, tmp_path: Path) -> tuple[str | Path, ...]:
    """The options that name a home with a few grants under a checkpoint, on either database."""
    home = ("--home", tmp_path / "home", "--database", database_url)
    _fine(zegel_here(*home, "init", "--origin", "log.example/test"))
    for number in range(4):
        _fine(
            zegel_here(
                *(*home, "record", "access.granted", "--grant-id", f"G-{number}"),
                *("--grantee", f"person:user{number}@example.nl", "--resource", "customer-file"),
                *("--granted-by", "person:boss@example.nl", "--justification", f"ticket {number}"),
                *("--occurred-at", f"2026-03-0{number + 1}T09:00", "--system", "portal"),
            )
        )
    _fine(zegel_here(*home, "seal"))
    return home


def _indexes(home: tuple[str | Path, ...]) -> list[int]:
    logged = _fine(zegel_here(*home, "log", "--kind", "access.granted", "--system", "portal"))
    return [json.loads(line)["index"] for line in logged.stdout.splitlines()]


def _report(file: Path, home: Path) -> dict[str, Any]:
    answer = zegel_here("verify", "--disclosures", file, "--key", _key(home), "--json")
    report: dict[str, Any] = json.loads(answer.stdout)
    assert (answer.returncode == ExitCode.FINE) == (report["outcome"] == "valid")
    return report


def _secrets(home: Path, database: str) -> dict[tuple[int, str], list[bytes]]:
    """Every disclosure of the log by record and field, with its salt, value and token."""
    ledger = Ledger.open(database=database, key_file=home / "keys" / "vault.key.json")
    found: dict[tuple[int, str], list[bytes]] = {}
    for row in ledger.log.scan():
        for stored in ledger.log.disclosures_of([row.index]).get(row.index, []):
            texts = ledger.vault.texts_of(stored, row.event_id.bytes if row.event_id else None)
            for text in texts or ():
                salt, name, value = decode_disclosure(text)
                found[row.index, name] = [
                    *(text, salt.encode(), str(value).encode()),
                    *(stored.subject_id.hex.encode(), str(stored.subject_id).encode()),
                ]
    ledger.close()
    return found


def test_chosen_fields_open_and_the_rest_stays_closed(
    sealed: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """A name that nobody granted would be in the hands of an auditor."""
    indexes = _indexes(sealed)
    home, file = tmp_path / "home", tmp_path / "auditor.json"
    chosen = [str(indexes[1]), f"{indexes[2]}-{indexes[3]}"]
    kind_field = ("--kind-field", "access.granted:justification")
    facts = json.loads(
        _fine(
            zegel_here(
                *(*sealed, "export", "disclosures", *chosen, "--field", "grantee"),
                *(*kind_field, *PURPOSE, "--to", file),
            )
        ).stdout
    )
    assert (facts["records"], facts["opened"], facts["erased"]) == (3, 6, [])
    assert file.stat().st_mode & 0o077 == 0
    report = _report(file, home)
    assert report["outcome"] == "valid"
    opened = {(row["index"], row["field"]): row["value"] for row in report["fields"]}
    assert opened[indexes[2], "grantee"] == "person:user2@example.nl"
    assert opened[indexes[3], "justification"] == "ticket 3"
    raw = file.read_bytes()
    closed = {
        secret
        for place, secrets in _secrets(home, str(sealed[-1])).items()
        if place not in opened
        for secret in secrets
        if len(secret) > 5  # a short one, such as a run of indexes, stands anywhere by chance
    }
    granted = {str(value).encode() for value in opened.values()}
    assert len(closed) > 20
    assert [secret for secret in closed - granted if secret in raw] == []
    assert b"boss" not in b"".join(decode_disclosure(text)[2].encode() for text in _texts(raw))


def _texts(raw: bytes) -> list[bytes]:
    return [
        text.encode() for record in json.loads(raw)["records"] for text in record["disclosures"]
    ]


def test_handing_out_and_reading_are_recorded(
    sealed: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """Nobody could tell afterwards whom an auditor was shown, or who the auditor was."""
    facts = json.loads(
        _fine(
            zegel_here(
                *(*sealed, "export", "disclosures", "--kind", "access.granted"),
                *("--system", "portal", "--field", "grantee", *PURPOSE, "--recipient"),
                *("authority:autoriteit", "--to", tmp_path / "auditor.json"),
            )
        ).stdout
    )
    logged = _fine(zegel_here(*sealed, "log", "--reverse", "-n", "2")).stdout.splitlines()
    issued, read = map(json.loads, logged)
    assert issued["kind"] == "log.export_issued.v1"
    assert issued["event"]["manifest_sha256"] == facts["manifest_sha256"]
    assert issued["event"]["recipient"] == {"role": "authority", "organisation": "autoriteit"}
    assert (read["kind"], read["event"]["records"]) == ("log.read.v1", 4)
    assert read["event"]["purpose"] == "audit"


def test_a_preview_writes_and_records_nothing(
    sealed: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """Looking at what would be given would already give it."""
    before = _fine(zegel_here(*sealed, "log")).stdout
    index = str(_indexes(sealed)[0])
    fields = ("--field", "grantee")
    answer = _fine(zegel_here(*sealed, "export", "disclosures", index, *fields, "--dry-run"))
    row = json.loads(answer.stdout)
    assert row["opens"] == ["grantee"]
    assert sorted(row["closed"]) == ["grant_id", "granted_by", "justification"]
    assert "user0" not in answer.stdout + answer.stderr
    bundled = _fine(zegel_here(*sealed, "export", "bundle", index, *fields, "--dry-run"))
    assert json.loads(bundled.stdout) == row
    assert _fine(zegel_here(*sealed, "log")).stdout == before
    assert list(tmp_path.glob("*.json")) == []


def test_a_bundle_opens_chosen_fields_only(sealed: tuple[str | Path, ...], tmp_path: Path) -> None:
    """With a bundle one would have to open everything or nothing."""
    index = _indexes(sealed)[2]
    _fine(
        zegel_here(
            *(*sealed, "export", "bundle", str(index), "--field", "grantee", *PURPOSE),
            *("--to", tmp_path / "bundle"),
        )
    )
    (line,) = (tmp_path / "bundle" / "disclosures.jsonl").read_text().splitlines()
    (text,) = json.loads(line)["disclosures"]
    assert decode_disclosure(text.encode())[1:] == ("grantee", "person:user2@example.nl")
    key = _key(tmp_path / "home")
    _fine(zegel_here("verify", "--bundle", tmp_path / "bundle", "--key", key))


def test_a_changed_file_is_broken_and_shows_no_value(
    sealed: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """A forged name would be shown by our own verifier."""
    indexes, file = _indexes(sealed), tmp_path / "auditor.json"
    fields = ("--field", "grantee", *PURPOSE, "--to", file)
    _fine(zegel_here(*sealed, "export", "disclosures", *map(str, indexes), *fields))
    first, second, *_ = _texts(file.read_bytes())
    raw = file.read_bytes().replace(first, b"<>").replace(second, first)
    raw = raw.replace(b"<>", second)
    file.write_bytes(raw)
    report = _report(file, tmp_path / "home")
    assert report["outcome"] == "broken"
    assert report["fields"] == []
    found = {(one["verdict"], one["index"]) for one in report["findings"]}
    assert found == {("DISCLOSURE_MISMATCH", index) for index in indexes[:2]}


def test_what_was_erased_is_named_with_its_event(
    sealed: tuple[str | Path, ...], tmp_path: Path
) -> None:
    """An auditor would take a value that is gone for one that we keep back, or the export fail."""
    indexes, home = _indexes(sealed), tmp_path / "home"
    with closing(Home(home).open_ledger(database=str(sealed[-1]))) as ledger:
        outcome = erase_subject(
            ledger, "person:user1@example.nl", requested_by="person:dpo@example.nl"
        )
    _fine(zegel_here(*sealed, "seal"))
    file = tmp_path / "auditor.json"
    chosen = ("--field", "grantee,granted_by", *PURPOSE, "--to", file)
    preview = _fine(
        zegel_here(
            *(*sealed, "export", "disclosures", str(indexes[1]), "--dry-run"),
            *("--field", "grantee,granted_by"),
        )
    )
    said = f"grantee (by event {outcome.confirmed_index})"
    assert json.loads(preview.stdout)["erased"] == [said]
    facts = json.loads(
        _fine(zegel_here(*sealed, "export", "disclosures", *map(str, indexes), *chosen)).stdout
    )
    gone = f"record {indexes[1]}: grantee erased (by event {outcome.confirmed_index})"
    assert (facts["opened"], facts["erased"]) == (7, [gone])
    report = _report(file, home)
    assert report["outcome"] == "valid"
    shown = {(row["index"], row["field"]): row["value"] for row in report["fields"]}
    assert shown[indexes[1], "grantee"] == f"erased (by event {outcome.confirmed_index})"
    assert shown[indexes[1], "granted_by"] == "person:boss@example.nl"
    assert b"user1" not in b"".join(_opened_values(file))


def test_a_bundle_says_what_was_erased(sealed: tuple[str | Path, ...], tmp_path: Path) -> None:
    """Evidence about a person who was erased could not be handed out, or would say nothing."""
    index = _indexes(sealed)[1]
    with closing(Home(tmp_path / "home").open_ledger(database=str(sealed[-1]))) as ledger:
        outcome = erase_subject(
            ledger, "person:user1@example.nl", requested_by="person:dpo@example.nl"
        )
    _fine(zegel_here(*sealed, "seal"))
    answer = _fine(
        zegel_here(
            *(*sealed, "export", "bundle", str(index), "--identities", *PURPOSE),
            *("--to", tmp_path / "bundle"),
        )
    )
    said = f"grantee erased (by event {outcome.confirmed_index})"
    assert f"record {index}: {said}" in json.loads(answer.stdout)["erased"]
    key = _key(tmp_path / "home")
    _fine(zegel_here("verify", "--bundle", tmp_path / "bundle", "--key", key))


def _opened_values(file: Path) -> list[bytes]:
    return [str(decode_disclosure(text)[2]).encode() for text in _texts(file.read_bytes())]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["0"], "--field"),
        (["0", "--field", "grantee"], "--purpose"),
        (["0", "--field", "grantee", *PURPOSE], "--to"),
        (["0", "--field", "grante", *PURPOSE], "did you mean grantee"),
        (["999", "--field", "grantee", *PURPOSE, "--to", "x.json"], "record 999"),
        (["0", "--field", "grantee", *PURPOSE, "--recipient", "x:y", "--to", "x.json"], "role"),
    ],
)
def test_what_cannot_be_given_is_said(
    tmp_path: Path, home: Path, options: list[str], said: str
) -> None:
    """Somebody would hand out another thing than they meant."""
    _fine(zegel_here("--home", home, "record", "data.stored", "--dataset", "x"))
    _fine(zegel_here("--home", home, "seal"))
    typed = [tmp_path / each if each.endswith(".json") else each for each in options]
    answer = zegel_here("--home", home, "export", "disclosures", *typed)
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
    assert list(tmp_path.glob("*.json")) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--key"),
        (["--key", "x", "--bundle", "."], "not both"),
        (["--key", "x", "--quick"], "--quick"),
        (["--key", "x", "--stamp-roots", "x"], "--bundle"),
    ],
)
def test_a_verifier_says_what_it_needs(tmp_path: Path, options: list[str], said: str) -> None:
    """An auditor would believe a file by the key inside it, or not know what to type."""
    (tmp_path / "auditor.json").write_text("{}")
    answer = zegel_here("verify", "--disclosures", tmp_path / "auditor.json", *options)
    assert answer.returncode == ExitCode.USAGE
    assert said in answer.stderr
