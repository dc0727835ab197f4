"""Which language a file speaks."""

import pytest

from formats import FORMATS, detect
from tests.shared_data import shared

SAMPLES = {
    "ndjson": b'{"kind":"access.used","occurred_at":"2026-03-01T12:00:00Z"}\n',
    "cloudevents": b'{"specversion":"1.0","type":"access.used","data":{"kind":"x"}}',
    "openssh": b"Mar 12 06:17:02 gateway sshd[1]: Server listening\r\n",
    "fail2ban": b"2026-03-12 06:17:02,741 fail2ban.actions [8]: NOTICE  [sshd] Ban 192.0.2.1\n",
    "fail2ban-database": (
        b'{"jail":"sshd","ip":"192.0.2.1","timeofban":1773299822,"bantime":600,"bancount":1,'
        b'"data":"{}"}\n'
    ),
    "openldap": b"dn: reqStart=20260312061702.000001Z,cn=log\nobjectClass: auditBind\n",
    "pgaudit": b'{"error_severity":"LOG","session_id":"6b0.51","line_num":1,"message":"x"}\n',
    "keycloak": b'[{"id":"1","time":1,"realmId":"r","operationType":"CREATE","resourcePath":"u"}]',
    "windows-security": b'{"@timestamp":"2026-03-12T06:17:02Z","winlog":{"event_id":4728}}',
    "cloudtrail": b'{"Records":[{"eventSource":"iam.amazonaws.com","eventName":"CreateUser"}]}',
    "ocsf": b'{"activity_id":1,"class_uid":3002,"category_uid":3,"type_uid":300201,"metadata":{}}',
    "syslog": b"<38>1 2026-03-12T06:17:02.000001+01:00 gateway sshd 4101 - - Failed\n",
    "ldv": b'[\n {\n  "resourceSpans": [',
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_language_is_found_by_its_content(name: str) -> None:
    """A file would be read in another language because of its name."""
    for file_name in ("", "auth.log", "fail2ban.log", "trace.json", "events.ndjson"):
        found = detect(SAMPLES[name], file_name)
        assert found is FORMATS[name]


@pytest.mark.parametrize("head", [b"", b"hello\nworld\n", b"\xff\xfe\x00", b"<xml/>", b"[1, 2]"])
def test_what_fits_no_language_is_not_guessed(head: bytes) -> None:
    """A file would be read as something it is not."""
    assert detect(head, "notes.txt") is None


def test_a_log_with_few_lines_of_sshd_is_found_by_its_name() -> None:
    """An auth.log that begins with other programs would need its format named."""
    head = b"Mar 12 06:17:02 gateway CRON[1]: session opened\n"
    found = detect(head, "/var/log/auth.log")
    assert found is FORMATS["openssh"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("sshd/OpenSSH_2k.log", "openssh"),
        ("samples/sftp-syslog.log", "openssh"),
        ("samples/sshd-stderr.log", "openssh"),
        ("samples/fail2ban.log", "fail2ban"),
        ("otlp-ldv/prov-o_mapping_trace.json", "ldv"),
        ("otlp-ldv/codesprint-resultaten_trace-imagem.json", "ldv"),
        ("samples/pgaudit.jsonl", "pgaudit"),
        ("samples/slapd-auditlog.ldif", "openldap"),
    ],
)
def test_published_files_are_found(file: str, name: str | None) -> None:
    """A real file would be read in another language."""
    found = detect(shared(f"vectors/{file}").read_bytes()[:65_536], "")
    assert (found.name if found else None) == name
