"""The statement files that come with Zegel, found by the hash of the text that they are about."""

from collections.abc import Collection
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import ZegelError

if TYPE_CHECKING:
    from formats.statement_file import StatementFile


def shipped_statements(hashes: Collection[str]) -> "dict[str, StatementFile]":
    """The shipped files about texts with these SHA-256 hashes, by hash; other files stay unread.

    Args:
        hashes: In hexadecimal.
    """
    from formats.statement_file import read_statement_file  # noqa: PLC0415 - only if asked for

    found = {}
    for each in sorted(statement_folder().iterdir(), key=lambda entry: entry.name):
        if not each.name.endswith(".yaml"):
            continue
        data = each.read_bytes()
        if not any(digest.encode() in data for digest in hashes):
            continue
        try:
            file = read_statement_file(data, each.name)
        except ZegelError:  # the words of a file that somebody broke are told by the rule instead
            continue
        if file.statement.text_sha256 in hashes:
            found[file.statement.text_sha256] = file
    return found


def statement_folder() -> Traversable:
    """Inside the installed program; in a checkout, beside it."""
    packed = files("cli").joinpath("demo_data", "statements")
    return packed if packed.is_dir() else Path(__file__).parents[1] / "examples" / "statements"
