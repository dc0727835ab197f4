"""One event of every kind with every personal field filled, so that a test can look for the values.

Each value holds a mark: `CORE` in words, identities and case ids, `ADDRESS_CORE` in addresses.
Whoever finds neither in a file, in any of `traces_of_core`, finds none of the values.
"""

from base64 import b64encode, urlsafe_b64encode
from functools import cache
from ipaddress import ip_address
from itertools import count
from random import Random
from typing import Any, Final

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase, settings
from uuid_utils.compat import uuid7

from ledger.events import KINDS, PLANS, Event, complete_event
from ledger.events.consistency import AS_MANY
from ledger.personal import PersonalField
from tests.strategies import completed_events

CORE: Final = "QzxJvkWq"
ADDRESS_CORE: Final = "2001:db8:5eed:c0de"
_numbers: Final = count()
_ANY: Final = settings(
    max_examples=10_000,
    phases=[Phase.generate],  # any event will do, the smallest would take minutes to find
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@cache
def filled_events() -> tuple[Event, ...]:
    """The events, completed, in the order of their kinds."""
    return tuple(_filled(kind) for kind in sorted(KINDS))


def traces_of_core() -> dict[str, bytes]:
    """Every spelling in which a mark could stand in a file, by its name."""
    packed = ip_address(f"{ADDRESS_CORE}::").packed[:8]
    found = {"address": ADDRESS_CORE.encode(), "packed address": packed}
    for name, word in {
        "as written": CORE,
        "lower case": CORE.lower(),
        "upper case": CORE.upper(),
        "UTF-16": CORE.encode("utf-16-le").decode("latin-1"),
        "address": ADDRESS_CORE,
    }.items():
        text = word.encode("latin-1")
        found[name] = text
        found[f"{name}, hexadecimal"] = text.hex().encode()
        for shift in range(3):  # base64 depends on where a text stands in its surroundings
            start, end = (4 if shift else 0), -4 if (shift + len(text)) % 3 else None
            for alphabet in (b64encode, urlsafe_b64encode):
                encoded = alphabet(b"\x00" * shift + text)[start:end]
                found[f"{name}, {alphabet.__name__} {shift}"] = encoded
    return found


def _filled(kind: str) -> Event:
    pairs = [pair for pair in AS_MANY if set(pair) <= set(KINDS[kind].__struct_fields__)]
    drawn = hypothesis.find(
        completed_events([kind]),
        lambda event: all(getattr(event, items) for items, _ in pairs),
        settings=_ANY,
        random=Random(kind),
    )
    values = {field.name: _marked(field) for field in PLANS[kind].fields}
    for items, texts in pairs:
        values[texts] = values[texts][:1] * len(getattr(drawn, items))
    return complete_event(msgspec.structs.replace(drawn, event_id=uuid7(), **values), new_id=uuid7)


def _marked(field: PersonalField) -> Any:  # noqa: ANN401 - whatever the field takes
    number = next(_numbers)
    value: Any = {
        "person": f"person:{CORE}{number}@example.nl",
        "ip": f"ip:{ADDRESS_CORE}::{number:x}",
        "data-subject": f"data-subject:customer:{CORE}{number}",
        "uri": f"https://example.nl/{CORE}{number}",
    }.get(field.namespace, f"{CORE} {number}")
    if field.structured:
        value = {f"{CORE}{number}": value, "list": [value]}
    return (value, value) if field.many else value
