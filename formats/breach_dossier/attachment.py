"""A file that goes along with a dossier: inside the PDF or the page, or beside it."""

from typing import NamedTuple


class Attachment(NamedTuple):
    """One file, as text."""

    name: str
    content: str
    media_type: str
    description: str
