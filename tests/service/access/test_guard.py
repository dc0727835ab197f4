"""What lets a request pass, and what the log says of one that was not let pass."""

from pathlib import Path
from typing import Annotated

import anyio
import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.testclient import TestClient

from ledger.errors import NotAuthenticated, NotAuthorised
from ledger.events.access import AccessAttemptDenied
from ledger.role_names import SERVICE_ROLES, ServiceRole
from service.access.asked import Asked, asked_over_grpc
from service.access.caller import ALLOWED, Caller, Permission
from service.access.guard import allowed, require, require_permission
from service.context import Context
from service.problems import install_problems
from tests.opened import opened_records
from tests.served import served_context

_EVERY: tuple[Permission, ...] = ("record", "read", "resolve", "prove", "decide", "administer")


def _client(context: Context, permission: Permission) -> TestClient:
    router = APIRouter()

    @router.get("/v1/Things/{thing_id}/_all")
    async def things(
        caller: Annotated[Caller, Depends(allowed(permission))], number: int = 0
    ) -> dict[str, object]:
        return {"caller": caller.identity, "number": number}

    app = FastAPI()
    app.state.context = context
    app.include_router(router)
    install_problems(app)
    return TestClient(app, client=("192.0.2.7", 5000))


def _denied(context: Context) -> list[AccessAttemptDenied]:
    opened = opened_records(context.ledger, context.ledger.log.scan())
    return [each.event for each in opened if isinstance(each.event, AccessAttemptDenied)]


@pytest.mark.parametrize("role", list(SERVICE_ROLES))
def test_a_role_passes_with_its_permissions_only(tmp_path: Path, role: ServiceRole) -> None:
    """Somebody could do what their role does not allow, or not what it does."""
    with served_context(tmp_path) as context:
        for permission in _EVERY:
            answer = _client(context, permission).get(
                "/v1/Things/7/_all", headers={"Authorization": f"Bearer {role}"}
            )
            expected = 200 if permission in ALLOWED[role] else 403
            assert answer.status_code == expected, (role, permission)


def test_an_auditor_sees_nobody() -> None:
    """An auditor who needs proofs would get personal data with them."""
    assert ALLOWED["auditor"] == {"prove"}
    assert [role for role in ALLOWED if "resolve" in ALLOWED[role]] == ["investigator", "dpo"]
    assert [role for role in ALLOWED if "administer" in ALLOWED[role]] == ["admin"]


def test_a_refusal_says_what_route_and_from_where(tmp_path: Path) -> None:
    """Whoever investigates could not tell what somebody was after."""
    with served_context(tmp_path) as context:
        client = _client(context, "read")
        assert client.get("/v1/Things/secret-7/_all").status_code == 401
        answer = client.get(
            "/v1/Things/secret-7/_all", headers={"Authorization": "Bearer recorder"}
        )
        assert answer.status_code == 403
        unknown, known = _denied(context)
        assert unknown.resource == known.resource == "zegel/service/v1/things/thing-id/all"
        assert unknown.actor is None
        assert (unknown.act, unknown.action) == ("read", "no-credentials")
        assert known.actor == "person:recorder@test"
        assert (known.actor_kind, known.action) == ("service", "no-permission")
        assert unknown.origin == known.origin == "ip:192.0.2.7"
        assert not [row for row in context.ledger.log.scan() if b"secret-7" in row.sealed]


def test_who_is_refused_is_not_told_what_was_wrong_with_the_question(tmp_path: Path) -> None:
    """A stranger could learn from errors what routes take."""
    with served_context(tmp_path) as context:
        answer = _client(context, "read").get("/v1/Things/7/_all", params={"number": "x"})
        assert answer.status_code == 401
        assert "number" not in answer.text


def test_a_second_credential_does_not_replace_the_first(tmp_path: Path) -> None:
    """Two programs on the way could each read another one, and let somebody in between them."""
    with served_context(tmp_path) as context:
        twice = [("Authorization", "Bearer auditor"), ("Authorization", "Bearer reader")]
        answer = _client(context, "read").get("/v1/Things/7/_all", headers=twice)
        assert answer.status_code == 401


def test_who_was_let_in_may_not_do_more(tmp_path: Path) -> None:
    """A reader could see identities on a route that readers may use."""
    with served_context(tmp_path) as context:
        reader = Caller("person:r@test", is_program=False, roles=frozenset({"reader"}))
        with pytest.raises(NotAuthorised, match="resolve"):
            anyio.run(require_permission, context, reader, "resolve")
        officer = Caller("person:d@test", is_program=False, roles=frozenset({"dpo"}))
        anyio.run(require_permission, context, officer, "resolve")
        (refused,) = _denied(context)
        assert (refused.act, refused.action) == ("resolve", "no-permission")


def test_calls_over_grpc_are_guarded_alike(tmp_path: Path) -> None:
    """Refusals of one of the two ways in would leave no trace."""
    with served_context(tmp_path) as context:
        asked = asked_over_grpc("traces", "ipv6:%5B2001:db8::7%5D:5000")
        with pytest.raises(NotAuthenticated):
            require(context, {}, "record", asked=asked)
        assert require(context, {"authorization": "Bearer recorder"}, "record").is_program
        (refused,) = _denied(context)
        assert refused.resource == "zegel/service/grpc/traces"
        assert refused.origin == "ip:2001:db8::7"


@pytest.mark.parametrize(
    ("peer", "origin"),
    [
        ("ipv4:192.0.2.7:5000", "ip:192.0.2.7"),
        ("ipv6:%5B::1%5D:5000", "ip:::1"),
        ("ipv6:[2001:db8::1]:5000", "ip:2001:db8::1"),
        ("unix:/run/zegel.sock", None),
        ("unix:", None),
        ("", None),
    ],
)
def test_where_a_call_comes_from(peer: str, origin: str | None) -> None:
    """The address of an attacker would be lost."""
    assert asked_over_grpc("traces", peer).origin == origin


@pytest.mark.parametrize(
    ("place", "resource"),
    [
        ("", "zegel/service"),
        ("/", "zegel/service"),
        ("/v1/proofs/{index}", "zegel/service/v1/proofs/index"),
        ("/tile/{level}/{path:path}", "zegel/service/tile/level/path-path"),
        ("/" + "a" * 300, "zegel/service/" + "a" * 114),
        ("/é/_", "zegel/service"),
    ],
)
def test_a_place_is_a_name_of_the_catalogue(place: str, resource: str) -> None:
    """A refusal at an odd route could not be recorded, and the request would pass as a fault."""
    assert Asked(place).resource == resource


def test_an_address_that_is_none_is_left_out() -> None:
    """A refusal from a socket without addresses could not be recorded."""
    assert Asked("/", "testclient").origin is None
    assert Asked("/", None).origin is None
