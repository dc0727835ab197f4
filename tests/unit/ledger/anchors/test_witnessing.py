"""The witness client against a witness over HTTP, and against answers no witness should give."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchors.http_exchange import HttpAnswer, post
from ledger.anchors.witnessing import Growth, Witness, cosign
from ledger.errors import (
    AuthorityRefused,
    AuthorityUnavailable,
    VerificationError,
    ZegelError,
)
from ledger.merkle import Frontier
from ledger.notes.checkpoint import VerifiedCheckpoint, open_checkpoint
from ledger.notes.signed_note import encode_note, encode_signature_line
from ledger.proofs import build_consistency
from ledger.units import Hash32, Size
from tests.loopback_server import serving
from tests.signed_checkpoints import cosigner_named, leaves, signed_checkpoint, signer_named
from tests.witnessing import TestWitness, WitnessState

NAME = "witness.example/one"


@pytest.fixture
def witness(tmp_path: Path) -> TestWitness:
    return TestWitness(
        cosigner_named(NAME), WitnessState(tmp_path / "state.json"), [signer_named().key]
    )


@pytest.fixture
def address(witness: TestWitness) -> Iterator[Witness]:
    with serving(witness.respond) as url:
        yield Witness(witness.cosigner.key, url)


def growth_to(size: int, history: str = "ours") -> Callable[[Size], Growth]:
    """Our own proofs up to this size."""

    def consistency(old: Size) -> Growth:
        hashes = leaves(size, history)
        root = Frontier.empty().extended(hashes[:old]).root()
        return Growth(root, build_consistency(hashes, old))

    return consistency


def asked(
    witness: Witness, size: int, history: str = "ours", known_size: int = 0
) -> VerifiedCheckpoint:
    """The checkpoint of this size with the line that the witness gave."""
    checkpoint, keys = signed_checkpoint(size, history)
    found = cosign(
        witness, checkpoint, growth_to(size, history), post(), known_size=Size(known_size)
    )
    note = checkpoint.note.with_signatures([found.line])
    return open_checkpoint(encode_note(note), keys, [witness.key])


def answering(status: int, body: bytes = b"", content_type: str = "") -> Callable[..., HttpAnswer]:
    """A witness that always says this."""
    return lambda *_: HttpAnswer(status, content_type, body)


def cosigned_by(answer: Callable[..., HttpAnswer], known_size: int = 0, size: int = 5) -> str:
    """Asks a witness that answers like this; gives the class of what was raised."""
    checkpoint, _ = signed_checkpoint(size)
    witness = Witness(cosigner_named(NAME).key, "http://witness.invalid")
    with pytest.raises(ZegelError) as caught:
        cosign(witness, checkpoint, growth_to(size), answer, known_size=Size(known_size))
    if isinstance(caught.value, VerificationError):
        return caught.value.verdict
    return type(caught.value).__name__


def test_a_new_checkpoint_is_cosigned(address: Witness) -> None:
    """The log would have no witness at all."""
    (cosignature,) = asked(address, 7).cosignatures
    assert cosignature.key == address.key
    assert cosignature.timestamp_s


def test_growth_is_proven_from_where_the_witness_is(address: Witness, witness: TestWitness) -> None:
    """A client that lost its memory could never be cosigned again."""
    asked(address, 7)
    asked(address, 300)
    assert [one.old for one in witness.requests] == [0, 0, 7]
    assert [len(one.proof) > 0 for one in witness.requests] == [False, False, True]


def test_a_known_size_saves_a_request(address: Witness, witness: TestWitness) -> None:
    """Each anchoring would ask every witness twice."""
    asked(address, 7)
    asked(address, 9, known_size=7)
    assert [one.old for one in witness.requests] == [0, 7]


def test_the_same_checkpoint_may_be_cosigned_again(address: Witness) -> None:
    """An idle log could not show that nothing was added."""
    asked(address, 7)
    assert asked(address, 7).cosignatures
    assert asked(address, 7, known_size=7).cosignatures


def test_the_empty_log_can_be_cosigned(address: Witness) -> None:
    """A log could not show that it started empty."""
    assert asked(address, 0).cosignatures


@pytest.mark.parametrize("size", [7, 12])
def test_another_history_is_a_fork(address: Witness, size: int) -> None:
    """Two histories of one log would both go on."""
    asked(address, 7)
    for known_size in (0, 7):
        with pytest.raises(VerificationError) as caught:
            asked(address, size, "theirs", known_size)
        assert caught.value.verdict == "FORK"


def test_a_checkpoint_older_than_the_witness_knows_is_rolled_back(address: Witness) -> None:
    """A restored backup would go unnoticed."""
    asked(address, 9)
    with pytest.raises(VerificationError) as caught:
        asked(address, 7)
    assert caught.value.verdict == "ROLLED_BACK"


def test_a_store_that_does_not_lead_to_the_checkpoint_is_found_here(
    address: Witness, witness: TestWitness
) -> None:
    """The witness would be accused of what is wrong with our own store."""
    asked(address, 7)
    checkpoint, _ = signed_checkpoint(12)
    with pytest.raises(VerificationError) as caught:
        cosign(address, checkpoint, growth_to(12, "theirs"), post())
    assert caught.value.verdict == "FORK"
    assert "consistency proof" in str(caught.value)
    assert [one.old for one in witness.requests] == [0, 0], "no wrong proof was sent"


def test_a_wrong_proof_is_refused_by_the_witness(address: Witness, witness: TestWitness) -> None:
    """The witness of the tests would accept everything, and show nothing."""
    asked(address, 7)
    checkpoint, _ = signed_checkpoint(12)
    body = b"old 7\n" + b"A" * 43 + b"=\n\n" + checkpoint.raw
    assert post()(f"{address.url}/add-checkpoint", "text/plain", body).status == 422
    assert witness.state.read()[checkpoint.origin][0] == 7


def test_the_witness_remembers_after_a_restart(address: Witness, witness: TestWitness) -> None:
    """A witness that forgets would cosign a fork after each restart."""
    asked(address, 7)
    again = TestWitness(witness.cosigner, witness.state, witness.log_keys)
    with serving(again.respond) as url, pytest.raises(VerificationError):
        asked(Witness(address.key, url), 7, "theirs")


def test_only_one_side_of_a_fork_is_ever_cosigned(address: Witness, witness: TestWitness) -> None:
    """Requests that overlap could make a witness sign both histories."""

    def outcome(history: str) -> str:
        try:
            return asked(address, 7, history).root.hex()
        except VerificationError as error:
            return error.verdict

    with ThreadPoolExecutor() as pool:
        outcomes = list(pool.map(outcome, ["ours", "theirs"] * 8))
    roots = {one for one in outcomes if one != "FORK"}
    assert len(roots) == 1
    assert outcomes.count("FORK") == 8
    (_, kept) = witness.state.read()["example.nl/log"]
    assert roots == {kept.hex()}


def test_an_unknown_origin_needs_a_person(address: Witness) -> None:
    """The client would ask for ever."""
    checkpoint, _ = signed_checkpoint(3, origin="example.nl/another")
    with pytest.raises(AuthorityRefused, match="origin"):
        cosign(address, checkpoint, growth_to(3), post())


def test_an_untrusted_key_needs_a_person(address: Witness, witness: TestWitness) -> None:
    """The client would ask for ever."""
    other = signer_named("example.nl/another").key
    witness.log_keys = [replace(other, name=signer_named().name)]
    with pytest.raises(AuthorityRefused, match="trusts none"):
        asked(address, 3)


def test_lines_of_others_are_ignored() -> None:
    """A witness that passes on a colleague's cosignature would be unusable."""
    checkpoint, _ = signed_checkpoint(5)
    lines = [
        encode_signature_line(cosigner_named(name).cosign(checkpoint.note.text, 1_800_000_000))
        for name in ("stranger.example", NAME)
    ]
    witness = Witness(cosigner_named(NAME).key, "http://witness.invalid")
    for order in (lines, lines[::-1]):
        answer = answering(200, "".join(order).encode())
        found = cosign(witness, checkpoint, growth_to(5), answer)
        assert found.line.name == NAME


