"""The file that says which key may sign which sizes of a log: what a verifier trusts.

    # comment
    <verifier key> <first size> <last size, or ->

One line per key, the oldest first. At the boundary of a rotation two terms share a size: both keys
signed that checkpoint.
"""

from pathlib import Path
from typing import Final

from ledger.errors import FormatError, StoreUnavailable
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.note_keys import VerifierKey
from ledger.notes.spelling import decode_decimal, shown
from ledger.private_files import replace_file
from ledger.units import Size

_OPEN: Final = "-"
_WORDS: Final = 3
_PREFACE: Final = "# Keys of this log: verifier key, first size it may sign, last size or -\n"

Terms = tuple[KeyTerm, ...]


def encode_terms(terms: Terms) -> str:
    """The text of the file."""
    return _PREFACE + "".join(
        f"{term.key.vkey} {term.first_size} {_OPEN if term.last_size is None else term.last_size}\n"
        for term in terms
    )


def decode_terms(text: str) -> Terms:
    """The terms that a text lists.

    Raises:
        FormatError: a line is no term, or two lines have one key.
    """
    found: list[KeyTerm] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words and not line.startswith("#"):
            found.append(_term(words, f"keys, line {number}"))
    keys = {term.key for term in found}
    if len(keys) < len(found):
        raise FormatError("keys", "each key once", "one of them twice")
    return tuple(found)


def read_terms(path: Path) -> Terms:
    """The terms in a file.

    Raises:
        StoreUnavailable: it cannot be read.
        FormatError: it lists something else.
    """
    try:
        return decode_terms(path.read_text("utf-8"))
    except OSError as error:
        raise StoreUnavailable(
            f"{path}: {error.strerror}; `zegel key new` makes the first key"
        ) from error
    except UnicodeDecodeError as error:
        raise FormatError(str(path), "UTF-8", "other bytes") from error


def write_terms(path: Path, terms: Terms) -> None:
    """Puts the terms in the place of those that stand there; durable on return.

    Raises:
        StoreUnavailable: the file cannot be written; what stood there still does.
    """
    try:
        replace_file(path, encode_terms(terms).encode())
    except OSError as error:
        raise StoreUnavailable(f"{path} cannot be written: {error.strerror}") from error


def _term(words: list[str], place: str) -> KeyTerm:
    if len(words) != _WORDS:
        raise FormatError(place, "verifier key, first size, last size", shown(" ".join(words)))
    vkey, first, last = words
    last_size = None if last == _OPEN else Size(decode_decimal(last, place))
    return KeyTerm(VerifierKey.from_vkey(vkey), Size(decode_decimal(first, place)), last_size)
