"""Who may record steps from the page, and what is acknowledged."""

import re
from dataclasses import replace

import pytest

from ledger.errors import OutcomeUnknown, StoreUnavailable
from ledger.role_names import ServiceRole
from service.access.caller import Caller
from service.context import Context
from service.page.steps import routes
from tests.step_forms import Filler, filler, kept_in, words_of

BREACH = "NXT-2025-11"


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("reader", f"/breaches/{BREACH}/steps/measure"),
        ("investigator", f"/breaches/{BREACH}/steps/aware"),
        ("auditor", "/breaches/new"),
    ],
)
def test_who_may_not_record_is_refused(
    steps_context: Context, role: ServiceRole, path: str
) -> None:
    """Somebody who may only look would decide about a breach."""
    visitor = filler(steps_context, role)
    before = visitor.size()
    assert visitor.client.get(path).status_code == 403
    assert visitor.check(path, {"aim": "containment"}).status_code == 403
    assert visitor.size() == before


def test_who_may_record_and_not_decide_gets_no_decisions(
    steps_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reports facts would decide from when the term runs."""
    visitor = filler(steps_context, "reader")
    roles = frozenset({"reader", "recorder"})
    known = Caller("person:reader@test", is_program=False, roles=roles)  # type: ignore[arg-type]
    monkeypatch.setattr("service.page.visit.caller_of", lambda _context, _session: replace(known))
    assert visitor.client.get(f"/breaches/{BREACH}/steps/facts").status_code == 200
    assert visitor.client.get(f"/breaches/{BREACH}/steps/aware").status_code == 403


def test_a_form_from_elsewhere_records_nothing(dpo: Filler, case: str) -> None:
    """Another site could record steps in the name of whoever reads it."""
    path, before = f"/breaches/{case}/steps/measure", dpo.size()
    kept = kept_in(dpo.check(path, {"aim": "containment"}))
    foreign = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    data = {**kept, "csrf": dpo.csrf, "do": "record"}
    assert dpo.client.post(path, data=data, headers=foreign).status_code == 403
    assert dpo.send(path, {**kept}, "record").status_code == 303
    wrong = replace(dpo, csrf="x" * 64)
    assert wrong.send(path, kept, "record").status_code == 403
    assert dpo.size() == before + 1


def test_a_form_without_its_check_records_nothing(dpo: Filler, case: str) -> None:
    """The warnings could be passed by."""
    path, before = f"/breaches/{case}/steps/measure", dpo.size()
    assert dpo.send(path, {"aim": "containment"}, "record").status_code == 400
    for drafted_at, event_ids in (("2026-11-20T09:00", ["1", "2"]), ("2026-11-20T09:00Z", [])):
        stamped: dict[str, str | list[str]] = {"drafted_at": drafted_at, "event_id": event_ids}
        assert dpo.send(path, {"aim": "containment", **stamped}, "record").status_code == 400
    assert dpo.size() == before


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OutcomeUnknown("slow"), "it is recorded once at most"),
        (StoreUnavailable("full"), "Nothing was recorded"),
    ],
)
def test_only_what_is_durable_is_acknowledged(
    dpo: Filler, case: str, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    """A step would be shown as recorded that the database never took."""
    path = f"/breaches/{case}/steps/measure"
    kept = kept_in(dpo.check(path, {"aim": "containment"}))

    async def fails(*_given: object, **_named: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(routes, "append", fails)
        answer = dpo.send(path, kept, "record")
    assert answer.status_code == 503
    assert told in words_of(answer)
    assert dpo.send(path, kept_in(answer), "record").status_code == 303


def test_who_saw_a_case_is_recorded(dpo: Filler, case: str) -> None:
    """Nobody would know who looked at a case while filling in a form."""

    def looked() -> int:
        return sum(1 for row in dpo.context.ledger.log.scan() if row.kind.startswith("log.read"))

    before = looked()
    dpo.client.get(f"/breaches/{case}/steps/measure")
    assert looked() == before + 1
    dpo.check(f"/breaches/{case}/steps/measure", {"aim": "containment"})
    assert looked() == before + 2


def test_what_is_unknown_is_not_found(dpo: Filler) -> None:
    """A typing error in an address would begin a case."""
    assert dpo.client.get("/breaches/no-such-case/steps/measure").status_code == 404
    assert dpo.client.get(f"/breaches/{BREACH}/steps/no-such-step").status_code == 404
    assert dpo.check("/breaches/no-such-case/steps/measure", {"aim": "x"}).status_code == 404
    assert dpo.client.get(f"/breaches/{BREACH}/steps/aware?corrects=1").status_code == 400
    receipt = f"/breaches/{BREACH}/steps/aware/recorded/0"
    assert dpo.client.get(receipt).status_code == 404


def _speaking_for(
    context: Context, monkeypatch: pytest.MonkeyPatch, systems: frozenset[str]
) -> Filler:
    """Somebody who records in the name of some systems only."""
    visitor = filler(context)
    known = Caller("person:dpo@test", is_program=False, roles=frozenset({"dpo"}), systems=systems)
    monkeypatch.setattr("service.page.visit.caller_of", lambda _context, _session: known)
    return visitor


def test_who_speaks_for_several_systems_says_for_which(
    steps_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step would be refused after its check, or stand in the name of another system."""
    visitor = _speaking_for(steps_context, monkeypatch, frozenset({"mail", "portal"}))
    path = f"/breaches/{BREACH}/steps/measure"
    given = {"aim": "containment"}
    asked = visitor.check(path, given)
    assert asked.status_code == 422
    assert 'id="system-wrong"' in asked.text
    assert visitor.check(path, {**given, "system": "bank"}).status_code == 422
    assert visitor.record(path, {**given, "system": "mail"}).system == "mail"


def test_who_speaks_for_one_system_is_not_asked(
    steps_context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody would have to say what there is no choice about."""
    visitor = _speaking_for(steps_context, monkeypatch, frozenset({"mail"}))
    path = f"/breaches/{BREACH}/steps/measure"
    assert 'name="system"' not in visitor.client.get(path).text
    assert visitor.record(path, {"aim": "containment"}).system == "mail"


def test_what_only_the_log_refuses_is_told_at_its_field(dpo: Filler, case: str) -> None:
    """A citizen number where an account belongs would end in a page that tells nothing."""
    path, before = f"/breaches/{case}/steps/close", dpo.size()
    checked = dpo.check(path, {"decided_by": "111222333"})
    answer = dpo.send(path, kept_in(checked), "record") if checked.status_code == 200 else checked
    assert answer.status_code == 422
    found = re.search(r'id="decided_by-wrong">([^<]*)<', answer.text)
    assert found is not None
    assert "111222333" not in found[1]
    assert dpo.size() == before
