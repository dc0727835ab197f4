"""Members of JSON that strangers sent, of the type that is expected there or refused by name.

What is absent, null or empty gives `None`, or an empty object: sources leave out what they do not
know. What is there in another type is an error: half-read facts would look whole.
"""

from collections.abc import Mapping
from typing import Any

from formats.written_counts import written_count
from ledger.errors import FormatError

Object = Mapping[str, Any]


def object_in(value: Object, *names: str) -> Object:
    """The object under these names, one inside the other; empty where there is none.

    Raises:
        FormatError: a value of another type stands there.
    """
    found = value
    for depth, name in enumerate(names, start=1):
        inner = found.get(name)
        if inner is None:
            return {}
        if not isinstance(inner, Mapping):
            raise FormatError(".".join(names[:depth]), "an object", _type_name(inner))
        found = inner
    return found


def objects_in(value: Object, name: str) -> list[Object]:
    """The objects of the array under a name; none where there is no array.

    Raises:
        FormatError: a value of another type stands there.
    """
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise FormatError(name, "an array of objects", _type_name(found))
    return found


def text_in(value: Object, *names: str) -> str | None:
    """The text under these names, or `None`; a whole number counts as its digits.

    Raises:
        FormatError: a value of another type stands there.
    """
    found = object_in(value, *names[:-1]).get(names[-1])
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if found is not None and not isinstance(found, str):
        raise FormatError(".".join(names), "text", _type_name(found))
    return found or None


def count_in(value: Object, *names: str) -> int | None:
    """The whole number under these names, 0 or more, or `None`; digits as text count too.

    Raises:
        FormatError: a value of another type stands there.
    """
    found = object_in(value, *names[:-1]).get(names[-1])
    if found is None or found == "":
        return None
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    count = None if isinstance(found, bool) else written_count(str(found))
    if count is None:
        raise FormatError(".".join(names), "a whole number, 0 or more", _type_name(found))
    return count


def needed_text(value: Object, *names: str) -> str:
    """The text under these names.

    Raises:
        FormatError: there is none, or a value of another type.
    """
    found = text_in(value, *names)
    if found is None:
        raise FormatError(".".join(names), "text", "nothing")
    return found


def needed_count(value: Object, *names: str) -> int:
    """The whole number under these names.

    Raises:
        FormatError: there is none, or a value of another type.
    """
    found = count_in(value, *names)
    if found is None:
        raise FormatError(".".join(names), "a whole number, 0 or more", "nothing")
    return found


def _type_name(value: object) -> str:
    """What stands there, without the value: it may name people."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "another number"
        case str():
            return "other text"
        case list():
            return "an array"
        case _:
            return "an object"
