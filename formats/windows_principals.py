"""Who acts in an event of Windows: accounts by SID, their names for people to read."""

import re
from typing import Any, Final

from formats.windows_entry import WindowsEntry

_SID: Final = re.compile(r"S-1(-\d+)+", re.IGNORECASE)
NOBODY: Final = frozenset({"S-1-0-0", "S-1-5-7"})
"""The null SID, which stands where no account exists, and the anonymous logon."""
_WINDOWS: Final = re.compile(r"S-1-5-(18|19|20|80(-\d+)*|9[06](-\d+)*)", re.IGNORECASE)
"""The machine itself, its services, its desktop and font hosts."""
_MOST_CHARACTERS: Final = 320


def is_windows_itself(sid: str | None) -> bool:
    """Whether a SID is of the operating system or one of its services."""
    return sid is not None and _WINDOWS.fullmatch(sid) is not None


def account_of(sid: str | None, name: str | None, domain: str | None) -> str | None:
    """The identity `person:…` of an account: its SID, else its name, with its domain if it has one.

    A name with `@` says its domain itself. `None` where neither is given, or a name is too long.
    """
    if sid is not None and _SID.fullmatch(sid) and sid.upper() not in NOBODY:
        return f"person:{sid.upper()}"
    if name is None:
        return None
    whole = name if domain is None or "@" in name else f"{domain}\\{name}"
    return f"person:{whole}" if len(whole) <= _MOST_CHARACTERS else None


def actor_of(entry: WindowsEntry) -> dict[str, Any]:
    """The fields that say who did what an event tells: its subject."""
    sid, name = entry.said("SubjectUserSid"), entry.said("SubjectUserName")
    is_service = is_windows_itself(sid) or (name or "").endswith("$")
    actor = account_of(sid, name, entry.said("SubjectDomainName"))
    return {"actor": actor, "actor_kind": "service" if is_service and actor else None}


def names_of(entry: WindowsEntry, *others: tuple[str, str | None, str]) -> str | None:
    """The names of the subject and of others, in one line; `None` where none is given.

    Args:
        entry: The event.
        others: what each is called, and the members that hold its domain and name.
    """
    told = []
    for called, domain_member, name_member in (
        ("by", "SubjectDomainName", "SubjectUserName"),
        *others,
    ):
        name, domain = entry.said(name_member), domain_member and entry.said(domain_member)
        if name is not None:
            told.append(f"{called} {domain}\\{name}" if domain else f"{called} {name}")
    return "; ".join(told) or None
