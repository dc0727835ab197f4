"""The words of SQL statements as PostgreSQL parts them; literals are known as such and dropped.

Source: PostgreSQL 15 manual §4.1 (identifiers and key words, constants, comments).
"""

import re
from dataclasses import dataclass
from typing import Final

from ledger.errors import FormatError

_WORD: Final = re.compile(
    r"""
    (?P<blank>\s+|--[^\n]*)
    |(?P<comment>/\*)
    |(?P<literal>[eE]'[^'\\]*(?:(?:\\.|'')[^'\\]*)*'|(?:[bBxXnN]|[uU]&)?'[^']*(?:''[^']*)*')
    |(?P<dollar>\$(?P<tag>[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$)
    |(?P<quoted>"[^"]+(?:""[^"]*)*"|"(?:""[^"]*)+")
    |(?P<name>[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*)
    |(?P<number>\$?[0-9][0-9A-Za-z_.]*)
    |(?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_MARK: Final = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: a name as the database folds it, a mark, or a literal, whose text is dropped."""

    text: str
    """Names in small letters unless quoted; empty for a literal."""
    is_quoted: bool = False

    @property
    def is_literal(self) -> bool:
        """Whether a constant stood here."""
        return not self.text

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these key words or marks; a quoted name never is."""
        return not self.is_quoted and self.text in words


def statements_of(text: str) -> list[list[Word]]:
    """The words of each statement; empty statements are left out.

    Raises:
        FormatError: a literal, name or comment does not end.
    """
    statements: list[list[Word]] = [[]]
    at = 0
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            raise FormatError("statement", "SQL", "another text")
        at = match.end()
        if match["comment"]:
            at = _end_of_comment(text, at)
        elif match["dollar"]:
            at = _after(text, match["dollar"], at)
            statements[-1].append(Word(""))
        elif match["mark"] == ";":
            statements.append([])
        elif not match["blank"]:
            statements[-1].append(_word(match))
    return [words for words in statements if words]


def _word(match: re.Match[str]) -> Word:
    if match["literal"]:
        return Word("")
    if match["quoted"]:
        return Word(match["quoted"][1:-1].replace('""', '"'), is_quoted=True)
    if match["name"]:
        return Word(match["name"].lower())
    if match["number"]:
        return Word("")
    if match["mark"] in "'\"":
        raise FormatError("statement", "the end of a literal or name", "none")
    return Word(match["mark"])


def _end_of_comment(text: str, at: int) -> int:
    """Behind the mark that ends a comment, which may hold others."""
    depth = 1
    while depth:
        match = _COMMENT_MARK.search(text, at)
        if match is None:
            raise FormatError("statement", "the end of a comment", "none")
        depth += 1 if match[0] == "/*" else -1
        at = match.end()
    return at


def _after(text: str, tag: str, at: int) -> int:
    end = text.find(tag, at)
    if end < 0:
        raise FormatError("statement", f"the end of a literal in {tag}", "none")
    return end + len(tag)
