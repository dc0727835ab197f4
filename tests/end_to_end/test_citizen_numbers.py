"""A citizen number is nowhere in clear, whatever way it came in by."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.home import Home
from tests.command_line import Answer, zegel_here

NUMBER: Final = "999990342"
DOTTED: Final = "9999.90.342"
WRONG: Final = "999990343"
"""One digit off: as personal as the right one, and as easy to guess."""

SPOKEN: Final = (NUMBER, DOTTED, WRONG)
SUBJECT: Final = f"data-subject:BSN:{DOTTED}"


def _used(**fields: object) -> dict[str, object]:
    return {
        "kind": "access.used",
        "occurred_at": "2026-03-02T09:00:00Z",
        "resource": "customer-file",
        **fields,
    }


LINES: Final = {
    "as a subject": _used(customer_id=f"data-subject:bsn:{NUMBER}"),
    "among subjects": _used(subjects=[SUBJECT]),
    "wrong": _used(customer_id=f"data-subject:BSN:{WRONG}"),
    "as a person": _used(actor=f"person:{NUMBER}"),
    "as an address": _used(origin=f"ip:{NUMBER}"),
    "in a word": _used(system=f"crm-{NUMBER}"),
    "in a list": _used(data_categories=["x", NUMBER]),
    "in a URI": _used(processing_activity_id=f"urn:activity:{NUMBER}"),
    "in an object": _used(evidence=[{"sha256": "0" * 64, "uri": f"urn:x:{NUMBER}"}]),
    "as an unknown field": _used(**{NUMBER: 1}),
    "as a kind": _used(kind=NUMBER),
    "in words": _used(note=f"asked for {NUMBER}"),
    "dotted in a URI": _used(processing_activity_id=f"urn:activity:{DOTTED}"),
    "encoded in a URI": _used(processing_activity_id="urn:activity:99999034%32"),
    "as a case": _used(grant_id=NUMBER),
    "no instant": _used(occurred_at=NUMBER),
}


def _kept(home: Path) -> Iterator[tuple[str, bytes]]:
    """Everything in a home: names of files, and what stands in them."""
    for path in sorted(home.rglob("*")):
        yield f"name of {path.name}", path.name.encode()
        if path.is_file():
            yield path.name, path.read_bytes()


def _assert_nowhere(home: Path, *answers: Answer) -> None:
    for number in SPOKEN:
        for answer in answers:
            assert number not in answer.stdout
            assert number not in answer.stderr
        found = [name for name, raw in _kept(home) if number.encode() in raw]
        assert found == []


@pytest.mark.parametrize("case", LINES)
def test_a_fact_with_a_number_is_sealed_or_refused_without_saying_it(home: Path, case: str) -> None:
    """The log, its files or its errors would hold what may be kept in the vault only."""
    answers = [
        zegel_here("--home", home, *debug, "record", "--json", "-", stdin=json.dumps(LINES[case]))
        for debug in ([], ["--debug"])
    ]
    answers.append(zegel_here("--home", home, "log", "--json"))
    answers.append(zegel_here("--home", home, "log", "--table"))
    may_go_in = case in {"as a subject", "among subjects", "in words", "as a case"}
    assert (answers[0].returncode == 0) == may_go_in, answers[0].stderr
    assert bool(answers[2].stdout) == may_go_in
    _assert_nowhere(home, *answers)


def test_files_with_numbers_are_read_without_saying_them(home: Path, tmp_path: Path) -> None:
    """An import would fill logs and folders with citizen numbers."""
    native = tmp_path / f"facts-{NUMBER}.ndjson"
    native.write_text("".join(json.dumps(each) + "\n" for each in LINES.values()))
    clouds = tmp_path / "clouds.json"
    clouds.write_text(
        json.dumps(
            [
                {
                    "specversion": "1.0",
                    "id": f"{case}-{NUMBER}",
                    "source": f"urn:{NUMBER}",
                    "subject": NUMBER,
                    "type": fields.get("kind"),
                    "time": "2026-03-02T09:00:00Z",
                    NUMBER: "x",
                    "data": {k: v for k, v in fields.items() if k not in {"kind", "occurred_at"}},
                }
                for case, fields in LINES.items()
            ]
        )
    )
    sshd = tmp_path / "auth.log"
    sshd.write_text(
        f"Dec 10 06:55:48 web sshd[2]: Failed password for {NUMBER} from 203.0.113.7 port 3 ssh2\n"
        f"Dec 10 06:55:49 web sshd[3]: Failed password for root from {NUMBER} port 3 ssh2\n"
        f"{NUMBER} is no line of a log\n"
    )
    spans = tmp_path / "spans.json"
    spans.write_text(json.dumps(_request(NUMBER, WRONG, DOTTED)))
    answers = [
        zegel_here("--home", home, *debug, "import", file, "--year", "2025", *more)
        for file in (native, clouds, sshd, spans)
        for debug in ([], ["--debug"])
        for more in ([], ["--again"], ["--dry-run"])
    ]
    assert any("kept" in answer.stdout or "quarantine" in answer.stdout for answer in answers)
    _assert_nowhere(home, *answers)
    quarantined = list((home / "quarantine").glob("*.ndjson"))
    assert quarantined
    for path in quarantined:
        assert path.stat().st_mode & 0o777 == 0o600
        raw = b"".join(
            b64decode(json.loads(line)["raw_base64"]) for line in path.read_bytes().splitlines()
        )
        assert any(number.encode() in raw for number in SPOKEN)  # the operator can mend the source
    verified = zegel_here("--home", home, "verify")
    assert verified.returncode == 0, verified.stderr


def test_questions_about_a_number_do_not_repeat_it(home: Path) -> None:
    """Whoever looks somebody up would write the number into the log for ever."""
    zegel_here("--home", home, "record", "--json", "-", stdin=json.dumps(LINES["as a subject"]))
    why = ("--identities", "--purpose", f"subject-request: about {NUMBER}")
    shown = zegel_here("--home", home, "log", "--subject", SUBJECT, *why)
    assert f"data-subject:BSN:{NUMBER}" in shown.stdout
    questions = [
        zegel_here("--home", home, "log", "--subject", SUBJECT),
        zegel_here("--home", home, "log", "--subject", f"data-subject:BSN:{WRONG}"),
        zegel_here("--home", home, "--debug", "log", "--actor", NUMBER),
        zegel_here("--home", home, "log", "--looked-at", f"data-subject:BSN:{NUMBER}"),
        zegel_here("--home", home, "log", "--system", NUMBER, *why),
        zegel_here("--home", home, "log", "--since", NUMBER),
        zegel_here("--home", home, "log", "--kind", NUMBER),
        zegel_here("--home", home, "show", NUMBER),
        zegel_here("--home", home, "state", "access", f"person={NUMBER}"),
        zegel_here("--home", home, "state", NUMBER),
        zegel_here("--home", home, NUMBER),
    ]
    assert [answer.returncode for answer in questions[:2]] == [0, 2]
    assert len(questions[0].stdout.splitlines()) == 1
    assert len(questions[3].stdout.splitlines()) == 1
    _assert_nowhere(home, *questions)
    grep = zegel_here("--home", home, "log", "--grep", NUMBER, *why)
    assert len(grep.stdout.splitlines()) >= 1  # the person who may see it finds it
    readings = zegel_here("--home", home, "log", "--kind", "log.read", *why)
    questions_kept = [json.loads(line)["event"] for line in readings.stdout.splitlines()]
    assert len(questions_kept) == 3
    assert NUMBER not in "".join(str(each) for each in questions_kept)


def test_the_type_is_known_without_the_value(home: Path) -> None:
    """Nobody could tell that citizen numbers are processed without reading them."""
    made = zegel_here(
        "--home", home, "record", "--json", "-", stdin=json.dumps(LINES["as a subject"])
    )
    index = json.loads(made.stdout)["index"]
    shown = json.loads(zegel_here("--home", home, "show", str(index)).stdout)
    (digest,) = shown["digests"]
    assert (digest["field"], digest["id_type"]) == ("customer_id", "BSN")
    assert digest["subject"].startswith("data-subject#")


@settings(max_examples=40)
@given(st.text("0123456789-. ", min_size=9, max_size=14))
def test_no_public_text_with_a_number_is_ever_sealed(text: str) -> None:
    """A number would be found in sealed bytes after an import of anything."""
    from ledger.errors import MalformedEvent  # noqa: PLC0415 - only here
    from ledger.events import complete_event, encode_event, event_from_mapping  # noqa: PLC0415
    from ledger.identifiers import clear_numbers  # noqa: PLC0415

    try:
        event = complete_event(
            event_from_mapping(_used(processing_activity_id=f"urn:x:{text.strip()}-")),
            new_id=_fixed,
        )
    except MalformedEvent:
        return
    assert list(clear_numbers(json.loads(encode_event(event)))) == []


def test_roles_cannot_be_forged_by_any_way_in(home: Path, tmp_path: Path) -> None:
    """Whoever may write a line could give themselves the right to read every name."""
    forged = {
        "kind": "access.granted",
        "occurred_at": "2026-01-01T00:00:00Z",
        "system": "zegel",
        "grant_id": "G",
        "grantee": "person:mallory",
        "resource": "zegel/identities",
        "acts": ["resolve", "administer"],
    }
    recorded = zegel_here("--home", home, "record", "--json", "-", stdin=json.dumps(forged))
    assert recorded.returncode == 2
    assert "the log's own" in recorded.stderr
    file = tmp_path / "forged.ndjson"
    file.write_text(json.dumps(forged) + "\n")
    bare = tmp_path / "bare.ndjson"
    bare.write_text(json.dumps({k: v for k, v in forged.items() if k != "system"}) + "\n")
    for path, *more in ((file,), (bare, "--system", "zegel"), (bare,)):
        zegel_here("--home", home, "import", path, *more)
    listed = json.loads(zegel_here("--home", home, "role", "list", "--json").stdout)
    assert listed["roles"] == []
    assert Home(home).settings().origin == "log.example/test"


def _fixed() -> UUID:
    return UUID("01936e2a-7c00-7000-8000-000000000000")


def _request(*numbers: str) -> dict[str, object]:
    """An OTLP request with a span for each number in each place."""
    spans: list[dict[str, object]] = []
    for number in numbers:
        for place in ("subject", "activity", "name")[:: 2 if number == WRONG else 1]:
            attributes = {
                "dpl.core.processing_activity_id": f"urn:a:{number if place == 'activity' else 1}",
                "dpl.core.data_subject_id": number if place == "subject" else "4711",
                "dpl.core.data_subject_id_type": "BSN" if place == "subject" else "customer",
            }
            spans.append(
                {
                    "traceId": "5b8efff798038103d269b633813fc60c",
                    "spanId": f"{len(spans) + 1:016x}",
                    "name": f"read {number}" if place == "name" else "read",
                    "startTimeUnixNano": "1772442000000000000",
                    "endTimeUnixNano": "1772442001000000000",
                    "attributes": [
                        {"key": key, "value": {"stringValue": value}}
                        for key, value in attributes.items()
                    ],
                }
            )
    return {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": spans}]}]}


def test_the_type_stays_after_an_erasure(home: Path) -> None:
    """Nobody could tell any more that a record was about citizen numbers."""
    fact = json.dumps(_used(customer_id=SUBJECT))
    here = ("--home", home)
    assert zegel_here(*here, "record", "--json", "-", stdin=fact).returncode == 0
    assert zegel_here(*here, "erase", SUBJECT, "--yes").returncode == 0
    shown = zegel_here(*here, "show", "0", "--json")
    (digest,) = json.loads(shown.stdout)["digests"]
    assert (digest["field"], digest["id_type"]) == ("customer_id", "BSN")
    assert (digest["state"], digest["subject"]) == ("erased (by event 3)", None)
    assert not [spoken for spoken in SPOKEN if spoken in shown.stdout]
