"""What keeps records from being pruned, and what is to be said before they are.

What is read straight from old records must not be lost with them: a standing legal hold, a
retention rule in force and a role that somebody still has keep their records. Pruning is no
erasure: it waits until no personal value of the range is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from ledger.erasure.terms import ErasedPlace
from ledger.errors import BadRequest, LegalHoldStands
from ledger.events import KINDS
from ledger.events.organisation import DpoDesignated, OrganisationFields
from ledger.events.processing_agreements import AgreementFields
from ledger.events.register import ActivityFields
from ledger.events.retention import RetentionRuleSet
from ledger.holds import holds_at
from ledger.opening import PAGE_RECORDS
from ledger.retention.reading import rules_at
from ledger.role_grants import role_grants
from ledger.store.pruning import disclosures_below
from ledger.store.query import RecordQuery
from ledger.store.rows import pages

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.legal_hold import Hold

_RULE_SET: Final = str(RetentionRuleSet.__struct_config__.tag)
_BINDING: Final = frozenset({"standing", "not yet"})
_NAMED: Final = 5
_HOLDING: Final = (ActivityFields, AgreementFields, DpoDesignated, OrganisationFields)
_SAID_DIRECTLY: Final = tuple(kind for kind, event in KINDS.items() if issubclass(event, _HOLDING))
"""Kinds of facts that hold until they are ended and that some answers read from the log itself."""


class PrunedRange(NamedTuple):
    """Which records go: from the present minimum index up to the next one, exclusive."""

    first: int
    stop: int


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
    across = [
        each for each in ledger.log.erasures.requests_since(pruned.stop) if each < pruned.stop
    ]
    if across:
        raise BadRequest(
            f"index {pruned.stop}: expected no erasure across it, found that of record "
            f"{min(across)}, which also erased what was recorded while it ran and must explain it; "
            "a lower index keeps its record; nothing was removed"
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


def warnings(ledger: "Ledger", pruned: PrunedRange) -> Iterator[str]:
    """What whoever prunes should know first, in words: what goes is not forbidden to go.

    A rule that counts from an event of the range makes nothing due by it any more; a fact that
    holds until it is ended is missing from answers that are read from the log itself.
    """
    for rule in rules_at(ledger, ledger.clock()):
        if rule.trigger_kinds and _has_any(ledger, rule.trigger_kinds, pruned):
            yield (
                f"rule {rule.rule_id} counts from events that go: what they made due should be "
                "erased first (zegel retention run)"
            )
    for kind in _SAID_DIRECTLY:
        if _has_any(ledger, [kind], pruned):
            yield f"records of {kind} go: record again what still holds, above the range"


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
                if other.index >= pruned.stop
                and (other.grantee, other.key_id, other.system)
                == (grant.grantee, grant.key_id, grant.system)
            ]
            if grant.open_ended(now) - frozenset().union(*again):
                needed.append(grant.index)
    _refuse(
        needed,
        pruned,
        "a role that somebody has",
        "give it again: zegel role grant, zegel api-key create",
    )


def _refuse(needed: Sequence[int], pruned: PrunedRange, what: str, remedy: str) -> None:
    if needed:
        named = ", ".join(map(str, needed[:_NAMED])) + (" …" if len(needed) > _NAMED else "")
        raise BadRequest(
            f"records {pruned.first} to {pruned.stop - 1}: expected nothing that still holds, "
            f"found {what} (record {named}); {remedy}; nothing was removed"
        )
