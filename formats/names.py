"""Public words and addresses of ours, from what sources call their jails, hosts and peers."""

import hashlib
import ipaddress
import re
from typing import Final

from ledger.identifiers import clear_numbers

_FOREIGN: Final = re.compile(r"[^a-z0-9._-]+")
_REPEATED_MARKS: Final = re.compile(r"[._-]*([._-])[._-]*")
_MAIL: Final = re.compile(r"[^\s@]@[^\s@.]+\.[^\s@.]")
_MARK: Final = re.compile(r"[._-]")
_FOUR: Final = re.compile(r"(?<![0-9])(?=((?:[0-9]{1,3}[._-]){3}[0-9]{1,3})(?![0-9]))")
"""Four numbers with marks between them, also where more follow."""
_SIX: Final = re.compile(r"(?<![0-9a-f:])[0-9a-f]*(?::[0-9a-f]*){2,}")
_DASHED_SIX: Final = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{1,4}[._-]){7}[0-9a-f]{1,4}(?![0-9a-z])")
_LEAST_GROUPS: Final = 2
_GROUP: Final = 4
"""Digits of a group of an IPv6 address at most."""
_MOST_OF_BYTE: Final = 255
_MAX_CHARACTERS: Final = 64
_MAX_RESOURCE: Final = 128
_MAX_CASE: Final = 400
_KEPT_OF_LONG_CASE: Final = 300


def word_of(name: str) -> str | None:
    """A lower-case word of letters, digits and single marks between them; `None` if none is left.

    Such a word fits `Slug`, `SystemId` and, as one part of it, `ResourceName`. A name that is or
    holds an address, which may be somebody's, or a citizen number gives none: words are public.
    """
    lower = name.lower()
    whole = _REPEATED_MARKS.sub(r"\1", _FOREIGN.sub("-", lower))
    word = whole[:_MAX_CHARACTERS].strip("._-")
    if not word or holds_address(lower) or holds_address(whole):
        return None
    return None if any(clear_numbers({"word": word})) else word


def word_after(prefix: str, name: str | None) -> str:
    """The word `prefix-name`, or the prefix alone where the name gives no public word."""
    word = None if name is None else word_of(name)
    return prefix if word is None else f"{prefix}-{word}"[:_MAX_CHARACTERS].rstrip("._-")


def holds_address(text: str) -> bool:
    """Whether an IP or e-mail address stands anywhere in a text, also with other marks in it.

    Providers name what they give to their customers `77.113.0.203.example` or `ip-203-0-113-77`.

    Args:
        text: In lower case.
    """
    if _MAIL.search(text) or _DASHED_SIX.search(text):
        return True
    if any(_is_four(found[1]) for found in _FOUR.finditer(text)):
        return True
    return any(_is_six(found[0]) for found in _SIX.finditer(text))


def _is_four(text: str) -> bool:
    return all(int(number) <= _MOST_OF_BYTE for number in _MARK.split(text))


def _is_six(text: str) -> bool:
    """Whether an address begins in the first group and ends in the last one."""
    first, last = text.index(":"), text.rindex(":")
    if sum(map(bool, text.split(":"))) < _LEAST_GROUPS or not any(map(str.isdigit, text)):
        return False
    starts = range(max(0, first - _GROUP), first + 1)
    ends = range(last + 1, min(len(text), last + 1 + _GROUP) + 1)
    return any(address_of(text[start:end]) for start in starts for end in ends)


def address_of(text: str) -> str | None:
    """The identity `ip:…` of an address, its zone left out, or `None` when it is a host name."""
    try:
        return f"ip:{ipaddress.ip_address(text.partition('%')[0])}"
    except ValueError:
        return None


def resource_under(group: str, name: str | None) -> str:
    """The resource `group/name`, or `group` alone where the name is absent or an address."""
    word = None if name is None else word_of(name)
    return group if word is None else f"{group}/{word}"


def resource_of(*names: str | None) -> str:
    """The resource `a/b/c` of names from the widest to the narrowest, such as a realm and its role.

    A name that is absent, an address, a citizen number or without letters and digits is left out;
    there is at least one other.
    """
    words = [word_of(name) for name in names if name is not None]
    return "/".join(word for word in words if word)[:_MAX_RESOURCE].rstrip("._/-")


def case_of(*parts: str) -> str:
    """One id of a case of what makes it one; what is too long ends in its digest instead."""
    whole = " ".join(parts)
    if len(whole) <= _MAX_CASE:
        return whole
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{whole[:_KEPT_OF_LONG_CASE]} {digest}"
