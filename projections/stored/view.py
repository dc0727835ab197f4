"""The view of personal data in the world, and the questions it answers."""

from typing import Any, Final

from projections.reader import Reader
from projections.stored.contracts import CONTRACTS
from projections.stored.data import DATA_PARTS, VERSION
from projections.stored.files import FILE_COLUMNS, FILE_STEPS, files
from projections.stored.gone import GONE_COLUMNS, deleted, unverified, verified
from projections.stored.items import HOLDS, ITEM_COLUMNS, items
from projections.stored.terms import RULES
from projections.view import Filter, Section, View


def data_due(reader: Reader) -> list[dict[str, Any]]:
    """Everything stored that has a due date, the earliest first."""
    return [row for row in items(reader) if row["due_at"] is not None]


def data_overdue(reader: Reader) -> list[dict[str, Any]]:
    """Everything stored whose term is over and that no hold keeps."""
    return [row for row in items(reader) if row["state"] == "overdue"]


def data_held(reader: Reader) -> list[dict[str, Any]]:
    """Everything stored that a legal hold keeps."""
    return [row for row in items(reader) if row["held_by"]]


def data_without_rule(reader: Reader) -> list[dict[str, Any]]:
    """Everything stored of which no rule says until when."""
    return [row for row in items(reader) if row["state"] in {"no rule", "undetermined"}]


def data_of_ended_contracts(reader: Reader) -> list[dict[str, Any]]:
    """Everything stored although its contract, or every contract of its customer, is over."""
    return [row for row in items(reader) if row["contract_ended_at"] is not None]


STORED: Final = View(
    name="stored",
    title="Which personal data are stored, until when, and what was deleted",
    version=VERSION,
    parts=(*DATA_PARTS, FILE_STEPS, CONTRACTS, RULES, *HOLDS.parts),
    sections={
        "present": Section("everything that is still stored", ITEM_COLUMNS, items),
        "due": Section("what has a due date, the earliest first", ITEM_COLUMNS, data_due),
        "overdue": Section("what is overdue and not held", ITEM_COLUMNS, data_overdue),
        "held": Section("what a legal hold keeps", ITEM_COLUMNS, data_held),
        "no-rule": Section("what no rule says the end of", ITEM_COLUMNS, data_without_rule),
        "ended-contracts": Section(
            "what is still stored of ended contracts", ITEM_COLUMNS, data_of_ended_contracts
        ),
        "deleted": Section("every deletion, with its check", GONE_COLUMNS, deleted),
        "verified": Section("deletions that were checked", GONE_COLUMNS, verified),
        "unverified": Section("deletions that nobody checked", GONE_COLUMNS, unverified),
        "files": Section("files, and how long they were there", FILE_COLUMNS, files),
    },
    filters={
        "dataset": Filter("dataset"),
        "location": Filter("place where it is"),
        "scope": Filter("part, such as customer-file"),
        "category": Filter("category of data"),
        "system": Filter("system that reported"),
        "rule": Filter("retention rule"),
        "customer": Filter("customer whose data they are", "identity", "data-subject"),
        "contract": Filter("one contract, by its source's id or its stream", "case", "contract"),
        "file": Filter("one file, by its source's id or its stream", "case", "file"),
        "min_seconds": Filter("files that were there for more seconds than this", "count"),
    },
)
