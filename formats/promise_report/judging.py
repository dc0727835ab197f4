"""Judges the promises of a log at a moment: those of a system, an organisation, or of one id."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from formats.promise_report.judged import Judged, Wanted, read_judged
from projections.promises import judged_promises

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from projections.cases.reading import Moment
    from projections.promises.answers import Verdict


def judged_at(
    ledger: "Ledger",
    moment: "Moment",
    wanted: Wanted,
    *,
    system: str | None = None,
    organisation: str | None = None,
    promise_ids: Collection[str] | None = None,
    verdict: "Verdict | None" = None,
) -> Judged:
    """The promises that stand at a moment, with their verdicts, read from one state of the log.

    Args:
        ledger: The log.
        moment: As of when, and by what was known.
        wanted: What is read beside the verdicts.
        system: Only promises of statements that apply to this system.
        organisation: Only those of this organisation.
        promise_ids: Only these.
        verdict: Only those with this verdict.

    Raises:
        StoreUnavailable: the database cannot be used.
    """
    with judged_promises(
        ledger, moment, system=system, organisation=organisation, promise_ids=promise_ids
    ) as standing:
        chosen = [each for each in standing if verdict in {None, each.verdict.verdict}]
        return read_judged(chosen, wanted, moment.as_of)
