"""The languages that the history is exported in, one file each; only the chosen one is loaded.

Each file has an `EXPORT`, or several of other names; the table says where.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from formats.export.writing import ExportFormat


class Place(NamedTuple):
    """Where a format is, and what the list of formats says about it."""

    target: str
    """`module:attribute`, below `formats.export`."""
    title: str


EXPORTS: Final[Mapping[str, Place]] = MappingProxyType(
    {
        "ndjson": Place("ndjson:EXPORT", "the records as zegel log --json shows them, one a line"),
        "csv": Place("csv:EXPORT", "a table for spreadsheets, formulas guarded"),
        "xlsx": Place("xlsx:EXPORT", "a workbook for people, with a sheet about where it is from"),
        "parquet": Place("parquet:EXPORT", "columns for a data lake: one file, or folders by day"),
        "ocsf": Place(
            "ocsf:EXPORT", "OCSF 1.9 events for a SIEM or a security lake, one a line, chained"
        ),
        "ocsf-lake": Place(
            "ocsf_lake:EXPORT",
            "OCSF 1.9 in Parquet, the folders of a security lake, a source for each class",
        ),
        "ecs": Place("ecs:EXPORT", "Elastic Common Schema 9, one document a line"),
        "cef": Place("cef:EXPORT", "Common Event Format 0, one line an event"),
        "stix": Place("stix:EXPORT", "STIX 2.1, a bundle of blocked addresses"),
        "timesketch": Place("timesketch:JSONL", "Timesketch, a timeline as JSONL"),
        "timesketch-csv": Place("timesketch:CSV", "Timesketch, a timeline as CSV"),
    }
)
"""Every format by its name; the title is that of the format itself."""


def export_format(name: str) -> "ExportFormat":
    """The format of that name, loaded now.

    Raises:
        KeyError: there is none.
    """
    module, _, attribute = EXPORTS[name].target.partition(":")
    found: ExportFormat = getattr(import_module(f"formats.export.{module}"), attribute)
    return found
