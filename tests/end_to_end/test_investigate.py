"""Twenty questions of an investigator, answered by the history that `zegel demo` makes.

The page shows the answers to people; below they are asked for as JSON, and the very records,
moments and numbers must be there.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command_line import zegel_here
from tests.page_transcripts import follow, steps_of

PAGE: Final = Path(__file__).parents[2] / "docs" / "how-to" / "investigate.md"
WITHOUT_SHARED: Final = "none"
BREACH: Final = "NXT-2025-11"
CUSTOMER: Final = "data-subject:customer:40311"
SUPPORT: Final = "s.dekker@interaction-next.example"


def _told(folder: Path) -> Path:
    home = folder / "demo"
    told = zegel_here("demo", "--dir", home, ZEGEL_SHARED=WITHOUT_SHARED)
    assert told.returncode == 0, told.stderr
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a told story, for questions that change nothing."""
    return _told(tmp_path_factory.mktemp("investigation"))


def _asked(home: Path, *command: str) -> str:
    answer = zegel_here("--home", home, *command)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def _rows(home: Path, *command: str) -> list[dict[str, Any]]:
    """The answer of a command that writes one JSON object a line."""
    return [json.loads(line) for line in _asked(home, *command, "--ndjson").splitlines()]


def _state(home: Path, *command: str) -> list[dict[str, Any]]:
    """The rows of a view."""
    found: list[dict[str, Any]] = json.loads(_asked(home, "state", *command, "--json"))["rows"]
    return found


