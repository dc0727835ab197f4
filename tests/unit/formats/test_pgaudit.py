"""What lines of PostgreSQL's jsonlog with pgaudit become."""

import io
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from formats.pgaudit import UNDETERMINABLE, looks_like, read
from formats.reading import Numbered, Outcome, SettingMissing
from tests.shared_data import shared
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped, warnings


def line(number: int = 1, /, message: str = "", **keys: object) -> str:
    """One line of the log."""
    known: dict[str, object] = {
        "timestamp": "2026-03-12 06:17:02.741 UTC",
        "user": "anna",
        "dbname": "insight",
        "pid": 20880,
        "remote_host": "192.0.2.9",
        "remote_port": 39972,
        "session_id": "6b022cd0.5190",
        "line_num": number,
        "error_severity": "LOG",
        "message": message,
    }
    return json.dumps({**known, **keys}) + "\n"


def audit(number: int, said: str, text: str, rows: str = ",0", **keys: str) -> str:
    """One line of pgaudit; `said` stands between statement id and text."""
    written = text.replace('"', '""')
    return line(number, f'AUDIT: SESSION,{number},1,{said},"{written}",<not logged>{rows}', **keys)


def grant(number: int, text: str, command: str = "GRANT", **keys: str) -> str:
    return audit(number, f"ROLE,{command},TABLE,", text, **keys)


def rights(found: list[Outcome]) -> list[str]:
    """What was given and taken, in order."""
    return [
        f"{fact['kind'].split('.')[1]} {fact.get('acts', ['all'])[0]} on {fact['resource']} "
        f"to {fact['grantee'].removeprefix('person:')}"
        for fact in facts(found)
        if "grant_id" in fact
    ]


def test_a_reading_of_a_table_is_told_without_its_text() -> None:
    """Whoever reads the log would read what was looked for."""
    text = "select * from claims where bsn = '123456782'"
    said = audit(7, "READ,SELECT,TABLE,public.claims", text, ",12")
    found = outcomes(read, said)
    (fact,) = facts(found)
    assert fact.pop("event_id")
    assert fact.pop("correlation_id")
    assert fact == {
        "kind": "access.used.v1",
        "occurred_at": datetime(2026, 3, 12, 6, 17, 2, 741_000, tzinfo=UTC),
        "occurred_precision": "millisecond",
        "system": "web-1",
        "parser": "zegel-pgaudit/1",
        "actor": "person:anna",
        "origin": "ip:192.0.2.9",
        "action": "select",
        "act": "select",
        "resource": "postgresql/insight/public.claims",
        "object_kind": "table",
        "outcome": "success",
        "records_count": 12,
        "session": "postgresql web-1 6b022cd0.5190",
    }
    assert found[0].numbered == Numbered("postgresql 6b022cd0.5190", 7)


def test_facts_of_one_call_belong_together_and_others_do_not() -> None:
    """Nobody could tell that two tables were read by one statement."""
    first = audit(1, "READ,SELECT,TABLE,a", "select * from a, b")
    second = audit(2, "READ,SELECT,TABLE,b", "select * from a, b")
    other = audit(3, "READ,SELECT,TABLE,a", "select * from a")
    one, two, three = (
        fact["correlation_id"] for fact in facts(outcomes(read, first + second + other))
    )
    assert one == two != three


def test_grants_and_revocations_are_read_from_the_text() -> None:
    """Who may read a table could not be told: the line itself does not name them."""
    log = grant(1, "grant select on claims to analyst") + grant(
        2, "revoke select on claims from analyst", "REVOKE"
    )
    found = outcomes(read, log)
    assert rights(found) == [
        "granted select on postgresql/insight/claims to analyst",
        "revoked select on postgresql/insight/claims to analyst",
    ]
    granted, revoked = facts(found)
    assert granted["grant_id"] == revoked["grant_id"]
    assert (granted["granted_by"], revoked["revoked_by"]) == ("person:anna", "person:anna")


def test_the_statements_of_one_call_are_told_apart_by_their_order() -> None:
    """Each line repeats the text of all: the first grant would be told three times."""
    text = "grant select on a to x; select 'grant z to y'; grant select on b to x; grant r to x"
    log = (
        grant(1, text)
        + audit(2, "READ,SELECT,,", text)
        + grant(3, text)
        + grant(4, text, "GRANT ROLE")
        + grant(5, text)
    )
    assert rights(outcomes(read, log)) == [
        "granted select on postgresql/insight/a to x",
        "granted select on postgresql/insight/b to x",
        "granted all on postgresql-role/r to x",
        "granted select on postgresql/insight/a to x",
    ]


