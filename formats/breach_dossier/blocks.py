"""What a dossier is made of, whatever it is written as: plain text in every cell, no markup."""

from typing import Literal

from msgspec import Struct

Tone = Literal["plain", "good", "bad", "warning", "quiet"]


class Cell(Struct, frozen=True, omit_defaults=True):
    """A text, and how it is to be looked at."""

    text: str
    tone: Tone = "plain"
    mono: bool = False
    record: int | None = None
    """The record that it names, by its index; a page of the service leads to it."""


def record_cell(index: int, tone: Tone = "plain") -> Cell:
    """The index of a record."""
    return Cell(str(index), tone, mono=True, record=index)


class Section(Struct, frozen=True, tag="section"):
    """A heading of the first level; it begins on the page where it stands."""

    title: str
    intro: str = ""


class Subsection(Struct, frozen=True, tag="subsection"):
    """A heading of the second level, with a sign of its state beside it."""

    title: str
    state: Cell | None = None


class Facts(Struct, frozen=True, tag="facts"):
    """Names with their values."""

    rows: tuple[tuple[str, Cell], ...]


class Table(Struct, frozen=True, tag="table"):
    """Rows under headings; `widths` are shares of the line."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""
    """What stands there when there are no rows."""


class Steps(Struct, frozen=True, tag="steps"):
    """Numbered sentences."""

    items: tuple[str, ...]


class Note(Struct, frozen=True, tag="note"):
    """A paragraph."""

    text: str
    tone: Tone = "plain"


class Verbatim(Struct, frozen=True, tag="verbatim"):
    """Text to be copied exactly."""

    text: str


class Picture(Struct, frozen=True, tag="picture"):
    """A drawing with what it shows in words."""

    svg: str
    caption: str


class Files(Struct, frozen=True, tag="files"):
    """Names of files that go along, each with what it is: inside the PDF, beside the page."""

    rows: tuple[tuple[str, str], ...]


Block = Section | Subsection | Facts | Table | Steps | Note | Verbatim | Picture | Files


class Document(Struct, frozen=True):
    """A whole dossier in one language."""

    language: Literal["nl", "en"]
    title: str
    subtitle: str
    marks: tuple[tuple[str, Cell], ...]
    """What the front says at a glance."""
    blocks: tuple[Block, ...]
    footer: str
