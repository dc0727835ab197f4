"""Acts and lines that tests of the LDV and VNG interfaces tell, and how they ask for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from starlette.testclient import TestClient

from service.context import Context
from tests.histories import event
from tests.roles import give_every_role
from tests.served import client_of, served_context

NUMBER: Final = "999990342"
OTHER: Final = "123456782"
TRACE: Final = "ef4e77b9b03b585fb6135fcf8d8555fb"
PROCESSING: Final = "48086bf2-11b7-4603-9526-67d7c3bb6587"
ACTIVITY: Final = "urn:ldv:activity:1407"
OPENING: Final = {"Zegel-Purpose": "subject-request"}
DAYS: Final = {"beginDatum": "2024-01-01", "eindDatum": "2026-12-31"}
PERSON: Final = {"objecttype": "persoon", "soortObjectId": "BSN", "objectId": NUMBER}


class Asking(NamedTuple):
    """A served log, with a client of each sort."""

    context: Context
    recorder: TestClient
    reader: TestClient
    officer: TestClient


@contextmanager
def asking(folder: Path, **settings: Any) -> Iterator[Asking]:  # noqa: ANN401 - of any type
    """A fresh log; its officer may see identities and decide."""
    with served_context(folder, **settings) as context:
        give_every_role(context.ledger, "person:dpo@test")
        yield Asking(context, *(client_of(context, role) for role in ("recorder", "reader", "dpo")))


def record_line(context: Context, span: str = "a" * 16, on: float = 0, **fields: Any) -> None:  # noqa: ANN401 - whatever the kind takes
    """Records a line of a processing log as an application sends it."""
    values = {
        "trace_id": TRACE,
        "status": "ok",
        "name": "look up",
        "started_at": f"2026-01-{int(on) + 1:02d}T10:00:00Z",
        "ended_at": f"2026-01-{int(on) + 1:02d}T10:00:01Z",
        "subject": f"data-subject:BSN:{NUMBER}",
        "subject_id_type": "BSN",
        "processing_activity_id": ACTIVITY,
        **fields,
    }
    known = {name: value for name, value in values.items() if value is not None}
    context.ledger.record(event("processing.performed", on, span_id=span, **known))


def act(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of any shape
    """A body that registers an act with one person."""
    return {
        "actieNaam": "Zoeken personen",
        "vertrouwelijkheid": "normaal",
        "verwerkingId": PROCESSING,
        "tijdstip": "2026-04-05T14:35:42+02:00",
        "verwerkteObjecten": [{**PERSON, "betrokkenheid": "Getuige"}],
        **members,
    }


def registered(client: TestClient, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    """An act as it was registered."""
    answer = client.post("/verwerkingsacties", json=act(**members))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def about(client: TestClient, number: str = NUMBER, **more: str) -> list[dict[str, Any]]:
    """What a person is shown of what was done with their data."""
    asked = {**PERSON, **DAYS, "objectId": number, **more}
    answer = client.get("/verwerkte-objecten", params=asked, headers=OPENING)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    assert answer.json()["count"] >= len(found)
    return found


def kinds(context: Context) -> list[str]:
    """The kinds of all records, in order."""
    return [row.kind for row in context.ledger.log.scan()]
