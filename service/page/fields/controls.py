"""The controls that ask for the fields of an event kind, made from the vocabulary."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from formats.event_fields import EventField
from formats.steps.words import StepWords
from service.page.forms import Form

ControlKind = Literal[
    "line",
    "area",
    "lines",
    "number",
    "moment",
    "truth",
    "choice",
    "select",
    "choices",
    "words",
    "hash",
    "rows",
]
MOST_ROWS: Final = 20
ROWS: Final = "rows."
"""Before the name of a field of objects: how many of them the form asks for."""
OTHERS: Final = ".others"
"""Behind the name of a field of words: those that stand in no list."""
NOTHING_GIVEN: Final = Form(())
_MOST_SIDE_BY_SIDE: Final = 5
"""More answers than these stand in a list that opens."""
_COUNT: Final = re.compile(r"[0-9]{1,3}")
_HASH: Final = "64 hexadecimal digits"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    value: str
    told: str


@dataclass(frozen=True, slots=True)
class Control:
    """What asks for one field."""

    name: str
    kind: ControlKind
    label: str
    hint: str | None = None
    required: bool = False
    options: tuple[Option, ...] = ()
    """Those that can be chosen, or that are suggested."""
    values: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Of a field of words, those that stand in no list."""
    error: str | None = None
    rows: tuple[tuple["Control", ...], ...] = ()
    """Of a field of objects: the controls of each."""

    @property
    def value(self) -> str:
        """The one that was given, or nothing."""
        return self.values[0] if self.values else ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The answers, each as its value and what it is called."""
        return tuple((option.value, option.told) for option in self.options)

    @property
    def id(self) -> str:
        """By which its label and its error name it."""
        return self.name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Asked:
    """What every control of a form is made with."""

    words: StepWords
    kind: str
    """Of the event."""
    form: Form = NOTHING_GIVEN
    """What was given so far."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """What is wrong with it, by the name of a control."""

    def control(self, event_field: EventField) -> Control:
        """The control of one field."""
        return self._made(event_field, event_field.path, event_field.path)

    def controls(self, fields: Iterable[EventField]) -> tuple[Control, ...]:
        """The controls of several fields, in their order."""
        return tuple(self.control(each) for each in fields)

    def plain(
        self,
        name: str,
        kind: ControlKind = "line",
        *,
        label: str | None = None,
        required: bool = False,
        options: Sequence[Option] = (),
    ) -> Control:
        """A control for what is no field of the event.

        Args:
            name: In the form.
            kind: How it asks.
            label: What it asks; the words of its name, if not given.
            required: Whether it must be given.
            options: The answers that can be chosen.
        """
        return Control(
            name,
            kind,
            label or self.words.label(name),
            None if label else self.words.hint(name),
            required,
            options=tuple(options),
            values=self.form.many(name),
            error=self.errors.get(name),
        )

    def _made(self, event_field: EventField, name: str, path: str) -> Control:
        kind = _kind_of(event_field, path, self.words)
        return Control(
            name,
            kind,
            self.words.label(path),
            self.words.hint(path),
            event_field.required,
            options=self._options(event_field, kind, path),
            values=self.form.many(name),
            others=self._others(name, kind, path),
            error=self.errors.get(name),
            rows=self._rows(event_field) if kind == "rows" else (),
        )

    def _others(self, name: str, kind: ControlKind, path: str) -> tuple[str, ...]:
        if kind != "words":
            return ()
        listed = {word for word, _ in self.words.suggested(path)}
        unlisted = (each for each in self.form.many(name) if each not in listed)
        return (*unlisted, *self.form.many(name + OTHERS))

    def _options(self, event_field: EventField, kind: ControlKind, path: str) -> tuple[Option, ...]:
        if kind in {"choice", "select", "choices"}:
            return tuple(
                Option(word, self.words.value(path, word, self.kind))
                for word in event_field.choices
            )
        if kind in {"words", "line"}:
            return tuple(Option(*each) for each in self.words.suggested(path))
        return ()

    def _rows(self, event_field: EventField) -> tuple[tuple[Control, ...], ...]:
        places = range(rows_asked(event_field.path, self.form))
        return tuple(
            tuple(self._part(event_field, place, part) for part in event_field.parts)
            for place in places
        )

    def _part(self, event_field: EventField, place: int, part: EventField) -> Control:
        path = f"{event_field.path}.{part.path}"
        made = self._made(part, f"{event_field.path}.{place}.{part.path}", path)
        return replace(made, required=False)  # of an object that is left out nothing is needed


def _kind_of(event_field: EventField, path: str, words: StepWords) -> ControlKind:
    found: ControlKind
    if event_field.parts:
        found = "rows"
    elif event_field.shape == "boolean":
        found = "truth"
    elif event_field.choices:
        found = "choice" if len(event_field.choices) <= _MOST_SIDE_BY_SIDE else "select"
        found = "choices" if event_field.many else found
    elif event_field.shape == "instant":
        found = "moment"
    elif event_field.shape == "integer":
        found = "number"
    elif event_field.many:
        found = "words" if words.suggested(path) else "lines"
    elif event_field.namespace == "text":
        found = "area"
    else:
        found = "hash" if event_field.words == _HASH else "line"
    return found


def rows_asked(path: str, form: Form) -> int:
    """How many objects a form asks for: as many as it says, and all of which something is given."""
    said = form.one(ROWS + path) or ""
    asked = int(said) if _COUNT.fullmatch(said) else 1
    return max(1, min(max(asked, 1 + max(_places(path, form), default=0)), MOST_ROWS))


def _places(path: str, form: Form) -> Iterator[int]:
    """The places of the objects of which something is given."""
    for name in form.names():
        place = name.removeprefix(f"{path}.").partition(".")[0]
        if name.startswith(f"{path}.") and _COUNT.fullmatch(place) and form.many(name):
            yield int(place)
