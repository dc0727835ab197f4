"""Stored anchors that somebody with the whole database in hand has changed."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from ledger.anchor_check import with_anchors
from ledger.anchors.settings import AnchorSettings
from ledger.levels import Trust, verify_quick
from ledger.store import SealedLog
from ledger.store.schema import ANCHOR, CHECKPOINT
from ledger.verification.findings import Report
from tests.integration.store.anchored_log import TERMS, Surroundings, anchored, seal, unguarded
from tests.time_stamping import authority_in

TOKENS = ANCHOR.c.kind == "rfc3161"
LINES = ANCHOR.c.kind == "witness"


@pytest.fixture
def anchored_log(log: SealedLog, around: Surroundings) -> SealedLog:
    """A log of 5 records with anchored checkpoints at 3 and 5."""
    for records in (3, 2):
        seal(log, records)
        assert anchored(log, around.settings).failures == ()
    return log


def checked(log: SealedLog, settings: AnchorSettings, first_size: int = 0) -> Report:
    """What a quick verification with anchors says."""
    return with_anchors(verify_quick(log, Trust(TERMS)), log, TERMS, settings, first_size)


def faults(report: Report) -> list[tuple[str, int | None]]:
    """Verdict and index of each fault."""
    return [(one.verdict, one.index) for one in report.findings if one.is_fault]


def test_untouched_anchors_hold(anchored_log: SealedLog, around: Surroundings) -> None:
    """Every verification would raise a false alarm."""
    report = checked(anchored_log, around.settings)
    assert faults(report) == []
    assert report.outcome == "valid"


def swap_tokens(connection: Connection) -> None:
    """The token of size 3 stands at 5 and the other way round."""
    rows = connection.execute(select(ANCHOR.c.size, ANCHOR.c.token).where(TOKENS)).all()
    for row in rows:
        other = next(one.token for one in rows if one.size != row.size)
        connection.execute(
            update(ANCHOR).where(TOKENS, ANCHOR.c.size == row.size).values(token=other)
        )


def cut_token(connection: Connection) -> None:
    """The last token misses its end."""
    row = connection.execute(select(ANCHOR.c.token).where(TOKENS, ANCHOR.c.size == 5)).one()
    cut = row.token[:-1]
    connection.execute(update(ANCHOR).where(TOKENS, ANCHOR.c.size == 5).values(token=cut))


def backdate(connection: Connection) -> None:
    """The rows say that the anchors are a day older."""
    connection.execute(update(ANCHOR).values(at_us=ANCHOR.c.at_us - 86_400_000_000))


def rename(connection: Connection) -> None:
    """The line is said to be by somebody else."""
    connection.execute(update(ANCHOR).where(LINES).values(authority="two.example"))


def garble_line(connection: Connection) -> None:
    """The line is none."""
    connection.execute(update(ANCHOR).where(LINES, ANCHOR.c.size == 3).values(token=b"\xff\x00"))


def remove_checkpoint(connection: Connection) -> None:
    """What the anchors vouch for is gone."""
    connection.execute(delete(CHECKPOINT).where(CHECKPOINT.c.size == 3))


def invent(connection: Connection) -> None:
    """An anchor of no known kind."""
    row = dict(
        connection.execute(select(ANCHOR).where(TOKENS, ANCHOR.c.size == 5)).mappings().one()
    )
    connection.execute(insert(ANCHOR), {**row, "kind": "oath"})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (swap_tokens, [("TIMESTAMP_INVALID", 2), ("TIMESTAMP_INVALID", 4)]),
        (cut_token, [("TIMESTAMP_INVALID", 4)]),
        (backdate, [("MODIFIED", 2), ("MODIFIED", 2), ("MODIFIED", 4), ("MODIFIED", 4)]),
        (rename, [("UNKNOWN_KEY", 2), ("UNKNOWN_KEY", 4)]),
        (garble_line, [("BAD_SIGNATURE", 2)]),
        (remove_checkpoint, [("MISSING", 2), ("MISSING", 2)]),
        (invent, [("MODIFIED", None)]),
    ],
)
def test_a_changed_anchor_is_found_with_its_place(
    anchored_log: SealedLog,
    around: Surroundings,
    change: Callable[[Connection], None],
    expected: list[tuple[str, int | None]],
) -> None:
    """An administrator could make up, move or spoil evidence without anybody noticing."""
    with unguarded(anchored_log) as connection:
        change(connection)
    report = checked(anchored_log, around.settings)
    assert faults(report) == expected
    assert report.outcome == "broken"


def test_another_root_makes_every_token_invalid(
    anchored_log: SealedLog, around: Surroundings
) -> None:
    """Tokens of an authority that nobody configured would count."""
    other = authority_in(around.authority.folder.parent / "other").root.certificate
    (authority,) = around.settings.authorities
    trust = replace(authority.trust, certificates=(other,))
    settings = replace(around.settings, authorities=(replace(authority, trust=trust),))
    expected = [("TIMESTAMP_INVALID", 2), ("TIMESTAMP_INVALID", 4)]
    assert faults(checked(anchored_log, settings)) == expected
    assert faults(checked(anchored_log, settings, first_size=4)) == expected[1:]


def test_retired_parties_still_count(anchored_log: SealedLog, around: Surroundings) -> None:
    """Changing an authority would make years of evidence worthless."""
    settings = replace(
        around.settings,
        authorities=tuple(replace(one, retired=True) for one in around.settings.authorities),
        witnesses=tuple(replace(one, retired=True) for one in around.settings.witnesses),
    )
    assert faults(checked(anchored_log, settings)) == []


def test_without_configured_parties_anchors_are_left_alone(anchored_log: SealedLog) -> None:
    """A reader who knows no authority would be told that the evidence is broken."""
    assert faults(checked(anchored_log, AnchorSettings())) == []
