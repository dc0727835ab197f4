"""The live tail of the page: rows of what is recorded from now on, once each."""

import json
import re
import time
from contextlib import AbstractContextManager

import pytest

from service.context import Context
from tests.grants import grant
from tests.paged import visitor
from tests.tail_looks import stopped_when_given

SYSTEM = "live-portal"
PATIENCE_S = 30.0


def stopped_after(context: Context, count: int) -> AbstractContextManager[None]:
    """Records so many grants of one system, then ends every answer without end."""

    def write() -> int:
        until = time.monotonic() + PATIENCE_S
        while not context.tails.open and time.monotonic() < until:
            time.sleep(0.02)
        for number in range(count):
            context.ledger.record(grant(grant_id=f"L-{number}", system=SYSTEM))
            context.ledger.record(grant(grant_id=f"M-{number}", system="other"))
        return int(context.ledger.head().size)

    return stopped_when_given(context, write)


def rows_of(text: str) -> dict[int, str]:
    """The row that each event holds, by its id."""
    found = {}
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if "data" in fields:
            found[int(fields["id"])] = str(json.loads(fields["data"])["html"])
    return found


def test_rows_come_as_the_list_shows_them(page_context: Context) -> None:
    """Somebody who follows would see other rows than after a reload."""
    size = int(page_context.ledger.head().size)
    client, _ = visitor(page_context, "reader", language="nl")
    with stopped_after(page_context, 3):
        answer = client.get(f"/history/live?system={SYSTEM}&start={size}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = rows_of(answer.text)
    assert len(found) == 3
    page = client.get(f"/history?system={SYSTEM}").text
    assert list(found) == [int(each) for each in re.findall(r'data-index="(\d+)"', page)][::-1]
    assert all("".join(row.split()) in "".join(page.split()) for row in found.values())
    assert "/history/live" not in "".join(found.values())


def test_who_comes_back_misses_nothing(page_context: Context) -> None:
    """Records would be lost while the network was."""
    client, _ = visitor(page_context, "reader")
    start = int(page_context.ledger.head().size)
    page_context.ledger.record_many([grant(grant_id=f"B-{n}", system=SYSTEM) for n in range(4)])
    page_context.operations.stopping.set()
    first = client.get(f"/history/live?system={SYSTEM}&start={start}")
    assert rows_of(first.text) == {}
    page_context.operations.stopping.clear()
    with stopped_after(page_context, 0):
        again = client.get(
            f"/history/live?system={SYSTEM}&start={start}",
            headers={"Last-Event-ID": str(start + 1)},
        )
    assert list(rows_of(again.text)) == [start + 2, start + 3]


@pytest.mark.parametrize(
    "asked",
    ["until=now", "around=3", "as_known=@3", "grep=a", "reverse=false", "start=99999999",
     "start=-1", f"actor=person%23{'0f' * 16}&looked_at=ip%23{'0f' * 16}"],
)  # fmt: skip
def test_what_cannot_be_followed_is_refused(page_context: Context, asked: str) -> None:
    """Somebody would wait for records that never come."""
    answer = visitor(page_context, "reader")[0].get(f"/history/live?{asked}")
    assert answer.status_code in {400, 422}
    assert page_context.tails.open == 0


def test_a_followed_page_is_recorded(page_context: Context) -> None:
    """Somebody could read everything as it happens, and the log would not know."""
    client, _ = visitor(page_context, "reader")
    start = int(page_context.ledger.head().size)
    with stopped_after(page_context, 2):
        client.get(f"/history/live?system={SYSTEM}")
    kinds = [record.kind for record in page_context.ledger.log.scan(start)]
    assert kinds.count("log.read.v1") == 2
