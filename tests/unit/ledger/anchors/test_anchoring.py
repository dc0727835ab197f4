"""One checkpoint taken to time-stamp authorities and witnesses, over HTTP."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509

from ledger.anchors.anchor import Anchor, anchored_event, cosigned_note
from ledger.anchors.anchoring import AnchoringReport, anchor_checkpoint, require_quorum
from ledger.anchors.backoff import Backoff
from ledger.anchors.http_exchange import HttpAnswer, post
from ledger.anchors.parties import Party, TimestampAuthority, stamping_party, witnessing_party
from ledger.anchors.time_stamps import TimestampTrust, stamped_bytes, verify_time_stamp
from ledger.anchors.witnessing import Growth, Witness
from ledger.errors import AuthorityRefused, AuthorityUnavailable, VerificationError
from ledger.events import complete_event, decode_event, encode_event
from ledger.merkle import Frontier
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from ledger.notes.signed_note import encode_note, encode_signature_line
from ledger.proofs import build_consistency
from ledger.units import Size, utc_now
from tests.anchor_memory import AnchorMemory
from tests.loopback_server import Answer, Request, serving
from tests.signed_checkpoints import cosigner_named, leaves, signed_checkpoint, signer_named
from tests.time_stamping import TimeStamping, authority_in
from tests.witnessing import TestWitness, WitnessState

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
EVENT_ID = UUID(int=7 << 76 | 2 << 62)
WITNESSES = ("one.example", "two.example", "three.example")


@dataclass
class Surroundings:
    """Two authorities and three witnesses that run."""

    authorities: list[TimeStamping]
    witnesses: list[TestWitness]
    parties: list[Party]
    history: str = "ours"
    size: int = 0
    pauses: list[float] = field(default_factory=list)

    def anchor(
        self,
        size: int,
        store: AnchorMemory,
        parties: Sequence[Party] | None = None,
        renew_before: datetime | None = None,
    ) -> AnchoringReport:
        """Anchors the checkpoint of this size, without real waiting."""
        self.size = size
        checkpoint, _ = signed_checkpoint(size, self.history)
        return anchor_checkpoint(
            checkpoint,
            self.parties if parties is None else parties,
            store,
            sleep=self.pauses.append,
            fraction=lambda: 0.0,
            backoff=Backoff(attempts=3, first_seconds=1, longest_seconds=9),
            renew_before=renew_before,
        )

    def growth(self, old: Size) -> Growth:
        """Our own proof."""
        hashes = leaves(self.size, self.history)
        root = Frontier.empty().extended(hashes[:old]).root()
        return Growth(root, build_consistency(hashes, old))


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    found = Surroundings([], [], [])
    with contextlib.ExitStack() as stack:
        for name in ("first", "second"):
            authority = authority_in(tmp_path / name)
            url = stack.enter_context(serving(authority.respond))
            trust = TimestampTrust((authority.root.certificate,))
            found.authorities.append(authority)
            found.parties.append(stamping_party(TimestampAuthority(name, url, trust), post()))
        for name in WITNESSES:
            state = WitnessState(tmp_path / f"{name}.json")
            witness = TestWitness(cosigner_named(name), state, [signer_named().key])
            url = stack.enter_context(serving(witness.respond))
            found.witnesses.append(witness)
            address = Witness(witness.cosigner.key, url)
            found.parties.append(witnessing_party(address, found.growth, post()))
        yield found


def policy_of(threshold: int, names: Sequence[str] = WITNESSES) -> Policy:
    """So many of these witnesses must have cosigned."""
    witnesses = tuple(PolicyWitness(n.encode(), cosigner_named(n).key) for n in names)
    members = tuple(one.name for one in witnesses)
    group = PolicyGroup(b"enough", threshold, members)
    return Policy((PolicyLog(signer_named().key),), witnesses, (group,), b"enough")


def test_every_party_gives_its_word(around: Surroundings) -> None:
    """A checkpoint would be anchored less than the operator configured."""
    store = AnchorMemory()
    report = around.anchor(7, store)
    assert [failure.error for failure in report.failures] == []
    assert [(one.kind, one.authority) for one in report.added] == [
        ("rfc3161", "first"),
        ("rfc3161", "second"),
        *(("witness", name) for name in WITNESSES),
    ]
    assert store.kept == list(report.anchors)
    assert around.pauses == []


def test_what_is_kept_can_be_verified_again(around: Surroundings) -> None:
    """The evidence would be worth nothing on the day it is needed."""
    report = around.anchor(7, AnchorMemory())
    message = stamped_bytes(report.checkpoint)
    for authority, anchor in zip(around.authorities, report.anchors, strict=False):
        trust = TimestampTrust((authority.root.certificate,))
        assert verify_time_stamp(anchor.evidence, message, trust).stamped_at == anchor.anchored_at
        authority.openssl_verify(anchor.evidence, message)
    cosigned = require_quorum(policy_of(3), report.checkpoint, report.anchors)
    assert [one.key.name for one in cosigned.cosignatures] == list(WITNESSES)
    # The tokens still fit once the witnesses' lines stand below the note.
    assert stamped_bytes(cosigned) == message


def test_who_anchored_already_is_not_asked_again(around: Surroundings) -> None:
    """Each repetition would ask and pay every authority again."""
    store = AnchorMemory()
    first = around.anchor(7, store)
    again = around.anchor(7, store)
    assert again.earlier == first.added
    assert again.added == ()
    assert len(around.authorities[0].requests) == 1


def test_an_idle_log_is_anchored_anew_when_asked(around: Surroundings) -> None:
    """Nobody could show that nothing was added since."""
    store = AnchorMemory()
    around.anchor(7, store)
    later = utc_now() + timedelta(seconds=1)
    assert len(around.anchor(7, store, renew_before=later).added) == len(around.parties)
    assert around.anchor(7, store, renew_before=NOW - timedelta(days=9999)).added == ()


def test_growth_starts_from_what_each_witness_cosigned(around: Surroundings) -> None:
    """Each anchoring would ask every witness twice."""
    store = AnchorMemory()
    around.anchor(7, store)
    around.anchor(20, store)
    assert [one.old for one in around.witnesses[0].requests] == [0, 7]


def test_a_party_that_is_away_does_not_hold_the_others(around: Surroundings) -> None:
    """One absent witness would leave the log without any anchor."""
    asked: list[int] = []

    def away(*_: object) -> Anchor:
        asked.append(len(around.pauses))
        raise AuthorityUnavailable("away")

    parties = [replace(around.parties[0], ask=away), *around.parties[1:]]
    report = around.anchor(7, AnchorMemory(), parties)
    assert len(report.added) == len(around.parties) - 1
    assert [str(failure.error) for failure in report.failures] == ["away"]
    assert asked == [0, 1, 2]
    assert around.pauses == [1, 2]


def test_a_party_that_comes_back_is_no_failure(around: Surroundings) -> None:
    """A hiccup of the network would be reported as a missing anchor."""
    party = around.parties[2]

    def first_away(checkpoint: VerifiedCheckpoint, known_size: Size) -> Anchor:
        if not around.pauses:
            raise AuthorityUnavailable("away")
        return party.ask(checkpoint, known_size)

    report = around.anchor(7, AnchorMemory(), [replace(party, ask=first_away)])
    assert [one.authority for one in report.added] == [party.name]
    assert report.failures == ()


def test_a_refusal_is_not_asked_again(around: Surroundings) -> None:
    """A party that does not know us would be pestered."""
    for witness in around.witnesses:
        witness.log_keys = []
    report = around.anchor(7, AnchorMemory(), around.parties[2:])
    assert {type(failure.error) for failure in report.failures} == {AuthorityRefused}
    assert around.pauses == []


def test_a_fork_is_a_fault_and_the_others_still_count(around: Surroundings) -> None:
    """Two histories would go on, or one lying witness would stop all anchoring."""
    around.anchor(7, AnchorMemory(), around.parties[2:3])
    around.history = "theirs"
    report = around.anchor(9, AnchorMemory())
    assert [fault.verdict for fault in report.faults] == ["FORK"]
    assert len(report.added) == len(around.parties) - 1
    assert around.pauses == []


def test_a_bad_answer_is_no_fault_of_ours(around: Surroundings) -> None:
    """Any authority could make an operator believe that the history was changed."""
    reply = "application/timestamp-reply"
    with serving(lambda _: Answer(200, b"no token", reply)) as url:
        authority = TimestampAuthority("bad", url, TimestampTrust(()))
        report = around.anchor(7, AnchorMemory(), [stamping_party(authority, post())])
    assert [str(failure.error)[:17] for failure in report.failures] == ["TIMESTAMP_INVALID"]
    assert report.faults == ()


def test_a_witness_ahead_of_an_older_checkpoint_is_left_alone(around: Surroundings) -> None:
    """Anchoring an older checkpoint late would be called a rolled back log."""
    store = AnchorMemory()
    around.anchor(9, store)
    report = around.anchor(7, store)
    assert report.failures == ()
    assert report.added == ()


def test_the_policy_counts_witnesses(around: Surroundings) -> None:
    """Fewer witnesses than the policy asks for would pass, or enough of them would not."""
    report = around.anchor(7, AnchorMemory(), around.parties[2:4])
    require_quorum(policy_of(2), report.checkpoint, report.anchors)
    with pytest.raises(VerificationError, match="2 of 3"):
        require_quorum(policy_of(3), report.checkpoint, report.anchors)


def test_anchors_of_another_size_do_not_count(around: Surroundings) -> None:
    """A cosignature of the past would vouch for what came after it."""
    past = around.anchor(7, AnchorMemory())
    checkpoint, _ = signed_checkpoint(9)
    assert cosigned_note(checkpoint, past.anchors) == checkpoint.note
    with pytest.raises(VerificationError):
        require_quorum(policy_of(1), checkpoint, past.anchors)


def test_a_witness_that_cosigned_often_stands_there_once() -> None:
    """A log that is idle for days would have a note beyond its limit of lines."""
    checkpoint, _ = signed_checkpoint(7)
    cosigner = cosigner_named("one.example")
    anchors = [
        Anchor(
            "witness",
            "one.example",
            Size(7),
            encode_signature_line(cosigner.cosign(checkpoint.note.text, time_s)).encode(),
            datetime.fromtimestamp(time_s, UTC),
        )
        for time_s in (200, *range(1, 100))
    ]
    cosigned = require_quorum(policy_of(1), checkpoint, anchors)
    assert [one.timestamp_s for one in cosigned.cosignatures] == [200]


def test_a_changed_kept_cosignature_is_found(around: Surroundings) -> None:
    """Whoever changes the database could make up witnesses."""
    report = around.anchor(7, AnchorMemory())
    other = around.anchor(8, AnchorMemory())
    moved = [replace(one, size=Size(7)) for one in other.anchors]
    with pytest.raises(VerificationError) as caught:
        require_quorum(policy_of(1), report.checkpoint, moved)
    assert caught.value.verdict == "BAD_SIGNATURE"


def test_the_event_says_what_was_anchored(around: Surroundings) -> None:
    """The log itself would not know of its anchors."""
    report = around.anchor(7, AnchorMemory())
    for anchor, party in zip(report.anchors, around.parties, strict=True):
        made = anchored_event(anchor, report.checkpoint, clock=lambda: NOW, url=party.url)
        event = complete_event(made, new_id=lambda: EVENT_ID)
        assert [decode_event(encode_event(event))] == [event]
        assert made.tree_size == 7
        assert made.root_sha256 == report.checkpoint.root.hex()
        assert made.anchored_at == anchor.anchored_at


@pytest.mark.parametrize(
    ("status", "content_type", "expected"),
    [
        (200, "text/html", AuthorityUnavailable),
        (500, "application/timestamp-reply", AuthorityUnavailable),
        (429, "", AuthorityUnavailable),
        (302, "", AuthorityUnavailable),
        (404, "", AuthorityRefused),
        (200, "application/timestamp-reply", VerificationError),
    ],
)
def test_an_authority_without_a_token_is_told_apart(
    status: int, content_type: str, expected: type[Exception]
) -> None:
    """A wrong address would be asked for ever, or a busy authority given up."""
    checkpoint, _ = signed_checkpoint(7)
    authority = TimestampAuthority("name", "http://tsa.invalid", TimestampTrust(()))
    party = stamping_party(authority, lambda *_: HttpAnswer(status, content_type, b"what?"))
    with pytest.raises(expected):
        party.ask(checkpoint, Size(0))


def test_a_replayed_token_is_refused(around: Surroundings) -> None:
    """Whoever sits between us and the authority could answer with an old time."""
    checkpoint, _ = signed_checkpoint(7)
    (old,) = around.anchor(7, AnchorMemory(), around.parties[:1]).added
    root = around.authorities[0].root.certificate

    def replay(_: Request) -> Answer:
        return Answer(200, old.evidence, "application/timestamp-reply")

    with serving(replay) as url:
        party = stamping_party(TimestampAuthority("a", url, _trusting(root)), post())
        with pytest.raises(VerificationError, match="TIMESTAMP_INVALID"):
            party.ask(checkpoint, Size(0))


@pytest.mark.parametrize("timestamp_s", [0, 2**63 - 1])
def test_a_cosignature_without_a_possible_time_is_refused(timestamp_s: int) -> None:
    """A hostile witness could crash the program with a time beyond every calendar."""
    checkpoint, _ = signed_checkpoint(7)
    cosigner = cosigner_named("one.example")
    note = replace(
        checkpoint.note, signatures=(cosigner.cosign(checkpoint.note.text, timestamp_s),)
    )
    line = encode_note(note).rpartition(b"\n\n")[2]
    party = witnessing_party(
        Witness(cosigner.key, "http://witness.invalid"),
        lambda _: Growth(checkpoint.root, ()),
        lambda *_: HttpAnswer(200, "", line),
    )
    with pytest.raises(AuthorityUnavailable, match="time"):
        party.ask(checkpoint, Size(0))


def _trusting(root: x509.Certificate) -> TimestampTrust:
    return TimestampTrust((root,))
