"""Whether a statement file fits the text that it speaks of, which the repository does not carry."""

from collections.abc import Iterator
from hashlib import sha256

from formats.statement_file import StatementFile
from tests.shared_data import shared


def misplaced(file: StatementFile, text_name: str) -> Iterator[str]:
    """The promises whose phrase or heading does not stand where the file says."""
    lines = shared(f"seeds/{text_name}").read_text("utf-8").split("\n")
    for promise in file.promises:
        place = promise.place
        if place.phrase not in lines[place.line - 1]:
            yield f"{promise.id}: line {place.line} has no {place.phrase!r}"
        if place.heading not in lines[: place.line]:
            yield f"{promise.id}: no heading {place.heading!r} above line {place.line}"


def text_sha256(text_name: str) -> str:
    """The SHA-256 of a statement text, in hexadecimal digits."""
    return sha256(shared(f"seeds/{text_name}").read_bytes()).hexdigest()
