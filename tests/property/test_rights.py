"""Laws of who may record what: what is let in without asking the log, the log lets in as well."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Final, cast

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.events import Event
from ledger.own_records import ADMINISTRATION
from service.access.caller import Caller
from service.intake.rights import plainly_recordable, require_recordable
from tests.strategies import events

if TYPE_CHECKING:
    from service.context import Context

_SYSTEMS: Final = st.sampled_from([None, "web-1", "web-2", ADMINISTRATION, "zegel.intake"])
_CALLERS: Final = st.builds(
    Caller,
    st.just("person:sender@test"),
    is_program=st.booleans(),
    roles=st.sampled_from([frozenset({"recorder"}), frozenset({"dpo"}), frozenset()]),
    systems=st.sampled_from(
        [None, frozenset({"web-1"}), frozenset({"web-1", "web-2"}), frozenset()]
    ),
)


def _asked(*_: object) -> None:
    raise AssertionError("the log was asked, or a refusal recorded")


_LEDGER: Final = SimpleNamespace(log=SimpleNamespace(find_event=_asked))
_CONTEXT: Final = cast(
    "Context", SimpleNamespace(ledger=_LEDGER, refusals=SimpleNamespace(note=_asked))
)


@given(st.lists(st.tuples(events(), _SYSTEMS), max_size=3), _CALLERS)
def test_what_is_plain_is_what_the_log_would_say(
    placed: list[tuple[Event, str | None]], caller: Caller
) -> None:
    """A sender could record what only others may, because nobody asked who may."""
    sent = [replace(event, system=system) for event, system in placed]
    plain = plainly_recordable(caller, sent)
    if plain is not None:
        assert plain == require_recordable(_CONTEXT, caller, sent)


@given(events(["access.used.v1", "ip.blocked.v1"]), st.sampled_from(["web-1", "web-2"]))
def test_what_anybody_may_record_is_plain(event: Event, system: str) -> None:
    """Each fact of a program would take a thread of its own."""
    caller = Caller("person:sender@test", is_program=True, roles=frozenset({"recorder"}))
    sent = replace(event, system=system, supersedes=None)
    assert plainly_recordable(caller, [sent]) == [sent]
