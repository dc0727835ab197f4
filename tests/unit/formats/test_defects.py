"""A defect of any reader costs the part that it meets; without it that part is read in its place.

Beside `test_reading`: each way of finding the parts of a source is followed here.
"""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from formats import FORMATS, cloudevents, json_facts, keycloak, ldif, ldv, openldap, openssh
from formats.json_facts import JsonLanguage
from formats.reading import Translated, Unreadable
from tests.unit.formats.sources import context_of
from tests.unit.formats.test_openldap import ANNA, BEN, CAS, modify
from tests.unit.formats.traces import request_of, span_of

_REASON: Final = "expected a reader that can tell, found a defect of it: ZeroDivisionError"


def _line(number: int) -> str:
    return (
        f"2026-03-12T06:17:0{number}+01:00 web sshd[41]: Failed password for invalid user "
        f"u{number} from 203.0.113.7 port 40112 ssh2\n"
    )


def _cloud_event(number: int) -> str:
    attributes = {"specversion": "1.0", "id": str(number), "source": "x", "type": "access.used"}
    when = {"time": "2026-03-01T12:00:00Z"}
    return json.dumps(attributes | when | {"data": {"resource": "x"}}) + "\n"


def _login(number: int) -> str:
    names = {"realmId": "r", "type": "LOGIN", "userId": "u", "clientId": "c"}
    return json.dumps({"id": f"l-{number}", "time": 1_773_299_822_123 + number} | names) + "\n"


def _in_syslog(number: int) -> str:
    return f"<38>1 2026-03-12T06:17:0{number}+01:00 web idp 7 - - {_login(number)}"


def _span(number: int) -> str:
    return json.dumps(request_of(span_of(spanId=f"b97bd35bf939d73{number}"))) + "\n"


def _entry(number: int) -> str:
    return modify(number, f"member:+ {(ANNA, BEN, CAS)[number]}")


_Way = tuple[str, Any, str, Callable[[int], str]]
"""A language, the module and function that fail, and the parts of a source."""
_WAYS: Final[dict[str, _Way]] = {
    "lines": ("openssh", openssh, "event_from_mapping", _line),
    "JSON": ("keycloak", json_facts, "event_from_mapping", _login),
    "events": ("cloudevents", cloudevents, "event_from_mapping", _cloud_event),
    "entries": ("openldap", openldap, "event_from_mapping", _entry),
    "blocks of lines": ("openldap", ldif, "_unfolded", _entry),
    "spans": ("ldv", ldv, "translate_span", _span),
    "requests": ("ldv", ldv, "spans_of", _span),
    "messages of syslog": ("syslog", json_facts, "event_from_mapping", _in_syslog),
}


def _read(name: str, source: bytes) -> list[Translated | Unreadable]:
    context = replace(context_of(), programs={"idp": keycloak.read})
    found = FORMATS[name].read(io.BytesIO(source), context)
    return [each for each in found if isinstance(each, Translated | Unreadable)]


def _id(outcome: Translated | Unreadable) -> UUID | None:
    assert isinstance(outcome, Translated)
    return outcome.event.event_id


@pytest.mark.parametrize("way", _WAYS)
def test_the_part_is_kept_and_the_others_are_read(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One part would stop its source, be lost, or come under another id once it can be read."""
    name, module, function, part = _WAYS[way]
    parts = [part(number).encode() for number in range(3)]
    whole = _read(name, b"".join(parts))
    assert [type(each) for each in whole] == [Translated] * 3
    calls = 0
    works = getattr(module, function)

    def fails_once(*given: Any) -> Any:  # noqa: ANN401 - passed on
        nonlocal calls
        calls += 1
        return works(*given) if calls != 2 else 1 // 0

    with monkeypatch.context() as patched:
        patched.setattr(module, function, fails_once)
        first, failed, last = _read(name, b"".join(parts))
    assert isinstance(failed, Unreadable)
    assert (failed.is_defect, failed.reason) == (True, _REASON)
    assert failed.offset == len(parts[0])
    assert failed.raw.strip() == parts[1].strip()
    assert (_id(first), _id(last)) == (_id(whole[0]), _id(whole[2]))
    assert failed.end_offset == whole[1].end_offset


def test_an_object_whose_messages_are_not_found_is_kept() -> None:
    """What wraps many messages would stop its source where what a message says does not."""
    language = JsonLanguage("zegel-x/1", "m", lambda *_: ["x"], messages_in=lambda each: each["in"])
    source = io.BytesIO(b'{"in": [{}]}\n{}\n{"in": [{}]}\n')
    found = list(json_facts.read_facts(source, context_of(), language))
    assert [isinstance(each, Unreadable) for each in found] == [False, True, False]
    assert found[1].end_offset == 16