def test_after_an_error_a_call_begins_anew() -> None:
    """A grant that failed would be told, and the one that was given not."""
    text = "grant select on a to x; grant select on nothing to x; grant select on b to x"
    failed = line(
        2, 'relation "nothing" does not exist', error_severity="ERROR", state_code="42P01"
    )
    log = grant(1, text) + failed + grant(3, text)
    assert rights(outcomes(read, log)) == 2 * ["granted select on postgresql/insight/a to x"]


@pytest.mark.parametrize("first", [2, 5])
def test_where_lines_are_missing_the_order_says_nothing(first: int) -> None:
    """The wrong one of two grants would be recorded."""
    text = "grant select on a to x; grant select on b to x"
    found = outcomes(read, (line(1) if first == 5 else "") + grant(first, text))
    assert not rights(found)
    (fact,) = facts(found)
    assert (fact["act"], fact["note"]) == ("grant", UNDETERMINABLE)
    assert warnings(found) == [f"GRANT: {UNDETERMINABLE}"]


def test_one_grant_in_a_call_needs_no_order() -> None:
    """After a rotation of the log no grant could be told."""
    assert rights(outcomes(read, grant(9, "select 1; grant r to x", "GRANT ROLE"))) == [
        "granted all on postgresql-role/r to x"
    ]


@pytest.mark.parametrize(
    "text", ["grant select on t to current_user", "do 'whatever", "<not logged>"]
)
def test_a_grant_that_cannot_be_read_is_said_to_be_undeterminable(text: str) -> None:
    """It would vanish, or be guessed."""
    found = outcomes(read, grant(1, text))
    assert not rights(found)
    assert warnings(found) == [f"GRANT: {UNDETERMINABLE}"]


def test_a_role_that_is_made_is_named_with_its_powers_and_groups() -> None:
    """Somebody could make an account that may do everything, and nobody see which."""
    text = "create role eve superuser login password 'hunter2' in role readers; create role r"
    found = outcomes(read, audit(1, "ROLE,CREATE ROLE,,", text))
    made, granted = facts(found)
    assert (made["act"], made["object_kind"], made["object_id"]) == ("create-role", "role", "eve")
    assert made["note"] == "powers: superuser, login"
    assert granted["grantee"] == "person:eve"
    assert granted["resource"] == "postgresql-role/readers"
    assert "hunter2" not in str(facts(found))
    two = audit(1, "ROLE,CREATE ROLE,,", text) + audit(2, "ROLE,CREATE ROLE,,", text)
    assert [fact.get("object_id") for fact in facts(outcomes(read, two))][-1] == "r"


def test_roles_whose_text_was_cut_are_told_apart_or_not_at_all() -> None:
    """The second role of a call would be told as the first: its own name was cut off."""
    cut = audit(1, "ROLE,CREATE ROLE,,", "create role r; create role a password <REDACTED>")
    lines = [cut.replace('"line_num": 1', f'"line_num": {number}') for number in (1, 2, 3, 4)]
    found = outcomes(read, "".join(lines))
    named = [fact.get("object_id") for fact in facts(found)]
    assert named == ["r", "a", None, None]
    assert facts(found)[1]["note"] == "what follows the password is not in the log"
    assert len(warnings(found)) == 2
    assert "object_id" not in facts(outcomes(read, lines[1]))[0]


def test_roles_that_are_removed_are_each_named() -> None:
    """Of several accounts that went only one would be seen to go."""
    found = facts(outcomes(read, audit(1, "ROLE,DROP ROLE,,", 'drop role if exists a, "B"')))
    assert [fact["object_id"] for fact in found] == ["a", "B"]
    assert len({fact["event_id"] for fact in found}) == 2


def test_members_that_are_dropped_from_a_group_lose_what_was_granted() -> None:
    """The older form of REVOKE would end nothing."""
    log = grant(1, "grant g to a", "GRANT ROLE") + audit(
        2, "ROLE,ALTER ROLE,,", "alter group g drop user a"
    )
    granted, used, revoked = facts(outcomes(read, log))
    assert used["act"] == "alter-role"
    assert revoked["kind"] == "access.revoked.v1"
    assert revoked["grant_id"] == granted["grant_id"]