def test_only_lines_of_others_are_no_cosignature() -> None:
    """Anybody's word would count as that of the witness."""
    checkpoint, _ = signed_checkpoint(5)
    line = cosigner_named("stranger.example").cosign(checkpoint.note.text, 1)
    assert cosigned_by(answering(200, encode_signature_line(line).encode())) == "UNKNOWN_KEY"


def test_a_cosignature_of_another_checkpoint_is_refused() -> None:
    """A witness could say that it saw what it did not."""
    other, _ = signed_checkpoint(4)
    line = cosigner_named(NAME).cosign(other.note.text, 1)
    assert cosigned_by(answering(200, encode_signature_line(line).encode())) == "BAD_SIGNATURE"


@pytest.mark.parametrize(
    ("known_size", "status", "body", "content_type", "outcome"),
    [
        (5, 409, b"5\n", "text/x.tlog.size", "FORK"),
        (5, 409, b"", "", "FORK"),
        (5, 422, b"", "", "FORK"),
        (3, 422, b"", "", "FORK"),
        (0, 422, b"", "", "AuthorityRefused"),
        (3, 409, b"3\n", "text/x.tlog.size", "AuthorityUnavailable"),
        (0, 409, b"", "", "AuthorityUnavailable"),
        (0, 409, b"3\n", "text/html", "AuthorityUnavailable"),
        (0, 409, b"03\n", "text/x.tlog.size", "AuthorityUnavailable"),
        (0, 409, b"3", "text/x.tlog.size", "AuthorityUnavailable"),
        (0, 409, b"\xff\n", "text/x.tlog.size", "AuthorityUnavailable"),
        (0, 409, b"9" * 40 + b"\n", "text/x.tlog.size", "AuthorityUnavailable"),
        (0, 409, b"6\n", "text/x.tlog.size", "ROLLED_BACK"),
        (0, 400, b"", "", "AuthorityRefused"),
        (0, 403, b"", "", "AuthorityRefused"),
        (0, 404, b"", "", "AuthorityRefused"),
        (0, 200, b"", "", "AuthorityUnavailable"),
        (0, 200, b"thank you\n", "", "AuthorityUnavailable"),
        (0, 302, b"", "", "AuthorityUnavailable"),
        (0, 429, b"", "", "AuthorityUnavailable"),
        (0, 503, b"\x1b[2J", "", "AuthorityUnavailable"),
    ],
)
def test_each_answer_has_its_meaning(
    known_size: int, status: int, body: bytes, content_type: str, outcome: str
) -> None:
    """A fork would be retried for ever, or a busy server be called a fork."""
    assert cosigned_by(answering(status, body, content_type), known_size) == outcome


