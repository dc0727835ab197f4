"""Whether a log was watched until now: how old the newest signed record is.

The time that counts stands in sealed bytes, which the signature covers. A signer that runs writes a
heartbeat into an idle log once an hour, so an old newest record means that nobody signed since.
"""

from datetime import datetime, timedelta

from ledger.errors import MalformedRecord
from ledger.record import decode_record
from ledger.store.sealed_log import SealedLog
from ledger.verification.findings import Finding, FindingLog, Report, modified, with_findings


def with_heartbeat(report: Report, log: SealedLog, *, now: datetime, max_age: timedelta) -> Report:
    """The report with STALE_HEARTBEAT when the newest signed record is older than promised.

    Args:
        report: What the records and checkpoints gave.
        log: Where they are.
        now: The present.
        max_age: The promise: the interval of the heartbeat and that of the signer together.
    """
    found = FindingLog()
    found.add_all(_findings(report, log, now, max_age))
    return with_findings(report, found)


def _findings(report: Report, log: SealedLog, now: datetime, max_age: timedelta) -> list[Finding]:
    expected = f"a signed record no older than {max_age}"
    if not report.signed_size:
        return [Finding("STALE_HEARTBEAT", None, "checkpoint", expected, "none")]
    index = report.signed_size - 1
    if any(one.is_fault and one.index == index for one in report.findings):
        return []  # what is wrong with that record is told already, and its time says nothing
    stored = log.record_at(index)
    if stored is None:
        return [Finding("MISSING", index, "sealed", "a record", "none")]
    try:
        recorded_at = decode_record(stored.sealed).recorded_at
    except MalformedRecord as error:
        return [modified(index, "sealed", "a sealed record", str(error))]
    if now - recorded_at <= max_age:
        return []
    age = f"the newest of {recorded_at.isoformat()}, {now - recorded_at} ago"
    return [Finding("STALE_HEARTBEAT", index, "checkpoint", expected, age)]
