"""How every log of a home stands, read from what is stored; nothing is verified."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.engine import make_url

from ledger.errors import StoreUnavailable
from ledger.home import Home
from ledger.many_logs.collected_records import newest_collected
from ledger.many_logs.home_logs import all_logs, sealed_log_of, shared_database
from ledger.opening import instant_of
from ledger.store.anchors import AnchorTable
from ledger.store.checkpoints import CheckpointTable
from ledger.store.sealed_log import SealedLog


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """One log of a home."""

    name: str
    origin: str
    database: str
    """Its URL, without the password."""
    of_checkpoints: bool
    size: int | None = None
    last_recorded_at: datetime | None = None
    signed_size: int | None = None
    signed_at: datetime | None = None
    anchored_size: int | None = None
    """Up to how many records an anchor is stored; `None`: none is."""
    anchored_through: str | None = None
    """The log of checkpoints by which; `None`: by anchors of its own."""
    trouble: str | None = None
    """Why it could not be read."""


@dataclass(slots=True)
class _Logs:
    """The open logs of one home, by name."""

    states: dict[str, LogState] = field(default_factory=dict)
    open: dict[str, SealedLog] = field(default_factory=dict)


def states_of_logs(home: Home, database: str | None = None) -> Iterator[LogState]:
    """How each log stands, the first one first.

    Args:
        home: With its logs.
        database: Where they are, in place of what the settings say.

    Raises:
        StoreUnavailable: the home was not made, or not completely.
        BadRequest: the settings of a log cannot be understood.
    """
    logs = _Logs()
    with ExitStack() as stack:
        for name, each in all_logs(home):
            settings = each.settings()
            url = each.database_url(shared_database(each, database))
            shown = make_url(url).render_as_string(hide_password=True) if "://" in url else url
            logs.states[name] = LogState(
                name=name,
                origin=settings.origin,
                database=shown,
                of_checkpoints=settings.of_checkpoints,
            )
            try:
                log = stack.enter_context(sealed_log_of(url, settings.origin))
                logs.states[name] = _stored(logs.states[name], log)
                log.engine.dispose()  # all at once may be more connections than a server takes
            except StoreUnavailable as error:
                logs.states[name] = replace(logs.states[name], trouble=str(error))
                continue
            logs.open[name] = log
        yield from _with_collected(logs)


def _stored(state: LogState, log: SealedLog) -> LogState:
    head = log.head()
    newest = CheckpointTable(log.engine, log.log_id).newest()
    return replace(
        state,
        size=int(head.size),
        last_recorded_at=head.last_recorded_at,
        signed_size=None if newest is None else newest.size,
        signed_at=None if newest is None else instant_of(newest.made_at_us),
        anchored_size=AnchorTable(log.engine, log.log_id).largest_size(),
    )


def _with_collected(logs: _Logs) -> Iterator[LogState]:
    """The states with what the anchors of logs of checkpoints cover of each."""
    through: dict[str, dict[str, int]] = {
        name: newest_collected(logs.open[name], state.anchored_size)
        for name, state in logs.states.items()
        if state.of_checkpoints and state.anchored_size and name in logs.open
    }
    for state in logs.states.values():
        yield _anchored(state, through)


def _anchored(state: LogState, through: Mapping[str, Mapping[str, int]]) -> LogState:
    for name, sizes in through.items():
        size = sizes.get(state.origin)
        if size is not None and size > (state.anchored_size or 0):
            state = replace(state, anchored_size=size, anchored_through=name)
    return state
