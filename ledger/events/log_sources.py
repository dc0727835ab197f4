"""The log about the sources it hears: who listens, gaps, silence, and what could not be read."""

from uuid import UUID

from ledger.events.envelope import Envelope
from ledger.personal import Text
from ledger.units import ByteCount, Count, Duration, Instant, Slug, SystemId


class LogSourceWatched(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.source_watched.v1"
):
    """A collector began to follow a source, or follows it on other terms from now on."""

    source: SystemId
    source_format: Slug
    """The language that the source is read in, such as `openssh`."""
    medium: Slug
    """How it comes in: `file`, `folder`, `journal`, `tcp`, `tls`, `udp` or `unix`."""
    silent_after: Duration | None = None
    """How long the source may say nothing; none given: as long as it likes."""


class LogSourceGapDetected(
    Envelope,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.source_gap_detected.v1",
):
    """Running numbers of a source were passed over: what bore them never came in."""

    source: SystemId | None = None
    source_format: Slug
    series: Text | None = None
    """What the source counts, in its own words: a connection, a channel of a computer."""
    series_id: UUID
    """The same for all gaps of one series; opaque, because a series may name a machine."""
    first_missing: Count
    missing: Count
    """How many numbers, from the first one on."""
    missing_from: Instant | None = None
    """When the last fact before the gap happened."""
    missing_until: Instant | None = None
    """When the first fact after it happened."""


class LogSourceFellSilent(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.source_fell_silent.v1"
):
    """A source that was followed said nothing for longer than it may, from this moment on."""

    source: SystemId
    source_format: Slug
    silent_after: Duration
    last_heard_at: Instant
    """When it was last heard; where it never was, when it began to be followed."""


class LogSourceHeardAgain(
    Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log.source_heard_again.v1"
):
    """A source that had fallen silent was heard again."""

    source: SystemId
    source_format: Slug
    silent_from: Instant
    """When it was last heard before."""


class QuarantineFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose lines they are: those of one source, read in one language."""

    source: SystemId | None = None
    source_format: Slug
    quarantine_id: UUID
    """The same for all lines of one source that are kept together; opaque."""
    lines: Count


class LogLinesQuarantined(
    QuarantineFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.lines_quarantined.v1",
):
    """Lines of a source could not be read, or told what may not be recorded."""

    lines_kept: Count
    """How many of them the quarantine of the home keeps; for the others it had no room."""
    line_bytes: ByteCount
    """Of all of them together."""
    from_byte: Count | None = None
    """Where the part of the source begins in which they stand."""
    until_byte: Count | None = None
    """Where it ends, exclusive."""
    reasons: Text | None = None
    """Each reason with the number of its lines, one on a line; no line stands in it."""


class LogQuarantineReplayed(
    QuarantineFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.quarantine_replayed.v1",
):
    """Lines in quarantine were read again, in their place."""

    recorded: Count
    """Facts that came of them and are recorded now."""
    already_recorded: Count
    """Facts that came of them and were in the log before."""
    lines_left: Count
    """How many of the lines still cannot be read."""


class LogQuarantineDropped(
    QuarantineFields,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag="log.quarantine_dropped.v1",
):
    """Somebody, the actor, gave up lines in quarantine: nobody can read them any more."""

    line_bytes: ByteCount
    reason: Text


LogSourceEvent = (
    LogSourceWatched
    | LogSourceGapDetected
    | LogSourceFellSilent
    | LogSourceHeardAgain
    | LogLinesQuarantined
    | LogQuarantineReplayed
    | LogQuarantineDropped
)
