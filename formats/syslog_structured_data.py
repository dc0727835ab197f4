r"""Structured data of RFC 5424: elements of named values before the text of a message.

```
[meta sequenceId="29"][timeQuality tzKnown="1" isSynced="1" syncAccuracy="60000000"] text
```

Inside quotes `\"`, `\\` and `\]` stand for the second of the two; any other backslash for itself.

Source: RFC 5424 §6.3 (the form) and §7 (what the registered elements say).
"""

import re
from dataclasses import dataclass
from typing import Final

_NIL: Final = "-"
_NAME: Final = r"[!#-<>-\\^-~]+"
"""Printable ASCII but for blank, quote, equals sign and closing bracket."""
_VALUE: Final = r'(?:[^"\\]|\\.)*'
_PARAMETER: Final = re.compile(rf' (?P<name>{_NAME})="(?P<value>{_VALUE})"', re.DOTALL)
_ELEMENT: Final = re.compile(
    rf'\[(?P<id>{_NAME})(?P<parameters>(?: {_NAME}="{_VALUE}")*) *\]', re.DOTALL
)
_ESCAPED: Final = re.compile(r'\\(["\\\]])')


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its name, and its parameters in order; a name may come more than once."""

    name: str
    parameters: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str | None:
        """The first value of that name."""
        return next((value for key, value in self.parameters if key == name), None)


def parse_structured_data(text: str) -> tuple[tuple[Element, ...], str] | None:
    """The elements that a text begins with, and what follows them; `None` when it has none.

    Args:
        text: what follows the header, its first blank left out. `-` stands for no elements.
    """
    if text == _NIL or text.startswith(f"{_NIL} "):
        return (), text[2:]
    elements, position = [], 0
    while (match := _ELEMENT.match(text, position)) is not None:
        elements.append(Element(match["id"], _parameters(match["parameters"])))
        position = match.end()
    rest = text[position:]
    if not elements or (rest and not rest.startswith(" ")):
        return None
    return tuple(elements), rest[1:]


def _parameters(text: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (match["name"], _ESCAPED.sub(r"\1", match["value"])) for match in _PARAMETER.finditer(text)
    )
