"""The register, or the list of agreements and sub-processors, as a file of one format."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final, Literal

from formats.register.columns import BOTH, Authority
from formats.register.csv_file import csv_file
from formats.register.markdown import register_markdown
from formats.register.page import processors_page, register_page
from formats.register.tables import (
    Table,
    about_table,
    activity_table,
    agreement_table,
    sub_processor_table,
)
from formats.register.words import PageLanguage
from formats.register.workbook import workbook
from formats.register_jsonld.document import encode_document
from projections.art30.content import Part, Register
from projections.art30.findings import findings

FileFormat = Literal["csv", "xlsx", "jsonld", "html", "markdown"]
ListFormat = Literal["csv", "xlsx", "html"]
ListName = Literal["agreements", "sub-processors"]

SUFFIXES: Final[Mapping[str, FileFormat]] = MappingProxyType(
    {
        ".csv": "csv",
        ".xlsx": "xlsx",
        ".jsonld": "jsonld",
        ".html": "html",
        ".htm": "html",
        ".md": "markdown",
    }
)
"""How the name of a file ends; the first of each format is how one is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """In which words and on whose calendar a file tells."""

    language: PageLanguage
    calendar: tzinfo
    """Whose local dates stand in it: those of the duty-bearer."""
    zone: tzinfo
    """In which times are shown."""


def register_file(
    register: Register,
    kind: FileFormat,
    telling: Telling,
    *,
    authority: Authority = "ap",
    parts: frozenset[Part] = BOTH,
) -> bytes:
    """The register as a file; the same register gives the same bytes.

    Args:
        register: What it shows.
        kind: In which format.
        telling: In which words.
        authority: Whose columns CSV and workbook have.
        parts: Which of the two registers.
    """
    match kind:
        case "csv":
            return csv_file(activity_table(register, authority, parts, telling.calendar))
        case "xlsx":
            tables = [
                activity_table(register, authority, frozenset({part}), telling.calendar)
                for part in sorted(parts)
            ]
            lists = _lists(register, telling).values()
            about = about_table(register.standing, telling.language, telling.zone)
            return workbook([*tables, *lists, about], register.standing.as_of)
        case "jsonld":
            return encode_document(register)
        case "html":
            return register_page(register, findings(register), telling.language, telling.zone)
        case "markdown":
            return register_markdown(register, findings(register), telling.language, telling.zone)


def agreements_file(
    register: Register, kind: ListFormat, telling: Telling, *, which: ListName = "agreements"
) -> bytes:
    """Agreements and sub-processors as a file.

    Args:
        register: What it shows; its activities are left out.
        kind: In which format.
        telling: In which words.
        which: CSV holds one of the two lists.
    """
    lists = _lists(register, telling)
    match kind:
        case "csv":
            return csv_file(lists[which])
        case "html":
            return processors_page(register, telling.language, telling.zone)
        case "xlsx":
            about = about_table(register.standing, telling.language, telling.zone)
            return workbook([*lists.values(), about], register.standing.as_of)


def handed_out(register: Register, content: bytes) -> dict[str, Any]:
    """What is recorded of a file with the register that somebody gets.

    Args:
        register: What the file holds.
        content: Of the file.
    """
    told = {
        *(each.index for each in register.activities),
        *(each.index for each in register.organisations),
        *(each.index for each in register.officers),
        *(index for each in register.agreements for index in each.indexes),
        *(index for each in register.sub_processors for index in each.indexes),
    }
    return {
        "manifest_sha256": sha256(content).hexdigest(),
        "first_index": min(told, default=0),
        "size": register.standing.size,
        "root": bytes.fromhex(register.standing.root),
        "records": len(told),
    }


def _lists(register: Register, telling: Telling) -> dict[ListName, Table]:
    return {
        "agreements": agreement_table(register, telling.language, telling.calendar),
        "sub-processors": sub_processor_table(register, telling.language, telling.calendar),
    }
