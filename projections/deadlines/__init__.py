"""Deadlines that explain themselves: pure functions over versioned rule data.

For whoever builds clocks on it, this is the whole interface:

    from projections.deadlines import Anchor, DeadlineResult, Refusal, compute

    answer = compute(
        "gdpr-33-1",
        {"aware": Anchor(at=aware_at, event_id=event_id)},   # or Anchor(on=a_date)
        zone="Europe/Amsterdam",
        parameters={},
    )
    match answer:
        case DeadlineResult():
            answer.due_at            # leading instant, UTC; in time means before it
            answer.due_on            # last local day in time, for periods in days, weeks, months
            answer.leading.steps     # each step in words and as data
            answer.alternatives      # every other reading: name, label, standing, due_at, steps
            answer.reading("two-working-days")
            answer.finding("extension-late")
            answer.is_in_time(at), answer.remaining(now)
            answer.words             # "computed from aware (event …) under rule gdpr-33-1 …"
        case Refusal():
            answer.reason, answer.message   # R11: a result with a reason, never a guess

Rules and their anchors (the first one is the main one; optional ones in brackets) and parameters:

    gdpr-33-1                    aware
    gdpr-33-2                    processor_aware: always refused, `no_period_in_law`
    gdpr-33-4                    notified: likewise
    gdpr-34                      high_risk_decided: likewise
    gdpr-12-3                    received [extension_notified, identity_asked, identity_confirmed]
    nis2-early-warning           aware
    nis2-notification            aware; trust_service_provider
    nis2-final-report            notification_submitted [incident_handled]
    nis2-progress-report         notification_submitted [incident_handled]
    dora-initial                 classified_major, aware; weekend_relief
    dora-intermediate            initial_submitted; weekend_relief
    dora-final                   intermediate_submitted; weekend_relief
    cra-vulnerability-early-warning, cra-vulnerability-notification     aware
    cra-incident-early-warning, cra-incident-notification               aware
    cra-vulnerability-final-report   measure_available
    cra-incident-final-report        notification_submitted
    contract-hours               started; hours         (also for art. 33(2) as agreed)
    contract-days, -weeks, -months, -working-days   started; days, weeks, months, working_days
    ing-11                       notice [contract_ended]
    rag-03                       contract_ended
    inf-09                       received
    nxt-10                       suspected; broken_after_hours, warn_after_hours
    ifb-05, ifb-06               processed; delivered; seconds

Invariants:
- A result is a value of its inputs and of this package: computed anew, never stored as a fact.
- Hours run on instants in UTC; days, weeks and months on local dates of the duty-bearer's zone.
- The leading reading is the earliest of those that may lead.
- What the calendar does not cover is refused.
"""

from projections.deadlines.computing import compute
from projections.deadlines.refusals import Refusal
from projections.deadlines.result import (
    Anchor,
    Anchors,
    DeadlineResult,
    Parameters,
    Reading,
    decode_result,
    encode_result,
)
from projections.deadlines.rule_book import newest_of, rule_book

__all__ = [
    "Anchor",
    "Anchors",
    "DeadlineResult",
    "Parameters",
    "Reading",
    "Refusal",
    "compute",
    "decode_result",
    "encode_result",
    "newest_of",
    "rule_book",
]
