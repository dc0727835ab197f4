"""What several tests of the pages of views do."""

import csv
import io
import re
from html import unescape
from typing import Any

from starlette.testclient import TestClient

from ledger.events.log_integrity import LogRead
from ledger.ledger import Ledger
from ledger.query import EventQuery
from ledger.roles import take_roles
from service.context import Context
from tests.paged import visitor


def officer(context: Context) -> tuple[TestClient, str]:
    """A data protection officer who may see identities, and the token of their forms."""
    take_roles(context.ledger, "person:dpo@test")
    return visitor(context, "dpo")


def readings(ledger: Ledger) -> list[LogRead]:
    """Who was answered what, oldest first."""
    found = ledger.read(EventQuery(kinds=("log.read",)))
    return [each.event for each in found if isinstance(each.event, LogRead)]


def rows_shown(page: str) -> list[str]:
    """The rows of the first table of a page, as texts."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    found = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found]


def rows_of_csv(content: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def links(page: str, start: str) -> list[str]:
    """Where the links of a page lead that begin so."""
    return [unescape(each) for each in re.findall(rf'href="({re.escape(start)}[^"]*)"', page)]
