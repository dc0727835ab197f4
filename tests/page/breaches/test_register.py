"""The register of breaches: what is due first, what differs, and the same as a file."""

import csv
import re
from io import StringIO

from ledger.events.log_integrity import LogRead
from ledger.evidence import Reading
from ledger.query import EventQuery
from ledger.roles import take_roles
from projections.breach_fields import REGISTER_FIELDS
from projections.cases.reading import find_case
from service.context import Context
from tests.paged import visitor

BREACH = "NXT-2025-11"


def names_in(page: str) -> list[str]:
    """The breaches of the table, in its order."""
    return re.findall(r'<th scope="row"><a href="/breaches/([0-9a-f-]+)"', page)


def test_every_breach_is_in_it_and_what_ended_stands_last(page_context: Context) -> None:
    """The register of art. 33(5) would lack a breach that was ruled out."""
    client, _ = visitor(page_context, "reader")
    everything = names_in(client.get("/breaches").text)
    is_open = names_in(client.get("/breaches?only=open").text)
    ended = names_in(client.get("/breaches?only=ended").text)
    assert len(everything) == 2
    assert everything == [*is_open, *ended]
    assert str(find_case(page_context.ledger, "breach", BREACH)) == is_open[0]


def test_a_case_is_found_by_its_own_id(page_context: Context) -> None:
    """Whoever has a case number would have to guess the stream."""
    client, _ = visitor(page_context, "reader")
    answer = client.get("/breaches", params={"case": "B/7?x=1"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/breaches/B%2F7%3Fx%3D1"


def test_what_came_since_another_moment_is_marked(page_context: Context) -> None:
    """A breach that is new would look as if it had always been there."""
    client, _ = visitor(page_context, "reader")
    page = client.get(
        "/breaches",
        params={"as_of": "2025-11-25T12:00:00Z", "compared_with": "2025-10-25T12:00:00Z"},
    ).text
    assert page.count("+ new</span>") == 1
    assert page.count('<span class="quiet">same</span>') == 1


def test_the_file_has_every_column_of_the_register(page_context: Context) -> None:
    """The file that an authority asks for would hold only what fits on a screen."""
    client, _ = visitor(page_context, "reader")
    answer = client.get("/breaches/export.csv")
    rows = list(csv.reader(StringIO(answer.text)))
    assert rows[0] == list(REGISTER_FIELDS)
    assert len(rows) == 3
    assert "attachment" in answer.headers["content-disposition"]
    assert client.get("/breaches/export.exe").status_code == 404


def test_looking_is_recorded_and_an_unknown_filter_refused(page_context: Context) -> None:
    """Somebody would read the register unseen, or take a wider answer for a narrow one."""
    client, _ = visitor(page_context, "reader")
    client.get("/breaches")
    ledger = page_context.ledger
    take_roles(ledger, "person:auditor@test")
    asked = EventQuery(kinds=("log.read",))
    found = list(ledger.read(asked, reading=Reading("person:auditor@test", "audit")))
    told = [each.event for each in found if isinstance(each.event, LogRead)]
    assert told[-1].question == "page /breaches"
    assert told[-1].actor == "person:reader@test"
    assert client.get("/breaches?statsu=open").status_code == 400
    assert client.get("/breaches?only=late").status_code == 400
