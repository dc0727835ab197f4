"""The words of SQL statements as PostgreSQL parts them; literals are known as such and dropped.

Source: PostgreSQL 15 manual §4.1 (identifiers and key words, constants, comments).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

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
Read = TypeVar("Read")
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

    @property
    def is_name(self) -> bool:
        """Whether this names something, or is a key word."""
        return self.is_quoted or self.text[:1].isalpha() or self.text[:1] == "_"

    def is_word(self, *words: str) -> bool:
        """Whether this is one of these key words or marks; a quoted name never is."""
        return not self.is_quoted and self.text in words


class Statement:
    """The words of one statement, read from the left."""

    def __init__(self, words: Sequence[Word]) -> None:
        """Begins at the first word."""
        self._words, self._at = words, 0

    @property
    def ended(self) -> bool:
        """Whether every word was read."""
        return self._at >= len(self._words)

    def sees(self, *words: str) -> bool:
        """Whether one of these key words or marks stands here."""
        return not self.ended and self._words[self._at].is_word(*words)

    def takes(self, *words: str) -> bool:
        """Whether these words stand here, one after the other; they are read past then."""
        behind = self._words[self._at : self._at + len(words)]
        found = len(behind) == len(words) and all(
            each.is_word(word) for each, word in zip(behind, words, strict=True)
        )
        self._at += len(words) if found else 0
        return found

    def needs(self, *words: str) -> None:
        """Reads past these words.

        Raises:
            FormatError: others stand here.
        """
        if not self.takes(*words):
            raise FormatError("statement", " ".join(words).upper(), self._found())

    def name(self) -> str:
        """The name that stands here, read past.

        Raises:
            FormatError: a literal, a mark or nothing stands here.
        """
        if self.ended or not self._words[self._at].is_name:
            raise FormatError("statement", "a name", self._found())
        self._at += 1
        return self._words[self._at - 1].text

    def dotted(self) -> tuple[str, ...]:
        """The name that stands here, with those before it that say where it is.

        Raises:
            FormatError: another word stands where a name is expected.
        """
        names = [self.name()]
        while self.takes("."):
            names.append(self.name())
        return tuple(names)

    def listed(self, one: "Callable[[Statement], Read]") -> "list[Read]":
        """What `one` reads here, and again behind each comma.

        Raises:
            FormatError: as `one` says.
        """
        found = [one(self)]
        while self.takes(","):
            found.append(one(self))
        return found

    def skip_literal(self) -> None:
        """Reads past the literal that stands here.

        Raises:
            FormatError: another word stands here.
        """
        if self.ended or not self._words[self._at].is_literal:
            raise FormatError("statement", "a literal", self._found())
        self._at += 1

    def skip_brackets(self) -> None:
        """Reads past what stands in round brackets, if something does."""
        depth = 0
        while not self.ended and (depth or self.sees("(")):
            depth += self.sees("(") - self.sees(")")
            self._at += 1

    def _found(self) -> str:
        return "the end" if self.ended else "another word"


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
