"""Citizen numbers: told by the eleven-test, written one way, kept out of clear text and messages.

A Dutch citizen service number (BSN) may stand in the vault only, as `data-subject:BSN:…`. What is
sealed in clear, stored in columns, said in errors or kept beside the log holds none.

Source: Wet algemene bepalingen burgerservicenummer art. 10-12 (who may process the number);
logius.nl, BSN (the test).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

BSN: Final = "BSN"
"""The type of an id that is a citizen number: `data-subject:BSN:…`."""

MASK: Final = "*********"
"""What stands in a message where a citizen number stood."""

CLEAR_TYPES: Final = frozenset(
    {BSN, "ACCOUNT", "CUSTOMER", "EMPLOYEE", "MEMBER", "PATIENT", "PERSONEELSNUMMER", "STUDENT",
     "URI"}
)  # fmt: skip
"""Types of ids that say nothing about one person; they alone are kept beside the value in clear."""

_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_NINE: Final = re.compile(r"[0-9]{9}")
_WRITTEN: Final = re.compile(r"[0-9](?:[. ]?[0-9]){7,8}")
_SEPARATORS: Final = str.maketrans("", "", ". ")

# A letter on either side makes it another number: VAT numbers (NL…B01), hexadecimal digests.
# RSIN, the number of an organisation, passes the same test and says its name.
_CLEAR: Final = re.compile(
    r"(?<![0-9A-Za-z])(?<!rsin[-:/._])(?:[0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3})(?![0-9A-Za-z])"
)
_RUN: Final = re.compile(r"(?<![0-9])[0-9]{9}(?![0-9])")
_DIGITS_AS_ZERO: Final = bytes(0x30 if 0x30 <= each <= 0x39 else each for each in range(256))  # noqa: PLR2004 - ASCII digits
# Shapes of a number once every digit is a zero.
_TOGETHER: Final = b"000000000"
_DOTTED: Final = b"0000.00.000"

_SAID: Final = re.compile(
    r"(?<![0-9])(?:[0-9]{9}|(?<![0-9]\.)(?:[0-9]{4}[. ][0-9]{2}|[0-9]{3}[. ][0-9]{3})[. ][0-9]{3})"
    r"(?!\.?[0-9])"
)
_TYPED: Final = re.compile(r"(?i)(data-subject:bsn:\s*)[0-9A-Za-z][^'\"\n;,]*")


class CitizenNumberRefused(ValueError):
    """An identity that is a citizen number in the wrong place, or is said to be one and is none."""

    def __init__(self, expected: str, found: str) -> None:
        """Says what was expected and what came, without the number."""
        super().__init__(f"expected {expected}, found {found}")
        self.expected = expected
        self.found = found


def is_bsn(text: str) -> bool:
    """Whether nine digits, not all zero, satisfy the eleven-test of a citizen number.

    Source: logius.nl, BSN: 9a+8b+7c+6d+5e+4f+3g+2h-i is divisible by 11.
    """
    if _NINE.fullmatch(text) is None or not text.strip("0"):
        return False
    weighted = zip(_WEIGHTS, map(int, text), strict=True)
    return sum(weight * digit for weight, digit in weighted) % 11 == 0


def names_bsn(text: str) -> bool:
    """Whether a text contains a citizen number among other characters, percent-encoded or not."""
    return any(is_bsn(digits) for digits in _RUN.findall(f"{text} {unquote(text)}"))


def normalised_bsn(written: str) -> str:
    """A citizen number as its nine digits, however it was written.

    Args:
        written: Nine digits, or eight where the zero in front was dropped; dots and spaces between
            them are left out: `1234.56.782`.

    Raises:
        CitizenNumberRefused: it is no citizen number; the error does not repeat it.
    """
    written = written.strip()
    if _WRITTEN.fullmatch(written):
        digits = written.translate(_SEPARATORS).zfill(9)
        if is_bsn(digits):
            return digits
    raise CitizenNumberRefused(
        "a citizen number of 9 digits that passes the eleven-test after data-subject:BSN:",
        "another value, which is not repeated here",
    )


def refuse_number_as_name(name: str) -> None:
    """Passes unless the name of a person is a citizen number.

    Args:
        name: What stands after `person:`.

    Raises:
        CitizenNumberRefused: it is one; the error does not repeat it.
    """
    digits = name.translate(_SEPARATORS)
    if _WRITTEN.fullmatch(name.strip()) and is_bsn(digits):
        raise CitizenNumberRefused(
            "an account, e-mail address or staff id; a citizen number is data-subject:BSN:NUMBER",
            "a number that passes the eleven-test",
        )


def may_hold_number(encoded: bytes) -> bool:
    """Whether bytes hold what has the shape of a number, which is cheap to tell and seldom so."""
    shape = encoded.translate(_DIGITS_AS_ZERO)
    return _TOGETHER in shape or _DOTTED in shape or b"%" in encoded


def clear_numbers(values: Mapping[str, Any]) -> Iterator[str]:
    """The paths of the texts that contain a citizen number: `processing_activity_id`.

    Counted are exactly nine digits, or `1234.56.782`, with neither letter nor digit on either side,
    also where they are percent-encoded. A VAT number, a digest, a UUID, a longer number or a number
    called `rsin-…` is none.

    Args:
        values: Fields by name, as builtins; mappings and lists inside are looked through.
    """
    for name, value in values.items():
        for path, text in _texts(name, value):
            read = f"{text} {unquote(text)}" if "%" in text else text
            if any(_is_written(found) for found in _CLEAR.findall(read)):
                yield path


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(f"{path}/{name}", inner)
    elif isinstance(value, (list, tuple)):
        for place, inner in enumerate(value):
            yield from _texts(f"{path}/{place}", inner)


def masked(text: str) -> str:
    """A message without citizen numbers, nor what was typed in the place of one."""
    without = _TYPED.sub(rf"\1{MASK}", text)
    return _SAID.sub(lambda match: MASK if _is_written(match[0]) else match[0], without)


def _is_written(text: str) -> bool:
    return is_bsn(text.translate(_SEPARATORS))


def clear_namespace(identity: str) -> str:
    """What of an identity may be kept in clear: its namespace, and the type of a data subject's id.

    Args:
        identity: Normalised: `data-subject:BSN:…` gives `data-subject:BSN`. A type that nobody
            declared safe could itself name somebody, and is left out.
    """
    namespace, _, rest = identity.partition(":")
    if namespace != "data-subject":
        return namespace
    id_type = rest.partition(":")[0]
    return f"{namespace}:{id_type}" if id_type in CLEAR_TYPES else namespace
