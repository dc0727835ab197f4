"""What is kept of those who were refused, however often they come."""

import threading
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import StoreUnavailable
from ledger.events.access import AccessAttemptDenied
from service.access.refusals import MOST_KINDS, WINDOW_S, Refusal, Refusals

_START = datetime(2026, 11, 22, 9, tzinfo=UTC)
_REFUSAL = Refusal(
    resource="zegel/service/v1/events",
    act="read",
    reason="wrong-secret",
    origin="ip:192.0.2.7",
    method="api-key",
)


class _Log:
    """What was recorded, by a clock that goes when it is told."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.recorded: list[AccessAttemptDenied] = []
        self.is_away = False
        self.refusals = Refusals(self._record, self._now, seconds=lambda: self.seconds)

    def _record(self, event: AccessAttemptDenied) -> None:
        if self.is_away:
            raise StoreUnavailable("away")
        self.recorded.append(event)

    def _now(self) -> datetime:
        return _START + timedelta(seconds=self.seconds)

    @property
    def attempts(self) -> list[int]:
        return [each.attempts or 0 for each in self.recorded]


def _from(number: int) -> Refusal:
    return Refusal(
        resource="zegel/service/v1/events",
        act="read",
        reason="no-credentials",
        origin=f"ip:2001:db8::{number:x}",
    )


def test_the_first_refusal_is_recorded_before_it_is_answered() -> None:
    """Somebody could try once, and nobody would ever know."""
    log = _Log()
    log.refusals.note(_REFUSAL)
    (event,) = log.recorded
    assert (event.system, event.outcome, event.act) == ("zegel.readings", "denied", "read")
    assert (event.resource, event.origin) == ("zegel/service/v1/events", "ip:192.0.2.7")
    assert (event.auth_method, event.action, event.attempts) == ("api-key", "wrong-secret", 1)
    assert (event.actor, event.actor_kind, event.occurred_at) == (None, None, _START)


def test_who_proved_who_they_are_is_named() -> None:
    """Nobody could tell who tried what they may not."""
    log = _Log()
    for name, is_program in (("person:j@example.nl", False), ("person:api-key:web", True)):
        log.refusals.note(
            Refusal(
                resource="zegel/service",
                act="resolve",
                reason="no-permission",
                identity=name,
                is_program=is_program,
            )
        )
    assert [(each.actor, each.actor_kind) for each in log.recorded] == [
        ("person:j@example.nl", "person"),
        ("person:api-key:web", "service"),
    ]


def test_the_same_again_within_a_minute_is_counted() -> None:
    """Whoever is refused a million times would write a million records."""
    log = _Log()
    for _ in range(50):
        log.refusals.note(_REFUSAL)
        log.seconds += 1
    assert log.attempts == [1]
    log.seconds = WINDOW_S
    log.refusals.note(_REFUSAL)
    assert log.attempts == [1, 49, 1]
    counted = log.recorded[1]
    assert counted.occurred_at == _START + timedelta(seconds=1)
    assert counted.observed_at == _START + timedelta(seconds=49)


def test_what_was_counted_is_recorded_at_a_stop() -> None:
    """The end of the service would hide how often somebody tried."""
    log = _Log()
    for _ in range(3):
        log.refusals.note(_REFUSAL)
    log.refusals.settle()
    log.refusals.settle()
    assert log.attempts == [1, 2]


def test_another_refusal_is_recorded_apart() -> None:
    """Somebody could hide behind those who were refused for something else."""
    log = _Log()
    log.refusals.note(_REFUSAL)
    for changed in (
        {"act": "resolve"},
        {"resource": "zegel/service/metrics"},
        {"reason": "revoked"},
        {"origin": "ip:192.0.2.8"},
        {"identity": "person:j"},
    ):
        known = {name: getattr(_REFUSAL, name) for name in Refusal.__slots__}
        log.refusals.note(Refusal(**(known | changed)))
    assert log.attempts == [1] * 6


def test_nobody_fills_the_log_from_many_addresses() -> None:
    """A network of machines could write as many records as it has addresses."""
    log = _Log()
    for number in range(10 * MOST_KINDS):
        log.refusals.note(_from(number))
    assert len(log.recorded) == MOST_KINDS + 1
    log.refusals.settle()
    assert len(log.recorded) == MOST_KINDS + 2
    assert log.recorded[-1].origin is None
    assert sum(log.attempts) == 10 * MOST_KINDS


def test_a_refusal_that_cannot_be_recorded_is_recorded_later() -> None:
    """Whoever takes the database away could try in the meantime without a trace."""
    log = _Log()
    log.is_away = True
    for _ in range(3):
        log.refusals.note(_REFUSAL)
    log.is_away = False
    log.refusals.settle()
    assert sum(log.attempts) == 3


@given(
    st.lists(
        st.one_of(
            st.integers(0, 2 * MOST_KINDS).map(_from),
            st.floats(0, 2 * WINDOW_S),
            st.sampled_from(["away", "back", "settle"]),
        ),
        max_size=60,
    )
)
def test_every_refusal_is_counted_once(steps: list[Refusal | float | str]) -> None:
    """A refusal would be lost, or told twice."""
    log = _Log()
    refused = 0
    for step in steps:
        if isinstance(step, Refusal):
            log.refusals.note(step)
            refused += 1
        elif isinstance(step, float):
            log.seconds += step
        elif step == "settle":
            log.refusals.settle()
        else:
            log.is_away = step == "away"
    log.is_away = False
    log.refusals.settle()
    assert sum(log.attempts) == refused


def test_many_threads_lose_nothing() -> None:
    """Two requests at the same moment would count as one."""
    log = _Log()

    def try_often() -> None:
        for _ in range(200):
            log.refusals.note(_REFUSAL)

    threads = [threading.Thread(target=try_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.refusals.settle()
    assert sum(log.attempts) == 1600
    assert log.attempts == [1, 1599]
