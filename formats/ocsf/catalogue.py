"""The classes of OCSF that we speak: their numbers, and what the schema calls them.

Source: OCSF 1.9.0, events/ (captions of classes and activities) and categories.json.
"""

from dataclasses import dataclass
from typing import Final

VERSION: Final = "1.9.0"
OWN: Final = "zegel"
"""The name under `unmapped` of what OCSF has no attribute for."""
OTHER: Final = 99
"""An activity or a value that the schema has no number for; its name is then ours."""

CATEGORIES: Final = {
    0: "Uncategorized",
    1: "System Activity",
    2: "Findings",
    3: "Identity & Access Management",
    4: "Network Activity",
    6: "Application Activity",
    7: "Remediation",
}


@dataclass(frozen=True, slots=True)
class EventClass:
    """One class of events."""

    uid: int
    caption: str
    activities: dict[int, str]
    """By number; without Unknown (0) and Other (99)."""

    @property
    def category_uid(self) -> int:
        """The number of its category: the thousands of its own."""
        return self.uid // 1000


BASE: Final = 0
EVENT_LOG: Final = 1008
DETECTION: Final = 2004
INCIDENT: Final = 2005
DATA_SECURITY: Final = 2006
AUTHENTICATION: Final = 3002
ENTITY: Final = 3004
GROUP: Final = 3006
USER: Final = 3007
SSH: Final = 4007
EMAIL: Final = 4009
WEB: Final = 6001
DATASTORE: Final = 6005
FILE_HOSTING: Final = 6006
NETWORK_REMEDIATION: Final = 7004

_FINDING: Final = {1: "Create", 2: "Update", 3: "Close"}

CLASSES: Final = {
    each.uid: each
    for each in (
        EventClass(BASE, "Base Event", {}),
        EventClass(
            EVENT_LOG,
            "Event Log Activity",
            {2: "Delete", 3: "Export", 4: "Archive", 6: "Start", 7: "Stop"},
        ),
        EventClass(DETECTION, "Detection Finding", _FINDING),
        EventClass(INCIDENT, "Incident Finding", _FINDING),
        EventClass(DATA_SECURITY, "Data Security Finding", _FINDING),
        EventClass(AUTHENTICATION, "Authentication", {1: "Logon", 2: "Logoff"}),
        EventClass(
            ENTITY,
            "Entity Management",
            {1: "Create", 3: "Update", 4: "Delete", 11: "Deactivate"},
        ),
        EventClass(
            GROUP,
            "Group Management",
            {
                1: "Assign Privileges",
                2: "Revoke Privileges",
                3: "Add User",
                4: "Remove User",
            },
        ),
        EventClass(
            USER,
            "User Management",
            {
                2: "Update",
                4: "Enable",
                5: "Disable",
                10: "Attach Policies",
                11: "Detach Policies",
                14: "Assign Privileges",
                15: "Remove Privileges",
                16: "Assign Roles",
                17: "Remove Roles",
            },
        ),
        EventClass(SSH, "SSH Activity", {5: "Refuse"}),
        EventClass(EMAIL, "Email Activity", {1: "Send", 2: "Receive"}),
        EventClass(WEB, "Web Resources Activity", {6: "Import", 7: "Export", 8: "Share"}),
        EventClass(
            DATASTORE,
            "Datastore Activity",
            {
                1: "Read",
                2: "Update",
                4: "Query",
                5: "Write",
                6: "Create",
                7: "Delete",
                8: "List",
            },
        ),
        EventClass(
            FILE_HOSTING,
            "File Hosting Activity",
            {1: "Upload", 2: "Download", 3: "Update", 4: "Delete", 5: "Rename"},
        ),
        EventClass(
            NETWORK_REMEDIATION, "Network Remediation Activity", {1: "Isolate", 3: "Restore"}
        ),
    )
}
"""By number."""
