"""The dossier of a breach as a file: a PDF with its evidence inside, or one page that holds it."""

import re
from typing import Final, Literal

from formats.breach_dossier.assembling import AskedDossier, Assembled, assemble
from formats.breach_dossier.content import dossier_of
from formats.breach_dossier.page import dossier_page
from formats.breach_dossier.pdf import dossier_pdf
from ledger.anchors.settings import read_anchor_settings
from ledger.errors import BadRequest
from ledger.handing_out import Signed, signed_checkpoint
from ledger.reading import Opening
from ledger.units import Size
from projections.cases.reading import Moment, find_case
from projections.investigation.extent import Bounds
from service.context import Context
from service.page.breaches.case import case_name
from service.page.languages import Language
from service.page.visit import Visit

FileKind = Literal["pdf", "html"]
MEDIA_TYPES: Final[dict[FileKind, str]] = {
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}
AROUND: Final = Bounds(records=5_000, places=100_000)
"""How much of the log is looked at for what is around a case, so that no file costs all of it."""
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME: Final = 60


def assembled(visit: Visit, name: str, moment: Moment, opening: Opening | None) -> Assembled:
    """What the dossier of a breach is made of; blocking.

    Args:
        visit: Who asks.
        name: The case as it was typed.
        moment: As of when, and by what was known.
        opening: The recorded reading that lets people and words be told.

    Raises:
        NotFound: there is no such breach.
        RecordsPruned: a record that it rests on was removed.
        VerificationError: a record is not the one that the checkpoint signs.
    """
    ledger = visit.context.ledger
    stream = find_case(ledger, "breach", name)
    asked = AskedDossier(
        stream=stream,
        name=case_name(name, stream),
        moment=moment,
        zone=visit.zone.key,
        signed=_signed(visit.context, moment.known_size),
        opening=opening,
        bounds=AROUND,
    )
    return assemble(ledger, asked)


def dossier_file(visit: Visit, found: Assembled, kind: FileKind, language: Language) -> bytes:
    """The file; the same log at the same moment gives the same bytes; blocking."""
    attached = found.attachments()
    subject = found.subject(visit.context.ledger.origin, attached)
    document = dossier_of(subject, language, visit.zone)
    files = list(attached.values())
    if kind == "pdf":
        return dossier_pdf(document, files, found.asked.moment.as_of)
    return dossier_page(document, files)


def file_name(found: Assembled, kind: FileKind) -> str:
    """What the file is called: by the case as people call it, in characters that any disk takes."""
    name = _NOT_IN_NAMES.sub("-", found.asked.name).strip("-.")[:_LONGEST_NAME]
    return f"dossier-{name or found.asked.stream}.{kind}"


def _signed(context: Context, size: Size) -> Signed | None:
    """The checkpoint under which the records are proven; `None`: there is none yet."""
    settings = read_anchor_settings(context.home.all_settings(), context.home.folder)
    try:
        return signed_checkpoint(context.ledger, list(context.terms()), settings, size)
    except BadRequest:
        return None
