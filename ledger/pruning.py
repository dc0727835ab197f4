"""Decides and carries out the removal of sealed records below a minimum index.

Crash order: export, decision, signature, removal. The decision is a record of the log, written in
one transaction with its row; nothing goes before a checkpoint covers that record. What was decided
and not carried out is found by the next run.

What is read straight from old records must not be lost with them: a standing legal hold, a
retention rule in force and a role that somebody still has keep their records.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from ledger.draft import Receipt
from ledger.erasure.terms import ErasedPlace
from ledger.errors import BadRequest, LegalHoldStands, StoreUnavailable, VerificationError
from ledger.events import PLANS
from ledger.events.log_keeping import LogRetentionExecuted
from ledger.events.retention import RetentionRuleSet
from ledger.holds import holds_at
from ledger.notes.checkpoint import KeyTerm
from ledger.notes.tile_proofs import inclusion_from_tiles, root_from_tiles
from ledger.notes.tiles import TILE_WIDTH
from ledger.opening import PAGE_RECORDS
from ledger.own_records import PRUNINGS
from ledger.proofs import verify_inclusion
from ledger.proving import newest_checkpoint, wrong_tiles
from ledger.record import leaf_hash
from ledger.retention.reading import rules_at
from ledger.roles import role_grants
from ledger.store.pruning import disclosures_below, note_pruning, raise_minimum, steps_to
from ledger.store.query import RecordQuery
from ledger.store.rows import pages
from ledger.store.tiles import TileTable
from ledger.stored import StoredPruning
from ledger.verification.pruned_decision import decision_fault

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.legal_hold import Hold
    from ledger.store.sealed_log import SealedLog

RULE: Final = "pruning"
"""The rule that a decision names: no retention rule of data, but that of the log itself."""

_LONE_KINDS: Final = frozenset(kind for kind, plan in PLANS.items() if plan.stream_field is None)
_RULE_SET: Final = str(RetentionRuleSet.__struct_config__.tag)
_BINDING: Final = frozenset({"standing", "not yet"})
_NAMED: Final = 5


class PrunedRange(NamedTuple):
    """Which records go: from the present minimum index up to the next one, exclusive."""

    first: int
    stop: int


def range_below(log: "SealedLog", wanted: int, covered: int) -> PrunedRange:
    """The records that can go when those below an index are not wanted any more.

    Args:
        log: The log.
        wanted: The lowest index that must stay.
        covered: The size of the newest checkpoint.

    Raises:
        BadRequest: there are none, or the checkpoint does not cover them.
    """
    first, stop = log.beginning().frontier.size, wanted // TILE_WIDTH * TILE_WIDTH
    if stop <= first:
        raise BadRequest(
            f"index {wanted}: expected at least {first + TILE_WIDTH}: records go in runs of "
            f"{TILE_WIDTH}, and those below {first} are gone already; nothing was removed"
        )
    if stop > covered:
        raise BadRequest(
            f"index {stop}: expected a checkpoint over so many records, found one over {covered}; "
            "`zegel seal` makes one; nothing was removed"
        )
    return PrunedRange(first, stop)


def require_prunable(ledger: "Ledger", pruned: PrunedRange) -> None:
    """Returns only if nothing in a range is needed any more, but for its disclosures.

    Raises:
        LegalHoldStands: a hold covers a record of it.
        BadRequest: an erasure is under way, or a rule or role in it is still in force.
    """
    if ledger.log.erasures.pending():
        raise BadRequest(
            "pruning: expected no erasure under way, found one; `zegel erase` and `zegel retention "
            "run` finish it first"
        )
    _refuse_held(ledger, pruned)
    _refuse_rules(ledger, pruned)
    _refuse_roles(ledger, pruned)


def require_no_disclosures(ledger: "Ledger", pruned: PrunedRange) -> None:
    """Returns only if no personal value of a range is stored any more.

    Raises:
        BadRequest: some are.
    """
    left = disclosures_below(ledger.log, pruned.stop)
    if left:
        raise BadRequest(
            f"records below {pruned.stop}: expected no personal values left, found {left} "
            "disclosures; `zegel retention due` says which rules erase them and when, "
            "--with-disclosures erases them all first; nothing was removed"
        )


def places_in(ledger: "Ledger", pruned: PrunedRange) -> Iterator[ErasedPlace]:
    """Every disclosure of a range, to be erased before the records go."""
    for row in ledger.log.scan_disclosures(pruned.first, pruned.stop):
        yield ErasedPlace(row.index, row.subject_id)


def rules_counting_from(ledger: "Ledger", pruned: PrunedRange) -> list[str]:
    """The ids of the rules in force that count from an event of a range.

    What they concern and what is kept no longer becomes due by those events: whoever prunes should
    have carried the rules out first.
    """
    return [
        rule.rule_id
        for rule in rules_at(ledger, ledger.clock())
        if rule.trigger_kinds and _has_any(ledger, rule.trigger_kinds, pruned)
    ]


def record_decision(
    ledger: "Ledger",
    pruned: PrunedRange,
    *,
    exported_as: str,
    manifest_sha256: bytes,
    decided_by: str,
    reason: str | None,
) -> Receipt:
    """Records that a range is to be removed; durable on return, and nothing is removed yet.

    Args:
        ledger: The log.
        pruned: Which records.
        exported_as: The name of the export, for people.
        manifest_sha256: Of its manifest, 32 bytes.
        decided_by: `person:…`
        reason: In their own words.
    """
    root = root_from_tiles(pruned.stop, TileTable(ledger.log).fetch)
    event = LogRetentionExecuted(
        occurred_at=ledger.clock(),
        system=PRUNINGS,
        actor=decided_by,
        actor_kind="person",
        rule_id=RULE,
        minimum_index=pruned.stop,
        root_sha256=root.hex(),
        manifest_sha256=manifest_sha256.hex(),
        decided_by=decided_by,
        reason=reason,
    )
    (receipt,) = ledger.record_own_many(
        [event],
        also=lambda connection, outcomes: note_pruning(
            connection,
            ledger.log.log_id,
            StoredPruning(pruned.stop, outcomes[0].index, manifest_sha256, exported_as),
        ),
    )
    return receipt


def undone(log: "SealedLog") -> StoredPruning | None:
    """The newest decision, if records are left that it removes."""
    newest = next(iter(reversed(log.pruned.prunings())), None)
    if newest is None or newest.minimum <= log.beginning().frontier.size:
        return None
    return newest


def is_covered(log: "SealedLog", pruning: StoredPruning, terms: Iterable[KeyTerm]) -> bool:
    """Whether the newest checkpoint signs the record of a decision.

    Raises:
        VerificationError: record, tiles and checkpoint do not fit together.
    """
    checkpoint = newest_checkpoint(log, terms)
    if checkpoint is None or checkpoint.size <= pruning.recorded_index:
        return False
    fetch = TileTable(log).fetch
    found = root_from_tiles(checkpoint.size, fetch)
    if found != checkpoint.root:
        raise wrong_tiles(checkpoint, found)
    record = log.record_at(pruning.recorded_index)
    sealed = None if record is None else record.sealed
    roots = {pruning.minimum: root_from_tiles(pruning.minimum, fetch)}
    fault = decision_fault(pruning, sealed, roots)
    if fault is not None or sealed is None:
        raise VerificationError("MODIFIED", pruning.recorded_index, f"{fault}; nothing was removed")
    index = pruning.recorded_index
    proof = inclusion_from_tiles(index, checkpoint.size, fetch)
    verify_inclusion(leaf_hash(sealed), index, checkpoint.size, proof, checkpoint.root)
    return True


def carry_out(
    ledger: "Ledger",
    pruning: StoredPruning,
    terms: Iterable[KeyTerm],
    progress: Callable[[int], None] | None = None,
) -> int:
    """Removes what a signed decision names; how many records went. Repeatable after a crash.

    Args:
        ledger: The log.
        pruning: The decision.
        terms: The keys of the log.
        progress: Told how many records are gone so far.

    Raises:
        StoreUnavailable: no checkpoint covers the decision yet; nothing was removed.
        LegalHoldStands: a hold was placed since.
        BadRequest: something in the range is needed again.
        VerificationError: record, tiles and checkpoint do not fit together.
    """
    first = ledger.log.beginning().frontier.size
    pruned = PrunedRange(first, pruning.minimum)
    if not is_covered(ledger.log, pruning, terms):
        raise StoreUnavailable(
            f"record {pruning.recorded_index}, the decision to prune: expected a checkpoint over "
            "it, found none; `zegel seal` makes one, then `zegel prune` goes on"
        )
    require_prunable(ledger, pruned)
    require_no_disclosures(ledger, pruned)
    for minimum in steps_to(first, pruning.minimum):
        raise_minimum(ledger.log, minimum, _LONE_KINDS)
        if progress is not None:
            progress(minimum - first)
    return pruning.minimum - first


def _refuse_held(ledger: "Ledger", pruned: PrunedRange) -> None:
    holds = [each for each in holds_at(ledger, ledger.clock()) if each.state in _BINDING]
    binding = [each for each in holds if each.covers_everything]
    if holds and not binding:
        binding = _covering(ledger, pruned, holds)
    if binding:
        raise LegalHoldStands(f"records {pruned.first} to {pruned.stop - 1}", binding)


def _covering(ledger: "Ledger", pruned: PrunedRange, holds: list["Hold"]) -> list["Hold"]:
    """The holds that cover any record of a range."""
    found: dict[int, Hold] = {}
    for page in pages(ledger.log.scan(pruned.first, pruned.stop), PAGE_RECORDS):
        disclosures = ledger.log.disclosures_of([row.index for row in page])
        for row in page:
            people = {each.subject_id for each in disclosures.get(row.index, ())}
            found |= {hold.index: hold for hold in holds if hold.covers(row, people)}
    return list(found.values())


def _refuse_rules(ledger: "Ledger", pruned: PrunedRange) -> None:
    in_force = {rule.index for rule in rules_at(ledger, ledger.clock())}
    rows = ledger.log.find(RecordQuery(kinds={_RULE_SET}, start=pruned.first, stop=pruned.stop))
    needed = [
        row.index
        for row in rows
        if row.index in in_force or not _has_successor(ledger, row.stream, row.version)
    ]
    _refuse(
        needed, pruned, "a retention rule that is in force", "set it again: zegel retention set"
    )


def _has_any(ledger: "Ledger", kinds: Iterable[str], pruned: PrunedRange) -> bool:
    wanted = RecordQuery(kinds=set(kinds), start=pruned.first, stop=pruned.stop, limit=1)
    return any(True for _ in ledger.log.find(wanted))


def _has_successor(ledger: "Ledger", stream: UUID, version: int) -> bool:
    return any(True for _ in ledger.log.scan_stream(stream, after=version, limit=1))


def _refuse_roles(ledger: "Ledger", pruned: PrunedRange) -> None:
    now, grants = ledger.clock(), role_grants(ledger)
    needed = []
    for grant in grants:
        if grant.index < pruned.stop:
            again = [
                other.open_ended(now)
                for other in grants
                if other.index >= pruned.stop and other.grantee == grant.grantee
            ]
            if grant.open_ended(now) - frozenset().union(*again):
                needed.append(grant.index)
    _refuse(needed, pruned, "a role that somebody has", "give it again: zegel role grant")


def _refuse(needed: Sequence[int], pruned: PrunedRange, what: str, remedy: str) -> None:
    if needed:
        named = ", ".join(map(str, needed[:_NAMED])) + (" …" if len(needed) > _NAMED else "")
        raise BadRequest(
            f"records {pruned.first} to {pruned.stop - 1}: expected nothing that still holds, "
            f"found {what} (record {named}); {remedy}; nothing was removed"
        )
