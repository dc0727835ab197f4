"""Every language that can be read, and which of them a file speaks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from formats import (
    cloudevents,
    cloudtrail,
    fail2ban,
    fail2ban_database,
    keycloak,
    ldv,
    ndjson,
    openldap,
    openssh,
    pgaudit,
    syslog,
    windows_security,
)
from formats.ocsf import reading as ocsf
from formats.reading import Outcome, ReadContext


@dataclass(frozen=True, slots=True)
class Format:
    """One language: its name at the command line, its title for people, its reader."""

    name: str
    title: str
    read: Callable[[BinaryIO, ReadContext], Iterator[Outcome]]
    looks_like: Callable[[bytes, str], int]
    """How surely, 0 to 100, these first bytes of a file of that name are in this language."""


FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format(ndjson.NAME, "Zegel events, one per line", ndjson.read, ndjson.looks_like),
        Format(
            cloudevents.NAME, "CloudEvents 1.0 in JSON", cloudevents.read, cloudevents.looks_like
        ),
        Format(openssh.NAME, "OpenSSH server log (syslog)", openssh.read, openssh.looks_like),
        Format(fail2ban.NAME, "fail2ban's own log", fail2ban.read, fail2ban.looks_like),
        Format(
            syslog.NAME, "syslog of many programs (RFC 5424, 3164)", syslog.read, syslog.looks_like
        ),
        Format(
            fail2ban_database.NAME,
            "fail2ban's database of bans",
            fail2ban_database.read,
            fail2ban_database.looks_like,
        ),
        Format(
            openldap.NAME,
            "OpenLDAP accesslog, with auditlog (LDIF)",
            openldap.read,
            openldap.looks_like,
        ),
        Format(pgaudit.NAME, "PostgreSQL jsonlog with pgaudit", pgaudit.read, pgaudit.looks_like),
        Format(
            keycloak.NAME,
            "Keycloak admin and login events (JSON)",
            keycloak.read,
            keycloak.looks_like,
        ),
        Format(
            windows_security.NAME,
            "Windows Security events (Winlogbeat, OpenTelemetry)",
            windows_security.read,
            windows_security.looks_like,
        ),
        Format(cloudtrail.NAME, "AWS CloudTrail records", cloudtrail.read, cloudtrail.looks_like),
        Format(ocsf.NAME, "OCSF 1.x events (JSON)", ocsf.read, ocsf.looks_like),
        Format(ldv.NAME, "LDV 1.0.0 traces (OTLP/JSON)", ldv.read, ldv.looks_like),
    )
}


def detect(head: bytes, file_name: str) -> Format | None:
    """The language that a source most likely speaks, or `None` when none fits.

    Args:
        head: The first bytes, some kilobytes; the content decides.
        file_name: A hint where the content leaves doubt; may be empty.
    """
    name = file_name.rpartition("/")[2].lower()
    scores = {each.name: each.looks_like(head, name) for each in FORMATS.values()}
    best = max(scores, key=scores.__getitem__)
    return FORMATS[best] if scores[best] else None
