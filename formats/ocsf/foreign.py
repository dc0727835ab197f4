"""What events of OCSF that others wrote have in common, taken apart for those who read them.

Source: OCSF 1.9.0, events/base_event.json, objects/metadata.json, objects/user.json.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from formats.canonical_json import canonical_json
from formats.json_facts import occurred_at, occurred_at_milliseconds
from formats.json_members import Object, count_in, needed_count, object_in, objects_in, text_in
from formats.local_time import OccurredAt
from formats.names import address_of, word_of
from formats.ocsf.values import UNKNOWN, endpoint_back, named_back, user_back
from formats.reading import ReadContext

FAILURE: Final = 2
_OUTCOMES: Final = {1: "success", FAILURE: "failure"}
_KINDS_OF_USERS: Final = {1: "person", 2: "person", 4: "service"}
_LONGEST_ID: Final = 400
_LONGEST_NOTE: Final = 2000

Fields = dict[str, Any]


@dataclass(frozen=True)
class Foreign:
    """One event of another writer."""

    event: Object
    context: ReadContext

    @cached_property
    def class_uid(self) -> int:
        """Which class it is of."""
        return needed_count(self.event, "class_uid")

    @cached_property
    def activity_id(self) -> int:
        """What was done, by the numbers of its class."""
        return needed_count(self.event, "activity_id")

    @property
    def failed(self) -> bool:
        """Whether what was tried did not happen."""
        return count_in(self.event, "status_id") == FAILURE

    @property
    def outcome(self) -> str | None:
        """How it ended, where the event says so."""
        return _OUTCOMES.get(count_in(self.event, "status_id") or 0)

    @cached_property
    def product(self) -> str:
        """The product that reported it, as a word."""
        named = object_in(self.event, "metadata", "product")
        return word_of(str(named.get("name") or named.get("uid") or "")) or "ocsf"

    @property
    def actor(self) -> str | None:
        """Who did it."""
        return user_back(object_in(self.event, "actor").get("user"))

    @property
    def origin(self) -> str | None:
        """The address from which it was done."""
        return endpoint_back(self.event.get("src_endpoint"))

    def occurred(self) -> OccurredAt:
        """When it happened: as profile `datetime` says it, else to the millisecond."""
        written = text_in(self.event, "time_dt")
        if written is not None:
            return occurred_at(written, self.context, "time_dt")
        return occurred_at_milliseconds(needed_count(self.event, "time"), self.context, "time")

    def common(self) -> Fields:
        """The fields that every fact has, whatever the class."""
        type_id = count_in(self.event, "actor", "user", "type_id") or 0
        person = self.actor
        return self.occurred().fields() | {
            "actor": person,
            "actor_kind": _KINDS_OF_USERS.get(type_id) if person else None,
            "origin": self.origin,
            "host": text_in(self.event, "device", "hostname"),
            "outcome": self.outcome,
            "action": word_of(text_in(self.event, "activity_name") or ""),
            "note": (text_in(self.event, "status_detail") or "")[:_LONGEST_NOTE] or None,
        }

    def event_id(self, ordinal: int) -> UUID:
        """The id of one of its facts; an event that does not name itself is known by its content.

        Raises:
            FormatError: it does not name itself, and holds what has no canonical form.
        """
        return self.context.own_id("ocsf", self.product.encode(), self._name, str(ordinal).encode())

    @cached_property
    def _name(self) -> bytes:
        """What tells it from others: one event may tell many facts, and be long."""
        uid = text_in(self.event, "metadata", "uid")
        return uid.encode("utf-8", "surrogatepass") if uid else canonical_json(self.event)

    def user(self) -> str | None:
        """The user that it is about; by name where the actor is the same one and has a name."""
        user, acting = object_in(self.event, "user"), object_in(self.event, "actor", "user")
        if not user.get("name") and user.get("uid") and user.get("uid") == acting.get("uid"):
            user = acting
        return user_back(user)

    def service(self) -> Fields:
        """What somebody came into: the service, the machine or the interface, as it is named."""
        machine = text_in(self.event, "dst_endpoint", "hostname")
        named = (
            object_in(self.event, "service"),
            {"name": machine},
            object_in(self.event, "api", "service"),
        )
        found = next((thing for each in named if (thing := self.thing(each))), None)
        return found or {"resource": self.product}

    def resources(self) -> list[Fields]:
        """The resources that it is about, each as the fields that name it."""
        named = [*objects_in(self.event, "resources")]
        single = object_in(self.event, "resource")
        found = [self.thing(each) for each in (*named, *([single] if single else ()))]
        return [each for each in found if each] or [{"resource": self.product}]

    def thing(self, named: object) -> Fields:
        """What an object is called: a public word, or a name that may be somebody's in the vault.

        Args:
            named: An object with a name or an id, perhaps with a type.
        """
        name = named_back(named)
        if name is None or not isinstance(named, Mapping):
            return {}
        word = word_of(name)
        is_plain = "@" not in name and "/" not in name and not address_of(name)
        if word is not None and is_plain:
            return {"resource": word}
        group = word_of(str(named.get("type") or "")) or "resource"
        return {"resource": group, "object_id": name[:_LONGEST_ID], "object_kind": group}


def words_of(names: object) -> list[str]:
    """Names of a list of texts, or of objects with names, as public words."""
    found: dict[str, None] = {}
    for each in names if isinstance(names, list) else ():
        name = each if isinstance(each, str) else named_back(each)
        word = word_of(name) if name and name != UNKNOWN else None
        if word is not None:
            found[word] = None
    return list(found)
