"""What the OpenAPI documents of LDV and VNG allow, and more, is asked of the service.

Schemathesis makes requests that a document describes and requests that break it. What a schema
cannot say, such as that a citizen number passes its test, is put right in what it made.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import assume
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from starlette.testclient import TestClient

from ledger.errors import NotAuthenticated
from ledger.role_names import ServiceRole
from service.access.caller import Caller
from service.app import create_app
from tests.asked_by_schemathesis import fault_of
from tests.histories import event
from tests.roles import give_every_role
from tests.served import client_of, served_context
from tests.service.ldv import foreign_documents

EXAMPLES: Final = 4
"""Of each operation, of each sort."""
TOKEN: Final = "everything"
PERSON: Final = "person:all@test"
NUMBERS: Final = ("999990342", "123456782")
TRACE: Final = "ef4e77b9b03b585fb6135fcf8d8555fb"
ACT: Final = {
    "vertrouwelijkheid": "normaal",
    "tijdstip": "2024-04-05T14:35:42+01:00",
    "verwerkingId": "48086bf2-11b7-4603-9526-67d7c3bb6587",
    "verwerkteObjecten": [
        {"objecttype": "persoon", "soortObjectId": "BSN", "objectId": NUMBERS[0]}
    ],
}

schemathesis.openapi.format(
    "duration", st.sampled_from(["P4000Y", "P4000Y2M10DT2H30M", "PT99999999H", "P300000W"])
)  # long: an act whose term is over is known no more


@dataclass(frozen=True)
class Known:
    """What the log holds that requests may name."""

    client: TestClient
    activity: str

    def fresh_act(self) -> dict[str, Any]:
        """An act that nobody changed yet."""
        answer = self.client.post("/verwerkingsacties", json=ACT)
        assert answer.status_code == 201
        found: dict[str, Any] = answer.json()
        return found


Mend = Callable[[Case[Any], Known], None]


def anybody(headers: Mapping[str, str]) -> Caller:
    """A caller who may do everything, if the header says the word."""
    if headers.get("authorization") != f"Bearer {TOKEN}":
        raise NotAuthenticated("authorization: expected a bearer token, found none that is known")
    roles = frozenset(get_args(ServiceRole))
    return Caller(PERSON, is_program=False, roles=roles, case="INC-1")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, Known]]:
    """The application of a log with lines, acts and an activity, and the ids of some."""
    with served_context(
        tmp_path_factory.mktemp("documents"),
        requests_per_minute=10**7,
        refusals_per_minute=10**7,
        organisation_oin="00000001821002193000",
    ) as context:
        give_every_role(context.ledger, PERSON)
        context.ledger.record_many(
            [
                event(
                    "processing.performed",
                    1,
                    trace_id=TRACE,
                    span_id="beb0291b5162d850",
                    status="ok",
                    name="look up",
                    started_at="2026-01-02T00:00:00Z",
                    ended_at="2026-01-02T00:00:01Z",
                    subject=f"data-subject:BSN:{NUMBERS[0]}",
                    subject_id_type="BSN",
                    processing_activity_id="urn:ldv:activity:1407",
                ),
                event(
                    "processing_activity.registered",
                    1,
                    processing_activity_id="urn:ldv:activity:1407",
                    role="controller",
                    purposes=[{"id": "support", "legal_basis": "contract"}],
                ),
            ]
        )
        client = client_of(replace(context, authenticate=anybody))
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        activity = client.get("/verwerkingsactiviteiten").json()["results"][0]
        known = Known(client, activity["id"])
        yield create_app(replace(context, authenticate=anybody)), known


def mend_lezen(case: Case[Any], _known: Known) -> None:
    """Selects by what the text of the draft allows; times alone select nothing."""
    body: Any = case.body
    dpl = body.get("dpl", {})
    dpl.pop("read", None)
    core = dpl.get("core", {})
    core.pop("foreignOperation", None)
    if {"dataSubjectId", "dataSubjectIdType"} & core.keys():
        core |= {"dataSubjectId": NUMBERS[0], "dataSubjectIdType": "BSN"}
    assume("traceId" in body or {"dataSubjectId", "processingActivityId"} & core.keys())


def mend_vng(case: Case[Any], known: Known) -> None:
    """Asks about acts that there are, and about people by ids that can be theirs."""
    path: Any = case.path_parameters or {}
    query: Any = case.query or {}
    body: Any = case.body if isinstance(case.body, dict) else {}
    if "activiteit" in case.path:
        path["actieId"] = known.activity
    elif path:
        act = known.fresh_act()
        (name,) = path
        path[name] = {"actieId": act["actieId"], "verwerktObjectId": object_id(act)}[name]
    if "soortObjectId" in query:
        query |= {"soortObjectId": "BSN", "objectId": NUMBERS[1]}
    if "verwerkingId" in query:
        query["verwerkingId"] = known.fresh_act()["verwerkingId"]
    for each in body.get("verwerkteObjecten", ()):
        each |= {"soortObjectId": "BSN", "objectId": NUMBERS[1]}
    if "gebruiker" in body:
        body["gebruiker"] = "u-123"
    if body.get("soortAfnemerId") == "BSN":
        body["afnemerId"] = NUMBERS[0]


def object_id(act: dict[str, Any]) -> str:
    """The id of the first object of an act."""
    found: str = act["verwerkteObjecten"][0]["verwerktObjectId"]
    return found


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(
    ("document", "mend"),
    [
        (foreign_documents.lezen, mend_lezen),
        (foreign_documents.vng_read, mend_vng),
        (foreign_documents.vng_write, mend_vng),
        (foreign_documents.vng_register, mend_vng),
    ],
)
def test_every_answer_is_as_their_document_says(
    served: tuple[FastAPI, Known],
    document: Callable[[], dict[str, Any]],
    mend: Mend,
    mode: GenerationMode,
) -> None:
    """A client of theirs would be answered what its document does not know."""
    app, known = served
    schema = schemathesis.openapi.from_dict(document())
    schema.app = app
    operations = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    assert operations

    def ask(case: Case[Any]) -> None:
        if mode is GenerationMode.POSITIVE:
            mend(case, known)
        case.call_and_validate(
            headers={"Authorization": f"Bearer {TOKEN}", "Zegel-Purpose": "audit"}
        )

    faults = {
        each.label: fault for each in operations if (fault := fault_of(each, mode, EXAMPLES, ask))
    }
    assert not faults, "\n\n".join(f"{label}\n{fault}" for label, fault in faults.items())
