"""Forms of steps as somebody without a browser fills them in: sent, checked, recorded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final

import httpx2
from starlette.testclient import TestClient

from ledger.events import Event
from ledger.role_names import ServiceRole
from service.context import Context
from service.page.languages import Language
from tests.paged import visitor

_HIDDEN: Final = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_TAG: Final = re.compile(r"<[^>]+>")
_MAIN: Final = re.compile(r"<main.*?</main>", re.DOTALL)
Values = Mapping[str, "str | list[str]"]


def words_of(answer: httpx2.Response) -> str:
    """What a reader of a page sees of its content, in one line."""
    found = _MAIN.search(answer.text)
    assert found is not None, answer.text
    return " ".join(unescape(_TAG.sub(" ", found[0])).split())


def kept_in(answer: httpx2.Response) -> dict[str, list[str]]:
    """The fields that a check sends again."""
    found = _MAIN.search(answer.text)
    assert found is not None
    kept: dict[str, list[str]] = {}
    for name, value in _HIDDEN.findall(found[0]):
        kept.setdefault(name, []).append(unescape(value))
    return kept


@dataclass(frozen=True, slots=True)
class Filler:
    """Somebody who is logged in and sends forms."""

    context: Context
    client: TestClient
    csrf: str

    def send(self, path: str, values: Values, action: str) -> httpx2.Response:
        """What a form is answered with."""
        return self.client.post(path, data={**values, "csrf": self.csrf, "do": action})

    def check(self, path: str, values: Values) -> httpx2.Response:
        """What a checked form is answered with."""
        return self.send(path, values, "check")

    def record(self, path: str, values: Values) -> Event:
        """The event of a step that was checked and recorded."""
        answer = self.send(path, kept_in(self.check(path, values)), "record")
        assert answer.status_code == 303, words_of(answer)
        receipt = self.client.get(answer.headers["location"])
        assert receipt.status_code == 200
        return self.at(int(answer.headers["location"].rpartition("/")[2]))

    def at(self, index: int) -> Event:
        """The event of a record, by tokens."""
        rows = self.context.ledger.log.records_at([index])
        (opened,) = self.context.ledger.open_records(rows)
        assert opened.event is not None
        return opened.event

    def size(self) -> int:
        """How many steps of cases the log has."""
        rows = self.context.ledger.log.scan()
        return sum(1 for row in rows if row.kind.startswith(("breach.", "dsr.", "incident.")))


def filler(context: Context, role: ServiceRole = "dpo", *, language: Language = "en") -> Filler:
    """Somebody with one role."""
    client, csrf = visitor(context, role, language=language)
    return Filler(context, client, csrf)
