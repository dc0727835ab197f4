"""Laws of every language: damage is reported and never raised, what is written is read back."""

import io
import json
import uuid
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats import FORMATS, cloudevents, ndjson
from formats.reading import Outcome, SettingMissing, Translated, Unreadable, read_lines
from ledger.events import Event, complete_event
from tests.strategies import completed_events
from tests.unit.formats.sources import context_of, outcomes
from tests.unit.formats.traces import request_of, span_of

PIECES: Final = {
    "ndjson": [b'{"kind":"access.used","occurred_at":"2026-03-01T12:00:00Z","resource":"x"}'],
    "cloudevents": [
        b'{"specversion":"1.0","id":"1","source":"x","type":"access.used",',
        b'"time":"2026-03-01T12:00:00Z","data":{"resource":"x"}}',
    ],
    "openssh": [
        b"Mar 12 06:17:02 gateway sshd[4101]: ",
        b"<38>Mar 12 06:17:02 sshd[4101]: ",
        b"Failed password for invalid user ",
        b"Accepted publickey for anna from 192.0.2.14 port 4 ssh2: ED25519 SHA256:x",
        b" from 203.0.113.45 port 40112 ssh2",
        b"message repeated 5 times: [ ",
        b"Mar 12 06:17:02 g internal-sftp[7]: session opened for local user anna from [192.0.2.4]",
        b'Mar 12 06:17:03 g internal-sftp[7]: close "x" bytes read 5 written 0',
        b"]",
    ],
    "fail2ban": [
        b"2026-03-12 06:17:02,741 fail2ban.actions [8]: NOTICE  ",
        b"[sshd] Found 203.0.113.77 - 2026-03-12 06:17:01",
        b"[sshd] Ban 203.0.113.77",
        b"[sshd] Unban 2001:db8::5",
        b"Shutdown in progress...",
    ],
    "fail2ban-database": [
        b'{"jail":"sshd","ip":"203.0.113.77","timeofban":1773296222,"bantime":600,"failures":3}',
        b'{"jail":"sshd","ip":"192.0.2.0/24","timeofban":-1,"bantime":-2,"bancount":',
    ],
    "openldap": [
        b"dn: reqStart=20260312061702.000001Z,cn=log",
        b"reqStart: 20260312061702.000001Z",
        b"reqType: modify",
        b"reqType: bind",
        b"reqDN: cn=readers,dc=x",
        b"reqMod: member:+ cn=anna,dc=x",
        b"reqMod: member:=",
        b"reqOld:: bWVtYmVyOiBjbj14",
        b"# modify 1773296222 dc=x cn=a IP=192.0.2.1:5 conn=7",
        b" ",
    ],
    "pgaudit": [
        b'{"timestamp":"2026-03-12 06:17:02 UTC","session_id":"a.b","line_num":1,',
        b'"error_severity":"LOG","user":"anna","dbname":"x","message":"AUDIT: SESSION,1,1,ROLE,',
        b'GRANT,TABLE,,\\"grant select on t to x; grant all on s.t to y\\",<not logged>,0"}',
        b'CREATE ROLE,,,create role x in role y password <REDACTED>,<not logged>,0"}',
    ],
    "keycloak": [
        b'{"id":"1","time":1773299822123,"realmId":"r","operationType":"CREATE",',
        b'"resourcePath":"users/u/role-mappings/realm","representation":"[{\\"name\\":\\"x\\"}]"}',
        b'{"time":1773299822123,"realmId":"r","type":"LOGIN","userId":"u","clientId":"c"}',
    ],
    "windows-security": [
        b'{"@timestamp":"2026-03-12T06:17:02Z","winlog":{"event_id":4624,"channel":"Security",',
        b'"computer_name":"dc1","record_id":7,"event_data":{"TargetUserName":"anna"}}}',
        b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[',
    ],
    "cloudtrail": [
        b'{"Records":[',
        b'{"eventID":"1","eventTime":"2026-03-12T06:17:02Z","eventSource":"iam.amazonaws.com",',
        b'"eventName":"CreateUser","recipientAccountId":"1","requestParameters":{"userName":"b"}}',
        b"]}",
    ],
    "ocsf": [
        b'{"metadata":{"version":"1.9.0","uid":"1","product":{"name":"x"}},"time":1773299822123,',
        b'"class_uid":3002,"activity_id":1,"status_id":2,"user":{"name":"anna"},',
        b'"src_endpoint":{"ip":"203.0.113.77"}}',
        b'"class_uid":6006,"activity_id":2,"file":{"name":"x","type_id":1,"size":5}}',
        b'"attestation_list":[{"fingerprint":{"algorithm_id":3,"serialization_id":2,"value":""}}]}',
        b'"unmapped":{"zegel":{"kind":"access.used.v1","carried":[],"event":{}}}}',
    ],
    "syslog": [
        b"<38>1 2026-03-12T06:17:02.000001+01:00 gateway sshd 4101 - ",
        b'[meta sequenceId="29"][timeQuality syncAccuracy="5"] ',
        b"- ",
        b"<38>Mar 12 06:17:02 gateway sshd[4101]: ",
        b"<29>Mar 12 06:17:02 g fail2ban.actions[8]: NOTICE [sshd] Ban 203.0.113.77",
        b"Failed password for root from 203.0.113.45 port 40112 ssh2",
        b"last message repeated 2 times",
        b'<167>Mar 12 06:17:02 d slapd[7]: conn=1 op=0 BIND dn="cn=a" method=128',
        b"<167>Mar 12 06:17:02 d slapd[7]: conn=1 op=0 RESULT tag=97 err=49 text=",
        b"\0expected less\0",
    ],
    "ldv": [json.dumps(request_of(span_of())).encode(), b'{"resourceSpans":[', b"]}"],
}


def read_all(name: str, raw: bytes) -> list[Outcome]:
    """The outcomes of a source; a wrong setting is the only error that may end the reading."""
    try:
        return outcomes(FORMATS[name].read, raw)
    except SettingMissing:
        return []


def damaged(name: str) -> st.SearchStrategy[bytes]:
    """Pieces of good sources, other bytes between them."""
    piece = st.one_of(
        st.sampled_from([*PIECES[name], b"\r\n", b"\n", b" ", b'"', b"[", b"{"]),
        st.binary(max_size=8),
        st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
    return st.lists(piece, max_size=12).map(b"".join)


@pytest.mark.parametrize("name", FORMATS)
@given(st.data())
def test_no_damage_raises_an_error_of_a_library(name: str, data: st.DataObject) -> None:
    """One strange line would meet a defect of a reader, or give an event that no log takes."""
    raw = data.draw(damaged(name))
    found = read_all(name, raw)
    assert not [each for each in found if isinstance(each, Unreadable) and each.is_defect]
    ends = [outcome.end_offset for outcome in found]
    assert ends == sorted(ends)
    assert all(0 < end <= len(raw) for end in ends)
    for outcome in found:
        if isinstance(outcome, Translated):
            assert complete_event(outcome.event, new_id=uuid.uuid4) is not None


@pytest.mark.parametrize("name", ["ndjson", "openssh", "fail2ban"])
@given(st.data())
def test_every_line_has_exactly_one_outcome(name: str, data: st.DataObject) -> None:
    """A line would vanish, or be counted twice."""
    raw = data.draw(damaged(name))
    lines = list(read_lines(io.BytesIO(raw)))
    try:
        found = outcomes(FORMATS[name].read, raw)
    except SettingMissing:
        return
    assert [outcome.place for outcome in found] == [line.place for line in lines]


@pytest.mark.parametrize("name", FORMATS)
@given(st.data())
def test_reading_again_gives_the_same(name: str, data: st.DataObject) -> None:
    """A second import would record the same facts under other ids."""
    raw = data.draw(damaged(name))
    assert read_all(name, raw) == read_all(name, raw)


@pytest.mark.parametrize("name", ["ndjson", "openssh", "fail2ban"])
@given(st.data())
def test_a_log_that_grew_begins_with_what_it_was(name: str, data: st.DataObject) -> None:
    """Facts of a live log would change their ids with every import."""
    line = b"".join(PIECES[name][:2]) + b"\n"
    first, more = line + data.draw(damaged(name)) + b"\n", data.draw(damaged(name))
    before = read_all(name, first)
    assert read_all(name, first + more)[: len(before)] == before


@given(st.lists(completed_events(), max_size=3))
def test_native_events_survive_writing_and_reading(written: list[Event]) -> None:
    """An export could not be imported as it was."""
    assert list(back(ndjson, b"".join(ndjson.write(written)))) == written


@given(st.lists(completed_events(), max_size=3))
def test_cloud_events_survive_writing_and_reading(written: list[Event]) -> None:
    """An export for other programs could not be imported as it was."""
    assert list(back(cloudevents, b"".join(cloudevents.write(written)))) == written
    assert list(back(cloudevents, cloudevents.write_batch(written))) == written


@given(st.binary(max_size=300), st.integers(1, 40))
def test_lines_cover_every_byte_once(raw: bytes, max_bytes: int) -> None:
    """Bytes of a source would be passed over, or read twice."""
    lines = list(read_lines(io.BytesIO(raw), max_bytes=max_bytes))
    offsets = [0, *(line.end_offset for line in lines)]
    assert [line.offset for line in lines] == offsets[:-1]
    assert offsets[-1] == len(raw)
    ends = (raw[line.offset : line.end_offset] for line in lines)
    assert all(piece.find(b"\n") in (-1, len(piece) - 1) for piece in ends)


def back(language: Any, raw: bytes) -> Iterator[Event]:  # noqa: ANN401 - a module
    for outcome in language.read(io.BytesIO(raw), context_of(system=None)):
        assert isinstance(outcome, Translated)
        yield outcome.event