def test_taking_the_right_to_pass_on_ends_no_right() -> None:
    """A right that stands would seem to have ended."""
    found = outcomes(read, grant(1, "revoke grant option for select on t from x", "REVOKE"))
    assert not rights(found)
    assert facts(found)[0]["note"] == "only the right to pass a right on"


def test_a_grant_of_one_line_has_as_many_ids_as_rights() -> None:
    """The second right of a line would be taken for the first one, sent again."""
    found = outcomes(read, grant(1, "grant all on t to x, y"))
    told = facts(found)
    assert len({fact["event_id"] for fact in told}) == len(told) == 14
    assert len({fact["grant_id"] for fact in told}) == 14


def test_a_role_is_the_same_in_every_database() -> None:
    """A membership that was given in one database could not be ended in another."""
    log = grant(1, "grant r to x", "GRANT ROLE") + grant(
        2, "revoke r from x", "REVOKE ROLE", dbname="other"
    )
    granted, revoked = facts(outcomes(read, log))
    assert granted["grant_id"] == revoked["grant_id"]


def test_refused_access_and_refused_logins_are_told() -> None:
    """Whoever tries doors would not be seen."""
    denied = line(
        1,
        "permission denied for table claims",
        error_severity="ERROR",
        state_code="42501",
        ps="SELECT",
        statement="select 'secret' from claims",
    )
    login = line(
        2, 'password authentication failed for user "anna"', error_severity="FATAL",
        state_code="28P01", ps="authentication",
    )  # fmt: skip
    first, second = facts(outcomes(read, denied + login))
    assert (first["kind"], first["act"]) == ("access.attempt_denied.v1", "select")
    assert first["resource"] == "postgresql/insight/claims"
    assert "secret" not in str(first)
    assert (second["kind"], second["act"]) == ("access.attempt_denied.v1", "log-in")
    assert (second["auth_method"], second["origin"]) == ("password", "ip:192.0.2.9")


def test_a_database_that_only_its_asker_names_is_not_told_in_public() -> None:
    """The name of a person would be sealed in public: a client asks for a database of its name."""
    refused = {"error_severity": "FATAL", "state_code": "28000", "ps": "authentication"}
    log = line(1, "no entry for this", dbname="anna", **refused) + line(2, "nor this", **refused)
    unknown, known = facts(outcomes(read, log))
    assert (unknown["actor"], unknown["resource"]) == ("person:anna", "postgresql")
    assert known["resource"] == "postgresql/insight"


def test_a_login_is_told() -> None:
    """Who came in could not be told."""
    (fact,) = facts(outcomes(read, line(1, "connection authorized: user=anna database=insight")))
    assert (fact["kind"], fact["act"], fact["actor"]) == ("access.used.v1", "log-in", "person:anna")


def test_other_lines_are_counted_and_carry_their_number() -> None:
    """A line that was lost could not be told from one that says nothing."""
    log = line(1, "checkpoint starting: time") + audit(2, "MISC,BEGIN,,", "begin")
    found = outcomes(read, log)
    assert Counter(skipped(found)) == {
        "a line of the server that tells of no access": 1,
        "a command that touches no data": 1,
    }
    assert [outcome.numbered and outcome.numbered.number for outcome in found] == [1, 2]


def test_names_of_hosts_and_local_sockets_are_no_addresses() -> None:
    """A name would be taken for an address."""
    log = audit(1, "READ,SELECT,TABLE,a", "x", remote_host="desk.example.org") + audit(
        2, "READ,SELECT,TABLE,a", "x", remote_host="[local]"
    )
    named, local = facts(outcomes(read, log))
    assert named["note"] == "from host desk.example.org"
    assert "origin" not in named
    assert "note" not in local


@pytest.mark.parametrize(
    ("written", "utc_hour"), [("CET", 1), ("CEST", 0), ("+03", -1), ("-0330", 5.5), ("UTC", 2)]
)
def test_the_zone_of_the_server_is_understood(written: str, utc_hour: float) -> None:
    """In the hour that comes twice every line would be an hour wrong."""
    said = line(1, "connection authorized: x", timestamp=f"2025-10-26 02:00:00.5 {written}")
    (fact,) = facts(outcomes(read, said))
    expected = datetime(2025, 10, 26, tzinfo=UTC) + timedelta(hours=utc_hour, seconds=0.5)
    assert fact["occurred_at"] == expected


