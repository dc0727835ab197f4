"""A breach handled at the terminal, and how its dossier is read by somebody outside."""

import io
import json
import shlex
from pathlib import Path
from typing import Any, Final

import pypdf

from cli.exit_codes import ExitCode
from ledger.disclosure import decode_disclosure
from ledger.ledger import Ledger
from tests.command_line import Answer, zegel_here

Options = tuple[str | Path, ...]


def fine(answer: Answer) -> Answer:
    """The same answer, which must be a good one."""
    assert answer.returncode == ExitCode.FINE, answer.stderr
    return answer


_STEPS: Final = (
    (
        "record access.granted --grant-id G-1 --grantee person:j.jansen@example.nl "
        "--resource klantbestand --system portal --occurred-at 2026-11-10T07:00+01:00"
    ),
    (
        "breach open B-7 --cause phishing --suspected-by person:soc@example.nl "
        "--summary 'Karel Bakker klikte' --system portal --processor hosting-bv "
        "--occurred-at 2026-11-10T09:10+01:00"
    ),
    "breach facts B-7 --nature phishing --records 120 --occurred-at 2026-11-10T10:00+01:00",
    (
        "breach aware B-7 --aware-at 2026-11-10T11:30+01:00 --decided-by person:dpo@example.nl "
        "--basis 'mailbox van Karel Bakker gelezen' --occurred-at 2026-11-10T16:00+01:00"
    ),
    (
        "breach assess B-7 --dpc 2 --ei 0.75 --risk high --why dpc=betaalgedrag "
        "--why 'ei=naam en adres' --decided-by person:dpo@example.nl "
        "--occurred-at 2026-11-11T09:00+01:00"
    ),
    (
        "breach notify B-7 --authority ap --content nature --reference AP-2026-991 "
        "--reasons-for-delay 'de FG was ziek' --occurred-at 2026-11-13T16:00+01:00"
    ),
    (
        "breach measure B-7 --aim containment --measure passwords-reset "
        "--taken-by person:beheer@example.nl --occurred-at 2026-11-14T09:00+01:00"
    ),
)


def handle_breach(home: Options) -> None:
    """Records a breach in several steps, reported late, and a grant in the same system."""
    for step in _STEPS:
        fine(zegel_here(*home, *shlex.split(step)))


def key_of(home: Options) -> str:
    """The verifier key of a home."""
    key: str = json.loads(fine(zegel_here(*home, "key", "list")).stdout)["verifier_key"]
    return key


def text_of(pdf: bytes) -> str:
    """The words on the pages of a PDF."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages)


def attached_to(pdf: bytes) -> dict[str, bytes]:
    """The files inside a PDF, by name."""
    found = pypdf.PdfReader(io.BytesIO(pdf)).attachments
    return {name: content for name, (content,) in found.items()}


def verified(file: Path, key: str) -> dict[str, Any]:
    """What the verifier reports of a disclosure file."""
    answer = zegel_here("verify", "--disclosures", file, "--key", key, "--json")
    report: dict[str, Any] = json.loads(answer.stdout)
    return report


def personal_values(ledger: Ledger) -> tuple[set[str], set[str]]:
    """Every value of every personal field of a log, and what stands for people."""
    values: set[str] = set()
    tokens: set[str] = set()
    for row in ledger.log.scan():
        for stored in ledger.log.disclosures_of([row.index]).get(row.index, []):
            texts = ledger.vault.texts_of(stored, row.event_id.bytes if row.event_id else None)
            tokens.add(stored.subject_id.hex)
            for text in texts or ():
                value = decode_disclosure(text)[2]
                found = value if isinstance(value, list) else [value]
                values |= {each for each in found if isinstance(each, str) and len(each) > 2}
    return values, tokens
