"""What only the ledger itself may report: its administration, and who was shown identities.

A source that could report in the name of the log would give itself a role with a line of JSON, or
say that nobody looked. So the ids below are refused wherever events come in from outside; whatever
intake is added, it records through `Ledger.record` or `Ledger.record_many`, which ask here.
"""

from typing import Final

from ledger.errors import MalformedEvent
from ledger.events import Event, kind_of

ADMINISTRATION: Final = "zegel"
"""The system of role grants and revocations: few records, so that judging reads few."""

READINGS: Final = "zegel.readings"
"""The system of `log.read` and of attempts without the role."""

ERASURES: Final = "zegel.erasures"
"""The system of requests and confirmations of erasures: no tombstone names another one's."""

RETENTION: Final = "zegel.retention"
"""The system of executions of retention: whether one is missing is told by these alone."""

PRUNINGS: Final = "zegel.prunings"
"""The system of decisions to remove sealed records: no source may decide that."""

INTAKE: Final = "zegel.intake"
"""The system of refusals of what was sent: no source can say that another one was refused."""

CHECKPOINTS: Final = "zegel.checkpoints"
"""The system of collected checkpoints of other logs: no source can say what another log signed."""

SOURCES: Final = "zegel.sources"
"""The system of what collectors note about sources: none can say that another one was silent."""

IDENTITIES: Final = "zegel/identities"
"""The resource that roles are about: who stands behind the tokens of this log."""

SERVICE: Final = "zegel/service"
"""The resource that roles of the service are about."""

SERVICE_SYSTEMS: Final = f"{SERVICE}/systems/"
"""Before the id of a system: the same, bound to recording in the name of that one."""

OWN_KINDS: Final = frozenset(
    {
        "log.checkpoint_anchored.v1",
        "log.checkpoint_collected.v1",
        "log.conflict_recorded.v1",
        "log.erasure_confirmed.v1",
        "log.erasure_requested.v1",
        "log.export_issued.v1",
        "log.intake_refused.v1",
        "log.key_rotated.v1",
        "log.lines_quarantined.v1",
        "log.quarantine_dropped.v1",
        "log.quarantine_replayed.v1",
        "log.read.v1",
        "log.retention_executed.v1",
        "log.subject_key_destroyed.v1",
        "log.verification_failed.v1",
        "log.verified.v1",
    }
)
"""What only the log can know of itself: no program tells it what it did, or whom it showed."""

_RESERVED: Final = f"{ADMINISTRATION}."
_ABOUT_A_LOG: Final = "log."


def is_reserved(system: str | None) -> bool:
    """Whether a system id belongs to the log itself: `zegel`, and all that begins with `zegel.`."""
    return system is not None and (system == ADMINISTRATION or system.startswith(_RESERVED))


def refuse_reserved(event: Event) -> None:
    """Passes unless an event from outside is said to come from the log itself.

    Raises:
        MalformedEvent: its system is reserved.
    """
    if is_reserved(event.system):
        raise MalformedEvent(
            kind_of(event),
            "system",
            f"the id of a system; {ADMINISTRATION} and {_RESERVED}… are the log's own",
            f"{event.system}",
        )


def refuse_facts(event: Event) -> None:
    """Passes only for what a log says about itself: nothing else belongs among checkpoints.

    Raises:
        MalformedEvent: it is another fact.
    """
    if not kind_of(event).startswith(_ABOUT_A_LOG):
        raise MalformedEvent(
            kind_of(event),
            "kind",
            "a kind about a log, as this one holds the checkpoints of the other logs of its home; "
            "name another one with --log",
            kind_of(event),
        )