def test_a_zone_that_nobody_states_ends_the_reading() -> None:
    """Local times would be taken for another zone's."""
    said = line(1, "connection authorized: x", timestamp="2025-10-26 02:00:00.5 CET")
    with pytest.raises(SettingMissing, match="--zone"):
        outcomes(read, said, zone=None)
    assert reasons(outcomes(read, said.replace("CET", "PST"))) == [
        "timestamp: expected UTC, or an abbreviation of Europe/Amsterdam (--zone), found another"
    ]


def test_a_text_over_many_lines_is_one_field() -> None:
    """A statement that was written over lines could not be read."""
    said = audit(1, "READ,SELECT,TABLE,a", 'select "x",\n1\nfrom a')
    assert len(facts(outcomes(read, said))) == 1


@pytest.mark.parametrize(
    "message", ["AUDIT: SESSION,1", 'AUDIT: "SESSION,1,1,READ', "AUDIT: SESSION,a,b,READ,,,,,"]
)
def test_what_pgaudit_never_writes_is_refused(message: str) -> None:
    """A line could be read as something that it does not say."""
    found = outcomes(read, line(1, message))
    assert len(reasons(found)) == 1
    assert found[0].numbered == Numbered("postgresql 6b022cd0.5190", 1)


def test_a_rows_field_may_be_absent() -> None:
    """Without `log_rows` nothing could be read."""
    (fact,) = facts(outcomes(read, audit(1, "WRITE,INSERT,TABLE,a", "x", "")))
    assert "records_count" not in fact


def test_the_recorded_log_gives_its_facts() -> None:
    """A real log would be misread."""
    raw = shared("vectors/samples/pgaudit.jsonl").read_bytes()
    found = outcomes(read, raw)
    told = facts(found)
    assert not reasons(found)
    assert len(skipped(found)) == 6
    assert [fact.get("act") for fact in told] == [
        "create-extension",
        "create-table",
        "create-role",
        None,
    ]
    assert rights(found) == ["granted select on postgresql/postgres/claims to analyst"]
    assert not any("bsn" in str(fact) for fact in told)


def test_logs_of_postgresql_are_recognised() -> None:
    """People would have to name the format of every log."""
    assert looks_like(line().encode(), "x") > looks_like(b'{"a": 1}', "pgaudit.json") > 0
    assert looks_like(b"hello", "x") == 0


@pytest.mark.parametrize(
    "numbers",
    [f"{'9' * 5000},1", f"1,{'9' * 5000}", "1,\u0663"],
    ids=["statement", "substatement", "digits of another script"],
)
def test_numbers_without_end_are_refused_and_stop_nothing(numbers: str) -> None:
    """One line that anybody may send would end the reading of its source for good."""
    message = f"AUDIT: SESSION,{numbers},READ,SELECT,TABLE,a,x,<none>"
    found = outcomes(read, line(1, message) + audit(2, "READ,SELECT,TABLE,a", "x"))
    assert len(facts(found)) == 1
    assert reasons(found) == [
        "message: expected two whole numbers behind AUDIT: and a word, found other text"
    ]


def test_a_count_of_rows_without_end_is_none() -> None:
    """One line would end the reading of its source for good."""
    (fact,) = facts(outcomes(read, audit(1, "READ,SELECT,TABLE,a", "x", f",{'9' * 5000}")))
    assert "records_count" not in fact


def test_a_product_of_rights_is_said_to_be_undeterminable() -> None:
    """One short statement would fill the memory of whoever reads the log."""
    tables, roles = (",".join(f"{name}{each}" for each in range(1000)) for name in "tr")
    (fact,) = facts(outcomes(read, grant(1, f"grant all on {tables} to {roles}")))
    assert UNDETERMINABLE in fact["note"]


def test_the_text_of_a_call_is_digested_once_for_all_its_facts() -> None:
    """A statement that names many roles would take time by the square of its length."""
    derived: list[tuple[datetime | None, bytes]] = []
    context = context_of()

    def derive(at: datetime | None, identity: bytes) -> UUID:
        derived.append((at, identity))
        return context.derive_id(at, identity)

    roles = ",".join(f"r{each}" for each in range(20))
    said = audit(1, "ROLE,DROP ROLE,ROLE,", f"drop role {roles}")
    watched = replace(context, derive_id=derive)
    found = facts(list(read(io.BytesIO(said.encode()), watched)))
    assert len(found) == 20
    assert len({fact["correlation_id"] for fact in found}) == 1
    assert len(derived) == 21
