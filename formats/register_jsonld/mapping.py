"""How one struct becomes a node of JSON-LD and a node a struct again: a table of members.

Each member names a field of the struct, the term under which it stands, and how a value is written
and read. What has no value has no member. So what is written can always be read back.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec

Node = dict[str, Any]
Value = TypeVar("Value", bound=msgspec.Struct)


class Member(NamedTuple):
    """One field of a struct as a member of a node."""

    field: str
    term: str
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Shape(Generic[Value]):
    """How structs of one class are written and read."""

    struct: type[Value]
    types: Callable[[Value], tuple[str, ...]]
    members: tuple[Member, ...]
    identity: Callable[[Value], str | None] = lambda _value: None
    links: Callable[[Value], Mapping[str, Any]] = lambda _value: {}
    """What a reader of the vocabulary looks for, and that follows from the members."""

    def write(self, value: Value) -> Node:
        """The node of a struct."""
        node: Node = {}
        name = self.identity(value)
        if name is not None:
            node["@id"] = name
        types = self.types(value)
        node["@type"] = types[0] if len(types) == 1 else list(types)
        for term, linked in self.links(value).items():
            node[term] = linked
        for member in self.members:
            found = getattr(value, member.field)
            if found is None or found == ():
                continue
            written = member.write(found)
            if isinstance(written, list) and isinstance(node.get(member.term), list):
                written = [*node[member.term], *written]
            node[member.term] = written
        return node

    def read(self, node: Mapping[str, Any]) -> Value:
        """The struct of a node.

        Raises:
            msgspec.ValidationError: a member is not what the struct asks for.
        """
        found = {
            member.field: member.read(node[member.term])
            for member in self.members
            if member.term in node
        }
        return msgspec.convert(
            {name: value for name, value in found.items() if value is not None}, self.struct
        )


def plain(field: str, term: str) -> Member:
    """A text, number or truth value as it is."""
    return Member(field, term, _same, _same)


def texts(field: str, term: str) -> Member:
    """Several texts, in their order."""
    return Member(field, term, list, _same)


def instant(field: str, term: str) -> Member:
    """An instant as `xsd:dateTime`."""
    return Member(field, term, _written_instant, _read_typed)


def span(field: str, term: str) -> Member:
    """An elapsed time as `xsd:duration`."""
    return Member(field, term, _written_span, _read_typed)


def one_of(field: str, term: str, words: Mapping[Any, str]) -> Member:
    """A word of ours as the term that stands for it, in a list that others may share."""
    back = {target: word for word, target in words.items()}

    def read(found: list[Mapping[str, str]]) -> str | None:
        return next((back[each["@id"]] for each in found if each["@id"] in back), None)

    return Member(field, term, lambda word: [{"@id": words[word]}], read)


def nodes(field: str, term: str, shape: Shape[Any]) -> Member:
    """Several structs, in their order."""
    return Member(
        field,
        term,
        lambda values: [shape.write(each) for each in values],
        lambda found: [shape.read(each) for each in found],
    )


def slugs(field: str, term: str, kind: str, type_term: str) -> Member:
    """Words of a controlled list, each a node that other nodes name too."""
    return Member(
        field,
        term,
        lambda words: [slug_node(kind, word, type_term) for word in words],
        lambda found: [each["dct:identifier"] for each in found],
    )


def slug_node(kind: str, word: str, type_term: str) -> Node:
    """The node of a word of a controlled list."""
    return {"@id": f"urn:zegel:{kind}:{word}", "@type": type_term, "dct:identifier": word}


def _same(value: object) -> object:
    return value


_DATE_TIME: Final = "xsd:dateTime"
_DURATION: Final = "xsd:duration"


def _written_instant(value: datetime) -> Node:
    return {"@type": _DATE_TIME, "@value": value.isoformat()}


def _written_span(value: timedelta) -> Node:
    return {"@type": _DURATION, "@value": msgspec.to_builtins(value)}


def _read_typed(found: Mapping[str, Any]) -> object:
    return found["@value"]
