"""The names under which classes of events are sealed."""

from msgspec import Struct


def kind_name(event_class: type[Struct]) -> str:
    """The kind of one class: `access.granted.v1`."""
    return str(event_class.__struct_config__.tag)


def kind_names(*event_classes: type[Struct]) -> frozenset[str]:
    """The kinds of several classes."""
    return frozenset(kind_name(event_class) for event_class in event_classes)
