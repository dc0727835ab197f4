"""A few records that stay as they are, for golden files of what is exported."""

from typing import Final

from tests.unit.formats.export.test_ocsf import recorded

STORY: Final = (
    recorded(
        "access.granted",
        0,
        grant_id="G-1",
        grantee="person:anna@example.nl",
        granted_by="person:boss@example.nl",
        resource="sso/role/reader",
        purpose="claim-handling",
        system="portal",
    ),
    recorded(
        "access.used",
        1,
        actor="person:anna@example.nl",
        actor_kind="person",
        origin="ip:2001:db8::14",
        resource="portal",
        act="log-in",
        auth_method="multi-factor",
        session="s-1",
        outcome="success",
        system="portal",
        parser="zegel-openssh/1",
    ),
    recorded(
        "intrusion.attempt_detected",
        2,
        ip="ip:203.0.113.77",
        account="person:root",
        detector="sshd",
        detector_rule="failed-password",
        attempts=5,
        outcome="failure",
        target="ssh/gateway",
    ),
    recorded("ip.blocked", 3, block_id="B-1", ip="ip:203.0.113.77", scope="sshd"),
    recorded(
        "exchange.performed",
        4,
        direction="out",
        exchange_kind="transfer",
        channel="sftp",
        object_kind="file",
        object_id="lijst=café|1.csv",
        size_bytes=512,
        sha256="5a" * 32,
        actor="person:anna@example.nl",
        note="two\nlines",
    ),
    recorded("breach.suspected", 5, breach_id="BR-1", cause="hacking"),
)