def _picked(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def test_the_page_answers_as_it_shows(tmp_path: Path) -> None:
    """Whoever follows the page would find other answers, or none."""
    _told(tmp_path)
    assert follow(PAGE, tmp_path, ZEGEL_HOME="demo", ZEGEL_SHARED=WITHOUT_SHARED) >= 20


def test_the_page_has_twenty_questions_with_an_answer_each() -> None:
    """A question would be asked and left open."""
    sections = PAGE.read_text("utf-8").split("\n## ")[1:]
    assert [section.partition(".")[0] for section in sections] == [
        str(number) for number in range(1, 21)
    ]
    for section in sections:
        assert steps_of(section), section.partition("\n")[0]
        assert all(answer.strip() for command, answer in steps_of(section) if ">" not in command)


def test_1_who_touched_data_of_a_person_and_why(home: Path) -> None:
    """A person could not be told who saw their data, when, and on what ground."""
    window = ("--since", "2025-03-10", "--until", "2025-04-15")
    rows = _rows(home, "ask", "touched", CUSTOMER, *window)
    assert _picked(rows, "index", "occurred_at", "kind", "purpose", "legal_basis") == [
        (144, "2025-03-10T05:00:00Z", "exchange.performed", None, "contract"),
        (142, "2025-03-18T10:10:00Z", "access.used", "reporting", None),
        (133, "2025-04-02T07:30:00Z", "exchange.performed", "assessment", "consent"),
    ]
    assert [set(row["grounds"]) for row in rows] == [set(), {"grant"}, {"consent"}]
    assert rows[0]["who"] == "installation"


def test_1_the_names_are_shown_to_whoever_says_why(tmp_path: Path) -> None:
    """An investigator would learn of tokens only, or of names without a trace."""
    home = _told(tmp_path)
    seen = _rows(home, "ask", "touched", CUSTOMER, "--identities", "--purpose", "audit: 2026-3")
    (used,) = (row for row in seen if row["kind"] == "access.used")
    assert used["who"] == "person:r.hoek@ragiox.example"
    assert used["justification"] == "Yearly report that the customer asked for."
    (reading,) = _rows(home, "log", "--kind", "log.read", "-r", "-n", "1")
    assert reading["event"]["purpose"] == "audit"


def test_2_what_somebody_did_around_an_event(home: Path) -> None:
    """What led to an event, and what followed, would be told apart by hand."""
    rows = _rows(home, "log", "--actor", SUPPORT, "--around", "243", "--within", "24h")
    assert [(row["index"], row["kind"]) for row in rows] == [
        (240, "access.used.v1"),
        (241, "access.attempt_denied.v1"),
        (242, "access.used.v1"),
        (243, "exchange.performed.v1"),
    ]
    near = _rows(home, "log", "--actor", SUPPORT, "--around", "@243", "--within", "1h")
    assert [row["index"] for row in near] == [242, 243]


def test_3_accesses_without_a_valid_grant(home: Path) -> None:
    """A use that no grant covered would pass."""
    rows = _state(home, "access", "--only", "ungranted")
    assert _picked(rows, "index", "occurred_at", "resource", "reasons") == [
        (108, "2025-07-02T20:41:00Z", "xref-portal", ["after the grant was taken away"]),
        (242, "2025-11-15T01:14:00Z", "incident-tickets", ["act not granted"]),
        (202, "2025-12-12T07:42:00Z", "ssh/gateway", ["names no grant"]),
    ]


def test_4_accesses_for_a_purpose_outside_the_register(home: Path) -> None:
    """The register of today would excuse what it did not hold then."""
    rows = _state(home, "access", "--only", "unregistered")
    assert _picked(rows, "index", "purpose", "reasons") == [
        (115, "book-lending", ["purpose not one of the processing activity"]),
        (242, None, ["names no purpose and no processing activity"]),
        (202, None, ["names no purpose and no processing activity"]),
    ]


def test_5_grants_that_outlived_contract_or_employment(home: Path) -> None:
    """Whoever left would keep the key, and nobody would see it."""
    rows = _state(home, "access", "--only", "outlived")
    assert _picked(rows, "still_in_force", "reasons", "reason_ended", "indexes") == [
        (True, ["left bibliotheek-noord"], "2025-03-31T15:00:00Z", [102, 181]),
        (True, ["contract ended"], "2025-11-28T16:00:00Z", [183, 186]),
        (False, ["left bibliotheek-noord"], "2025-06-30T15:00:00Z", [101, 106]),
    ]
    later = _state(home, "access", "--only", "after-leaving")
    assert _picked(later, "index", "resource") == [(108, "xref-portal"), (187, "customer-server")]


def test_6_which_data_left_to_whom_and_on_which_basis(home: Path) -> None:
    """Nobody could say how much went where, or that it had no basis."""
    rows = _state(home, "exchanges", "direction=out")
    assert _picked(rows, "recipient", "count", "bytes", "legal_bases") == [
        ("adviesbureau-delta", 2, 500_124, ["consent"]),
        ("intermax", 1, 184_320, ["contract"]),
        ("mailhulp", 1, 40_960, ["contract"]),
        ("relatiebeheer", 1, 9_430, ["contract"]),
        ("vervoerder-zuid", 1, 88_410, ["contract"]),
        ("archief-oost", 1, 91_022, ["contract"]),
        ("unknown", 1, 6_291_456, ["none stated"]),
    ]


def test_7_exchanges_that_are_too_large_or_carry_what_they_must_not(home: Path) -> None:
    """A limit that was passed once would disappear in the sum of a flow."""
    large = _state(home, "exchanges", "--only", "each", "larger_than=4000000")
    assert _picked(large, "index", "outcome", "bytes") == [
        (130, "blocked", 4_301_222),
        (143, "performed", 4_104_880),
        (243, "performed", 6_291_456),
    ]
    forbidden = _state(home, "exchanges", "--only", "each", "content=protected-app-content")
    assert _picked(forbidden, "index", "occurred_at") == [(144, "2025-03-10T05:00:00Z")]


def test_8_recipients_that_nobody_had_approved(home: Path) -> None:
    """An approval of June would cover what went in May."""
    rows = _rows(home, "ask", "recipients", "--sender", "ingressus")
    assert _picked(rows, "recipient", "role", "why", "bytes", "rests_on") == [
        ("mailhulp", "sub-processor", "engaged without approval", 40_960, [118, 117, 119])
    ]
    everybody = _rows(home, "ask", "recipients")
    assert {row["recipient"] for row in everybody} == {
        "adviesbureau-delta",
        "mailhulp",
        "relatiebeheer",
        "vervoerder-zuid",
        "archief-oost",
        "unknown",
    }


def test_9_consent_for_this_exchange_for_this_case_before_it(home: Path) -> None:
    """One consent would cover every exchange with the same adviser."""
    first = json.loads(_asked(home, "ask", "consent", "133", "--json"))
    assert first["consented"]
    assert _picked(first["consents"], "given_at", "covers", "rests_on") == [
        ("2025-04-01T08:00:00Z", True, [131])
    ]
    second = json.loads(_asked(home, "ask", "consent", "145", "--json"))
    assert not second["consented"]
    (consent,) = second["consents"]
    assert consent["against"] == [
        "for another case",
        "used before, by the exchange of record 133",
    ]


def test_10_why_an_address_is_blocked_and_until_when(home: Path) -> None:
    """Whoever is kept out could not be told why, or how long."""
    (row,) = _state(home, "blocks", "ip=203.0.113.80", "--as-of", "2025-12-01")
    assert (row["since"], row["until"]) == ("2025-11-20T02:15:00Z", "2025-12-20T02:15:00Z")
    assert (row["attempts"], row["first_attempt_index"], row["last_attempt_index"]) == (3, 234, 236)
    assert row["indexes"] == [237]
    assert _state(home, "blocks", "ip=203.0.113.80", "--as-of", "2025-12-21") == []
    kinds = ("--kind", "intrusion", "--kind", "ip")
    seen = _rows(home, "log", "--ip", "203.0.113.80", *kinds)
    assert [row["index"] for row in seen] == [234, 235, 236, 237]


def test_11_addresses_kept_without_repeated_attempts(home: Path) -> None:
    """The address of a visitor would be kept for years."""
    rows = _state(home, "blocks", "--only", "unrepeated")
    assert _picked(rows, "index", "kept_at", "purpose", "attempts") == [
        (238, "2025-11-21T09:40:00Z", "statistics", 0)
    ]
    told = json.loads(_asked(home, "promises", "infactor-web", "--explain", "INF-08", "--json"))
    assert (told["verdict"], told["oldest_break"]["index"]) == ("broken", 238)


def test_12_data_of_ended_contracts_that_still_exist(home: Path) -> None:
    """A customer who left would stay in the file, and nobody would notice."""
    rows = _state(home, "stored", "--only", "ended-contracts")
    assert _picked(rows, "system", "dataset", "contract_ended_at") == [
        ("ragiox-gold", "customers", "2025-08-29T15:00:00Z"),
        ("infactor-web", "customers", "2025-11-28T16:00:00Z"),
    ]
    assert [len(row["held_by"]) for row in rows] == [0, 1]
    assert (rows[0]["state"], rows[0]["due_at"]) == ("overdue", "2025-09-18T22:00:00Z")
    assert rows[0]["indexes"] == [146, 147, 148, 273]


def test_13_files_that_stayed_too_long(home: Path) -> None:
    """A file that nobody deleted would not be found."""
    rows = _state(home, "stored", "--only", "files", "min_seconds=60")
    assert _picked(rows, "came_at", "deleted_at", "still_there") == [
        ("2025-11-10T06:00:00Z", None, True),
        ("2025-09-22T05:00:00Z", "2025-09-22T05:12:44Z", False),
    ]


def test_14_when_it_could_have_been_known(home: Path) -> None:
    """The alarm of Saturday would not be held against the awareness of Monday."""
    answer = json.loads(_asked(home, "breach", "reach", BREACH, "--system", "xential", "--json"))
    assert answer["aware_at"] == "2025-11-17T08:35:00Z"
    assert _picked(answer["signals"], "index", "occurred_at", "kind") == [
        (241, "2025-11-14T22:52:00Z", "access.attempt_denied"),
        (244, "2025-11-15T05:05:00Z", "incident.signalled"),
        (245, "2025-11-17T07:40:00Z", "incident.signalled"),
    ]
    assert answer["signals"][1]["lead"] == "P2DT12600S"


def test_15_the_deadline_on_each_anchor(home: Path) -> None:
    """A regulator who starts the clock elsewhere would find no answer."""
    at = ("--as-of", "2025-11-19T09:00")
    clocks = json.loads(_asked(home, "breach", "show", BREACH, *at, "--json"))["clocks"]
    authority = [each for each in clocks if each["rule_id"] == "gdpr-33-1"]
    assert sorted(each["due_at"] for each in authority) == [
        "2025-11-18T05:05:00Z",
        "2025-11-20T07:40:00Z",
        "2025-11-20T08:20:00Z",
        "2025-11-20T08:35:00Z",
        "2025-11-20T10:30:00Z",
    ]
    (leading,) = (each for each in authority if each["leads"])
    assert leading["due_at"] == "2025-11-20T08:35:00Z"
    (ours,) = (each for each in clocks if each["rule_id"] == "nxt-10")
    assert (ours["due_at"], ours["state"]) == ("2025-11-18T08:20:00Z", "late")


def test_16_what_had_been_told_by_then(home: Path) -> None:
    """What was said later would be taken for what was said in time."""
    thursday = _rows(home, "breach", "told", BREACH, "--as-of", "2025-11-20T12:00")
    assert _picked(thursday, "addressee", "organisation", "notified_at", "content", "index") == [
        (
            "authority",
            "ap",
            "2025-11-19T15:30:00Z",
            ["nature", "contact-point", "measures"],
            259,
        ),
        (
            "controller",
            "gemeente-oost",
            "2025-11-18T14:00:00Z",
            ["nature", "contact-point"],
            258,
        ),
    ]
    everything = _rows(home, "breach", "told", BREACH)
    assert [row["index"] for row in everything] == [259, 261, 258, 260]
    assert everything[3]["count"] == 118


def test_17_what_register_and_specification_said_then(home: Path) -> None:
    """The rules of today would be held against what happened under those of the day."""
    lending = {row["source"]: row for row in _rows(home, "ask", "in-force", "115")}
    assert (lending["register"]["version"], lending["register"]["rests_on"]) == ("1", [99])
    purposes = lending["register"]["says"]["purposes"]
    assert [purpose["id"] for purpose in purposes] == ["application-access"]
    assert lending["policy"]["name"] == "ingressus-privacy"
    assert lending["policy"]["says"]["text_sha256"].startswith("03100b63e799")
    file = {row["source"]: row for row in _rows(home, "ask", "in-force", "165")}
    assert file["specification"]["version"] == "1"
    assert file["specification"]["says"]["destinations"] == ["vervoerder-zuid"]
    assert file["specification"]["until"] == "2025-09-30T22:00:00Z"
    assert file["specification"]["rests_on"] == [151]
    now = {row["source"]: row for row in _rows(home, "ask", "in-force", "--as-of", "2025-12-01")}
    assert now["specification"]["says"]["destinations"] == ["vervoerder-zuid", "archief-oost"]


def test_17_an_older_statement_is_found_by_its_date(home: Path) -> None:
    """What a statement said before it changed could not be shown."""
    (former,) = _state(home, "policies", "--as-of", "2017-01-01", "policy=infactor-privacy")
    assert (former["version"], former["indexes"]) == ("2016", [233])


def test_18_what_was_known_at_that_time(home: Path) -> None:
    """A correction would rewrite what everybody acted on."""
    at = ("--as-of", "2025-11-19T09:00", "--json")
    then = json.loads(_asked(home, "breach", "show", BREACH, *at, "--as-known", "@260"))
    now = json.loads(_asked(home, "breach", "show", BREACH, *at))
    assert (then["aware_at"], now["aware_at"]) == (
        "2025-11-17T10:30:00Z",
        "2025-11-17T08:35:00Z",
    )


def test_19_silent_sources_and_clocks_that_were_off(home: Path) -> None:
    """The silence of a broken connection would be taken for peace."""
    window = ("--since", "2025-11-01", "--until", "2025-12-01")
    rows = {row["system"]: row for row in _rows(home, "ask", "sources", *window)}
    silent = rows["infobuilder-sftp"]
    assert (silent["silent_from"], silent["covered"]) == ("2025-11-10T06:00:02Z", False)
    assert rows["ingressus-xref"]["covered"]
    assert rows["infactor-web"]["skews"] == [{"offset_seconds": -160.0, "index": 266}]
    long = _rows(home, "ask", "sources", *window, "--silent", "20d")
    assert {row["system"] for row in long} == {"ingressus-xref", "ragiox-gold", "infobuilder-sftp"}


def test_20_the_log_is_intact_and_an_event_is_in_it(tmp_path: Path) -> None:
    """Somebody who does not trust us would have to."""
    home = _told(tmp_path)
    key = _asked(home, "key", "new").strip()
    _asked(home, "seal")
    kept = tmp_path / "kept.checkpoint"
    kept.write_text(_asked(home, "checkpoint", "show"), "utf-8")
    _asked(home, "record", "access.used", "--resource", "customers", "--system", "ragiox-gold")
    _asked(home, "seal")
    report = json.loads(_asked(home, "verify", "--since", str(kept), "--json"))
    assert (report["first_index"], report["findings"]) == (274, [])
    bundle = tmp_path / "breach.zip"
    _asked(home, "export", "bundle", "243", "--to", str(bundle))
    outside = zegel_here("verify", "--bundle", bundle, "--key", key, ZEGEL_HOME=str(tmp_path / "x"))
    assert outside.returncode == 0, outside.stderr
    proof = tmp_path / "243.tlog-proof"
    _asked(home, "prove", "243", "--to", str(proof))
    assert proof.read_text("utf-8").startswith("c2sp.org/tlog-proof@v1")


def test_a_record_in_the_middle_has_no_other_window(home: Path) -> None:
    """Two windows that contradict each other would be mixed in silence."""
    for more in (("--since", "2025-01-01"), ("--until", "2025-01-01")):
        assert zegel_here("--home", home, "log", "--around", "243", *more).returncode == 2
    assert zegel_here("--home", home, "log", "--within", "3d").returncode == 2
    assert zegel_here("--home", home, "log", "--around", "99999").returncode == 2


def test_what_cannot_be_asked_is_refused(home: Path) -> None:
    """A mistyped question would be answered with nothing, as if nothing were there."""
    refused = (
        ("ask", "consent", "131"),
        ("ask", "in-force"),
        ("ask", "in-force", "115", "--as-of", "2025-01-01"),
        ("ask", "sources"),
        ("ask", "sources", "--since", "2025-02-01", "--until", "2025-01-01"),
        ("ask", "touched", "nobody in particular"),
        ("state", "exchanges", "larger_than=4MB"),
    )
    for command in refused:
        assert zegel_here("--home", home, *command).returncode == 2, command