def test_a_size_that_keeps_changing_ends() -> None:
    """A hostile witness could keep the client asking without end."""
    sizes = iter(range(1, 1000))

    def moving(*_: object) -> HttpAnswer:
        return HttpAnswer(409, "text/x.tlog.size", b"%d\n" % (next(sizes) % 4 + 1))

    assert cosigned_by(moving) == "AuthorityUnavailable"
    assert next(sizes) < 10


@given(
    st.sampled_from([200, 409, 422, 500]),
    st.binary(max_size=200),
    st.sampled_from(["", "text/plain", "text/x.tlog.size"]),
    st.sampled_from([0, 3, 5]),
)
def test_no_answer_breaks_the_client(
    status: int, body: bytes, content_type: str, known_size: int
) -> None:
    """A hostile witness could crash the program with a traceback."""
    assert cosigned_by(answering(status, body, content_type), known_size)


@given(st.integers(1, 40), st.integers(0, 40))
def test_the_request_says_what_the_witness_needs(old: int, more: int) -> None:
    """Witnesses of others would not read our requests."""
    size = old + more
    checkpoint, _ = signed_checkpoint(size)
    bodies: list[bytes] = []

    def remember(_url: str, _content_type: str, body: bytes) -> HttpAnswer:
        bodies.append(body)
        return HttpAnswer(500, "", b"")

    witness = Witness(cosigner_named(NAME).key, "http://witness.invalid/")
    with pytest.raises(AuthorityUnavailable):
        cosign(witness, checkpoint, growth_to(size), remember, known_size=Size(old))
    head, _, note = bodies[0].partition(b"\n\n")
    assert head.split(b"\n")[0] == b"old %d" % old
    assert note == checkpoint.raw


def test_a_request_has_no_more_hashes_than_allowed() -> None:
    """A witness would refuse the request for its form."""
    checkpoint, _ = signed_checkpoint(5)
    long = Growth(Hash32(bytes(32)), [Hash32(bytes(32))] * 64)
    witness = Witness(cosigner_named(NAME).key, "http://witness.invalid")
    with pytest.raises(VerificationError):
        cosign(witness, checkpoint, lambda _: long, answering(200), known_size=Size(3))
