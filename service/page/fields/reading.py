"""Reads what a form gave for the fields of an event kind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from formats.event_fields import EventField, typed_value
from formats.steps.words import StepWords
from formats.typed_times import TimeReader
from ledger.errors import BadRequest, MalformedEvent
from service.page.fields.controls import OTHERS, rows_asked
from service.page.forms import Form

_NAMED: Final = frozenset({"person", "ip", "data-subject"})
"""What people leave out before an account, an address or an id, as the field says it already."""


@dataclass(slots=True)
class Given:
    """What a form gave: values as builtins by path, and what is wrong by the name of a control."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldReader:
    """Reads forms in the language and the zone of whoever sent them."""

    words: StepWords
    times: TimeReader
    gettext: Callable[[str], str]

    def read(self, fields: Iterable[EventField], form: Form) -> Given:
        """What a form gave for some fields; a required one that is missing is an error.

        Raises:
            BadRequest: a field that holds one value came several times.
        """
        found = Given()
        for each in fields:
            if each.parts:
                value: Any = self._rows(each, form, found)
            elif each.many:
                value = self._several(each, form, found)
            else:
                value = self._one(each, each.path, form, found)
            if value is not None and value != ():
                found.values[each.path] = value
            elif each.required and each.path not in found.errors:
                found.errors[each.path] = self.needed()
        return found

    def needed(self) -> str:
        """What is told where a required field is empty."""
        return self.gettext("This is needed.")

    def wrong(self, event_field: EventField, typed: str) -> str:
        """What is told where a value is none that the field takes."""
        if event_field.choices:
            return self.gettext("Expected one of the answers of the list.")
        told = self.gettext("Expected {expected}, found “{found}”.")
        return told.format(expected=self.words.expected(event_field.words), found=typed)

    def refused(self, fields: Iterable[EventField], error: MalformedEvent) -> tuple[str, str]:
        """The control whose value the vocabulary refused, and what is told there."""
        name = error.field.partition("/")[0]
        known = next((each for each in fields if each.path == name), None)
        if known is None:
            return name, str(error)
        return name, self.wrong(known, error.found.strip("'"))

    def _one(self, event_field: EventField, name: str, form: Form, found: Given) -> Any:  # noqa: ANN401 - one value of a field
        typed = form.one(name)
        return None if typed is None else self._value(event_field, name, typed, found)

    def _several(self, event_field: EventField, form: Form, found: Given) -> tuple[Any, ...]:
        name = event_field.path
        typed = [
            line.strip()
            for text in (*form.many(name), *form.many(name + OTHERS))
            for line in text.split("\n")
        ]
        values = [self._value(event_field, name, each, found) for each in typed if each]
        return tuple(value for value in values if value is not None)

    def _rows(self, event_field: EventField, form: Form, found: Given) -> tuple[Any, ...]:
        rows = []
        for place in range(rows_asked(event_field.path, form)):
            names = {
                part.path: f"{event_field.path}.{place}.{part.path}" for part in event_field.parts
            }
            if not any(form.many(name) for name in names.values()):
                continue
            row: dict[str, Any] = {}
            for part in event_field.parts:
                value = self._one(part, names[part.path], form, found)
                if value is not None:
                    row[part.path] = value
                elif part.required and names[part.path] not in found.errors:
                    found.errors[names[part.path]] = self.needed()
            rows.append(row)
        return tuple(rows)

    def _value(self, event_field: EventField, name: str, typed: str, found: Given) -> Any:  # noqa: ANN401 - as above
        if event_field.choices and typed not in event_field.choices:
            found.errors[name] = self.wrong(event_field, typed)
            return None
        try:
            return typed_value(event_field, completed(event_field, typed), self.times)
        except BadRequest:
            found.errors[name] = self.wrong(event_field, typed)
            return None


def completed(event_field: EventField, typed: str) -> str:
    """A typed identity with what it is before it, which people need not type: `person:`."""
    space = event_field.namespace
    if space not in _NAMED or typed.startswith((f"{space}:", f"{space}#")):
        return typed
    return f"{space}:{typed}"
