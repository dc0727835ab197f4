"""Command-line options made from the fields of an event kind."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import click

from cli.output import note
from cli.session import Session
from formats.event_fields import EventField, typed_value
from formats.event_fields import mapping_of as nested
from formats.shown_times import show_instant
from formats.typed_times import TimeReader
from ledger.errors import BadRequest
from ledger.units import utc_now

_EXACT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A date that begins so can be understood in one way only."""


def option_name(field: EventField) -> str:
    """The name of the option of a field: `--valid-until`."""
    return "--" + field.path.replace("_", "-")


def parameter_name(field: EventField) -> str:
    """The name under which Click hands its value over."""
    return field.path.replace(".", "__")


class FieldValue(click.ParamType[Any]):
    """Turns one typed value into what the vocabulary's decoder takes."""

    def __init__(self, field: EventField) -> None:
        """Remembers the field that the value is for."""
        self.name = field.words
        self.field = field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's signature
        """The value as builtins; a number, time or object that is none is refused."""
        session = ctx.ensure_object(Session) if ctx else Session()
        # The zone is read from the home, which not every value needs.
        zone = session.zone if self.field.shape == "instant" else UTC
        try:
            found = typed_value(self.field, str(value), TimeReader(utc_now(), zone))
        except BadRequest as error:
            self.fail(str(error), param, ctx)
        if self.field.shape == "instant" and not _EXACT.match(str(value)):
            understood = show_instant(datetime.fromisoformat(str(found)), zone)
            note(f"{option_name(self.field)} {value} is {understood}")
        return found


def option_of(field: EventField) -> click.Option:
    """The option by which one field is given."""
    return click.Option(
        [option_name(field), parameter_name(field)],
        type=FieldValue(field),
        metavar="VALUE",
        multiple=field.many,
        help=_help(field),
    )


def _help(field: EventField) -> str:
    if field.path == "occurred_at":
        return f"{field.words}  [default: now]"
    marks = [
        mark for mark, holds in (("required", field.required), ("repeatable", field.many)) if holds
    ]
    return field.words + (f"  [{', '.join(marks)}]" if marks else "")


def mapping_of(fields: list[EventField], values: Mapping[str, Any]) -> dict[str, Any]:
    """The event fields that were given by options, nested as the event has them."""
    return nested(fields, {field.path: values.get(parameter_name(field)) for field in fields})
