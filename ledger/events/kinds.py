"""From a name as people type it to the kind that is sealed."""

import difflib
import re
from typing import Final

from ledger.errors import MalformedEvent
from ledger.events.vocabulary import KINDS, Event
from ledger.events.wording import shown

_NEWEST: Final[dict[str, str]] = {
    kind.rpartition(".v")[0]: kind
    for kind in sorted(KINDS, key=lambda kind: int(kind.rpartition(".v")[2]))
}
"""The newest version of each name."""

_CLOSE: Final = 3


def kind_of(event: Event) -> str:
    """The kind under which an event is sealed, such as `access.granted.v1`."""
    return str(event.__struct_config__.tag)


def resolve_kind(name: str) -> str:
    """The kind that a name means; without a version the newest.

    Args:
        name: `access.granted`, `access.granted.v1`, or with hyphens as `access-granted.v1`.

    Raises:
        MalformedEvent: no kind has that name; the error offers close ones.
    """
    if name in KINDS:
        return name
    if name in _NEWEST:
        return _NEWEST[name]
    dotted = _dotted(name)
    if dotted in _NEWEST:
        return _NEWEST[dotted]
    if dotted in KINDS:
        return dotted
    near = difflib.get_close_matches(name, KINDS if ".v" in name else _NEWEST, _CLOSE)
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    raise MalformedEvent("event", "kind", f"a kind of the vocabulary{hint}", shown(name))


def _dotted(name: str) -> str:
    """`sub-processor-approved.v1` as `sub_processor.approved.v1`, if that is a kind."""
    stem, dot, version = name.partition(".v")
    words = re.split(r"[-_]", stem)
    for cut in range(1, len(words)):
        dotted = "_".join(words[:cut]) + "." + "_".join(words[cut:])
        if dotted in _NEWEST:
            return dotted + dot + version
    return name
