"""A dossier as a PDF whose bytes follow from its content, with its evidence attached.

Source: Typst 0.15 (compiler and its fonts come with the library); ISO 19005-3 (PDF/A-3).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import as_file, files
from typing import Final

import msgspec
import typst

from formats.breach_dossier.attachment import Attachment
from formats.breach_dossier.blocks import Document
from formats.breach_dossier.drawable import all_drawable

_STANDARD: Final = "a-3b"
"""An archive format that may hold attachments."""


def dossier_pdf(document: Document, attachments: Sequence[Attachment], made_at: datetime) -> bytes:
    """The PDF; the same document, attachments and moment give the same bytes.

    Args:
        document: What it shows.
        attachments: Evidence that goes along.
        made_at: The moment that the file names as its own, aware.
    """
    made = made_at.astimezone(UTC)
    parts = ("year", "month", "day", "hour", "minute", "second")
    content = {
        **all_drawable(msgspec.to_builtins(document)),
        "made": {part: getattr(made, part) for part in parts},
        "attached": [
            {
                "name": each.name,
                "content": each.content,
                "mime": each.media_type,
                "description": each.description,
            }
            for each in attachments
        ],
    }
    with as_file(files("formats.breach_dossier").joinpath("dossier.typ")) as template:
        return typst.compile(
            str(template),
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"document": msgspec.json.encode(content).decode()},
            pdf_standards=[_STANDARD],
            timestamp=int(made_at.timestamp()),
        )
