"""Our own events back from the OCSF that we wrote: field by field, the very same ones.

What a reader was shown as a token or as withheld cannot come back: such a field is left out, which
a warning says, and the event gets an id of its own, as it is no longer the one that was exported.

Source: `formats.ocsf.writing`.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from formats.json_facts import Fact
from formats.json_members import Object, needed_count, needed_text, object_in
from formats.ocsf import catalogue as ocsf
from formats.ocsf.shapes import at, carried_of
from formats.reading import ReadContext
from ledger.errors import FormatError

NAME: Final = "ocsf"


def own_part(event: Object) -> Object | None:
    """What stands beside the attributes of an event that we wrote; `None` for one of others."""
    unmapped = event.get("unmapped")
    found = unmapped.get(ocsf.OWN) if isinstance(unmapped, Mapping) else None
    return found if isinstance(found, Mapping) else None


def own_fact(event: Object, own: Object, context: ReadContext) -> Fact | str:
    """The fact that an event of ours tells, or why it tells none.

    Raises:
        FormatError: what we write is not there.
    """
    if "export" in own:
        return "what an export says of itself"
    if not own.get("readable"):
        return "a record that nobody could read where it was exported"
    values = {**object_in(own, "event"), **_carried(event, own), "kind": needed_text(own, "kind")}
    closed = sorted(path for path, state in object_in(own, "personal").items() if state != "open")
    values.setdefault("parser", None)
    values.setdefault("system", None)
    if not closed:
        return Fact(values)
    for name in {path.partition("/")[0] for path in closed}:
        values.pop(name, None)
    values["event_id"] = _other_id(event, context)
    return Fact(values, (f"left out, as the export did not show it: {', '.join(closed)}",))


def _carried(event: Object, own: Object) -> dict[str, Any]:
    """The fields that stand in attributes."""
    class_uid = needed_count(event, "class_uid")
    if class_uid not in ocsf.CLASSES:
        raise FormatError("class_uid", "a class that Zegel writes", "another one")
    carried = object_in(own, "carried")
    return {
        each.field: each.value.back(at(event, each.path))
        for each in carried_of(class_uid)
        if carried.get(each.field) == each.path
    }


def _other_id(event: Object, context: ReadContext) -> UUID:
    named = needed_text(event, "metadata", "uid"), needed_text(event, "metadata", "log_name")
    return context.own_id(NAME, *(part.encode("utf-8", "surrogatepass") for part in named))
