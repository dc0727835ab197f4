"""Logons of Windows: who came in, who was refused and from where.

Only logons of accounts that people or programs use count: a domain controller logs thousands of its
own and of other computers each hour. Failures count whoever was tried.

Source: Microsoft, events 4624, 4625, 4768, 4771, 4776; [MS-ERREF] §2.3 (status codes); RFC 4120
    §7.5.9 (error codes of Kerberos).
"""

from typing import Any, Final

from formats.names import address_of, resource_of
from formats.windows_entry import WindowsEntry
from formats.windows_principals import NOBODY, account_of, is_windows_itself, names_of

_SERVICE_TYPES: Final = frozenset({"4", "5"})
"""Batch jobs and services."""
_TYPES: Final = {
    "2": "log-in",
    "3": "connect",
    "4": "run-job",
    "5": "run-service",
    "7": "unlock",
    "8": "connect",
    "9": "act-as",
    "10": "log-in-remotely",
    "11": "log-in",
    "12": "log-in-remotely",
    "13": "unlock",
}
_REASONS: Final = {
    "0x6": "no-such-account",
    "0x12": "account-revoked",
    "0x17": "password-expired",
    "0x18": "wrong-password",
    "0xc0000064": "no-such-account",
    "0xc000006a": "wrong-password",
    "0xc000006d": "wrong-password-or-account",
    "0xc000006f": "outside-hours",
    "0xc0000070": "wrong-computer",
    "0xc0000071": "password-expired",
    "0xc0000072": "account-disabled",
    "0xc000015b": "logon-type-not-granted",
    "0xc0000193": "account-expired",
    "0xc0000224": "password-must-change",
    "0xc0000234": "account-locked",
}
_DONE: Final = "0x0"


def logged_on(entry: WindowsEntry) -> dict[str, Any] | str:
    """The fields of a logon (4624), or why it is no fact of ours."""
    sid, name = entry.said("TargetUserSid"), entry.said("TargetUserName")
    if is_windows_itself(sid) or (sid or "").upper() in NOBODY:
        return "a logon of Windows itself, or of nobody"
    if (name or "").endswith("$"):
        return "a logon of a computer"
    kind = entry.said("LogonType") or ""
    domain = entry.said("TargetDomainName")
    account = account_of(sid, name, domain)
    if account is None:
        return "a logon that names no account"
    is_local = domain is not None and domain.casefold() == entry.host.casefold()
    return {
        "kind": "access.used",
        "actor": account,
        "actor_kind": "service" if kind in _SERVICE_TYPES else "person",
        "origin": address_of(entry.said("IpAddress") or ""),
        "action": "log-in",
        "act": _TYPES.get(kind, "log-in"),
        "outcome": "success",
        "auth_method": "other" if is_local else "active-directory",
        "resource": resource_of("windows", entry.host),
        "session": _session(entry),
        "note": _joined(
            names_of(entry, ("account", "TargetDomainName", "TargetUserName")),
            _from_computer(entry, "WorkstationName"),
        ),
    }


def ticket_asked(entry: WindowsEntry) -> dict[str, Any] | str:
    """The fields of a ticket that Kerberos refused (4768), or why it is no fact of ours."""
    if (entry.said("Status") or _DONE).casefold() == _DONE:
        return "a ticket of Kerberos: the logon with it is told by its computer"
    return logon_failed(entry)


def logon_failed(entry: WindowsEntry) -> dict[str, Any]:
    """The fields of a refused logon (4625, 4771, 4768), whoever was tried."""
    name, domain = entry.said("TargetUserName"), entry.said("TargetDomainName")
    account = account_of(entry.said("TargetUserSid") or entry.said("TargetSid"), name, domain)
    address = address_of(entry.said("IpAddress") or "")
    reason = _reason(entry.said("SubStatus"), entry.said("Status"))
    note = _joined(
        names_of(entry, ("account", "TargetDomainName", "TargetUserName")),
        _from_computer(entry, "WorkstationName"),
    )
    values = {"action": "log-in", "attempts": 1, "note": note}
    if address is None:
        return values | _refused(entry, account, reason, note)
    return values | {
        "kind": "intrusion.attempt_detected",
        "ip": address,
        "account": account,
        "outcome": "failure",
        "target": resource_of("windows", entry.host),
        "detector": "windows-security",
        "detector_rule": reason,
    }


def credentials_checked(entry: WindowsEntry) -> dict[str, Any] | str:
    """The fields of credentials that a computer checked (4776), or why they are no fact of ours."""
    name = entry.said("TargetUserName")
    account = account_of(None, name, None)
    if account is None:
        return "a check of credentials that names no account"
    if account.endswith("$"):
        return "a logon of a computer"
    note = _from_computer(entry, "Workstation")
    status = (entry.said("Status") or "").casefold()
    if status != _DONE:
        return {"action": "log-in", "attempts": 1} | _refused(entry, account, _reason(status), note)
    return {
        "kind": "access.used",
        "actor": account,
        "action": "log-in",
        "act": "authenticate",
        "outcome": "success",
        "auth_method": "active-directory",
        "resource": resource_of("windows", entry.host),
        "note": note,
    }


def _refused(
    entry: WindowsEntry, account: str | None, reason: str, note: str | None
) -> dict[str, Any]:
    return {
        "kind": "access.attempt_denied",
        "actor": account,
        "act": "log-in",
        "outcome": "denied",
        "auth_method": "active-directory",
        "resource": resource_of("windows", entry.host),
        "note": _joined(reason, note),
    }


def _reason(*statuses: str | None) -> str:
    """The first status that says something, as a word; a code without one stays a code."""
    codes = [status.casefold() for status in statuses if status is not None]
    said = [code for code in codes if code != _DONE]
    return next(
        (_REASONS[code] for code in said if code in _REASONS), said[0] if said else "failed"
    )


def _session(entry: WindowsEntry) -> str | None:
    """Logon ids come back after a restart, so the moment is part of the id of the session."""
    logon = entry.said("TargetLogonId")
    return logon and f"{entry.computer} logon {logon} {entry.time}"


def _from_computer(entry: WindowsEntry, member: str) -> str | None:
    computer = entry.said(member)
    return computer and f"from computer {computer}"


def _joined(*notes: str | None) -> str | None:
    return "; ".join(note for note in notes if note) or None
