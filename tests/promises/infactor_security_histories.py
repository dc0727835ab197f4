"""Histories of how InFactor guards what it holds: INF-08 and INF-10 to INF-12.

INF-10 and INF-12 can only be attested: a measure that ended, a protocol that nobody accepted, or a
report that was closed unseen breaks them.
"""

from typing import Final

from tests.histories import event
from tests.promises.infactor_steps import (
    ADDRESS,
    MECHANIC,
    attempt,
    contract,
    granted,
    signal,
    stored,
    used,
    web,
)
from tests.promises.judging import Story, instant, parameter_set

SECURITY: Final = (
    Story(
        promise_id="INF-08",
        told="two attempts within a day",
        verdict="kept",
        events=[
            attempt(1),
            attempt(1.5),
            web("ip.recorded", 1.6, ip=ADDRESS),
            web("ip.blocked", 1.7, ip=ADDRESS, block_id="B-1"),
        ],
    ),
    Story(
        promise_id="INF-08",
        told="one report of two attempts",
        verdict="kept",
        events=[attempt(1, attempts=2), web("ip.recorded", 1.6, ip=ADDRESS)],
    ),
    Story(
        promise_id="INF-08",
        told="recorded after a single attempt",
        verdict="broken",
        events=[attempt(1), web("ip.recorded", 1.6, ip=ADDRESS)],
    ),
    Story(
        promise_id="INF-08",
        told="two programs saw the same single attempt",
        verdict="broken",
        events=[
            attempt(1, detector="sshd"),
            attempt(1, detector="fail2ban"),
            web("ip.recorded", 1.6, ip=ADDRESS),
        ],
    ),
    Story(
        promise_id="INF-08",
        told="two programs saw the same two attempts",
        verdict="kept",
        events=[
            attempt(1, detector="sshd"),
            attempt(1, detector="fail2ban"),
            attempt(1.5, detector="sshd"),
            attempt(1.5, detector="fail2ban"),
            web("ip.recorded", 1.6, ip=ADDRESS),
        ],
    ),
    Story(
        promise_id="INF-08",
        told="the attempts came from elsewhere",
        verdict="broken",
        events=[
            attempt(1),
            web("intrusion.attempt_detected", 1.5, ip="ip:198.51.100.9"),
            web("ip.recorded", 1.6, ip=ADDRESS),
        ],
    ),
    Story(
        promise_id="INF-08",
        told="two attempts more than a day apart",
        verdict="broken",
        events=[
            attempt(1),
            attempt(2.5),
            web("ip.blocked", 2.6, ip=ADDRESS, block_id="B-1"),
        ],
    ),
    Story(
        promise_id="INF-08",
        told="the officer asked for three attempts",
        verdict="broken",
        decisions=(parameter_set("INF-08", attempts=3),),
        events=[attempt(1), attempt(1.5), web("ip.recorded", 1.6, ip=ADDRESS)],
    ),
    Story(
        promise_id="INF-08",
        told="a report of two and one more are the three that the officer asked for",
        verdict="kept",
        decisions=(parameter_set("INF-08", attempts=3),),
        events=[attempt(1, attempts=2), attempt(1.5), web("ip.recorded", 1.6, ip=ADDRESS)],
    ),
    Story(
        promise_id="INF-08",
        told="visits were kept",
        verdict="broken",
        events=[stored(4, "visit-data", "visitors")],
    ),
    Story(
        promise_id="INF-10",
        told="a protocol that was accepted",
        verdict="kept",
        events=[
            *(
                event(
                    "measure.declared",
                    0,
                    measure_id=f"infactor-{measure}",
                    measure=measure,
                    scope="website",
                    organisation="infactor",
                    state="active",
                    valid_from=instant(-30),
                )
                for measure in ("tls", "security-layers")
            ),
            web("acknowledgement.recorded", 2, person=MECHANIC, document="security-protocol"),
            used(3, actor_organisation="infactor"),
        ],
    ),
    Story(
        promise_id="INF-10",
        told="nobody accepted the protocol",
        verdict="broken",
        events=[used(3, actor_organisation="infactor")],
    ),
    Story(
        promise_id="INF-11",
        told="a repair under the contract, within the grant",
        verdict="kept",
        events=[
            contract("started", 1, acts=["remote-repair"]),
            granted(3, acts=["remote-repair"], valid_until=instant(4)),
            used(3.5),
        ],
    ),
    Story(
        promise_id="INF-11",
        told="a repair that the customer asked for",
        verdict="kept",
        events=[granted(3, acts=["remote-repair"], ticket="T-1"), used(3.5)],
    ),
    Story(
        promise_id="INF-11",
        told="used after the grant ended",
        verdict="broken",
        events=[
            contract("started", 1, acts=["remote-repair"]),
            granted(3, acts=["remote-repair"], valid_until=instant(4)),
            used(5),
        ],
    ),
    Story(
        promise_id="INF-11",
        told="another act than was agreed",
        verdict="broken",
        events=[
            contract("started", 1, acts=["remote-repair"]),
            granted(3),
            used(3.5, act="copy-files"),
        ],
    ),
    Story(
        promise_id="INF-11",
        told="nobody says which act",
        verdict="undeterminable",
        events=[granted(3), used(3.5, act=None)],
    ),
    Story(
        promise_id="INF-12",
        told="a report was assessed",
        verdict="kept",
        events=[
            signal("signalled", 3, source="data-subject"),
            signal("triaged", 4, decision="assessed"),
        ],
    ),
    Story(
        promise_id="INF-12",
        told="a report was closed unseen",
        verdict="broken",
        events=[signal("signalled", 3, source="customer"), signal("closed", 4)],
    ),
    Story(
        promise_id="INF-12",
        told="a report waits",
        verdict="pending",
        events=[signal("signalled", 3, source="data-subject")],
    ),
)
