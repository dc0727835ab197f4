"""Public words and addresses of ours, from what sources call their jails, hosts and peers."""

import hashlib
import ipaddress
import re
from typing import Final

from ledger.identifiers import clear_numbers

_FOREIGN: Final = re.compile(r"[^a-z0-9._-]+")
_REPEATED_MARKS: Final = re.compile(r"[._-]*([._-])[._-]*")
_MAX_CHARACTERS: Final = 64
_MAX_RESOURCE: Final = 128
_MAX_CASE: Final = 400
_KEPT_OF_LONG_CASE: Final = 300


def word_of(name: str) -> str | None:
    """A lower-case word of letters, digits and single marks between them; `None` if none is left.

    Such a word fits `Slug`, `SystemId` and, as one part of it, `ResourceName`. A name that is an
    address, which may be somebody's, or holds a citizen number gives none: words are public.
    """
    if address_of(name):
        return None
    marked = _FOREIGN.sub("-", name.lower())
    word = _REPEATED_MARKS.sub(r"\1", marked)[:_MAX_CHARACTERS].strip("._-")
    return word if word and not any(clear_numbers({"word": word})) else None


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
