"""Time-stamp tokens made by OpenSSL, right and wrong ones."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

from ledger.anchors.time_stamps import (
    TimestampTrust,
    read_certificates,
    stamped_bytes,
    time_stamp_request,
    verify_time_stamp,
)
from ledger.errors import BadRequest, StoreUnavailable, VerificationError
from ledger.notes.checkpoint import open_checkpoint
from ledger.notes.signed_note import encode_note
from ledger.units import utc_now
from tests.signed_checkpoints import cosigner_named, signed_checkpoint
from tests.time_stamping import (
    OTHER_POLICY,
    POLICY,
    TIME_STAMPING,
    Certified,
    TimeStamping,
    authority_in,
    certify,
    certify_again,
)

MESSAGE = b"a checkpoint and its signature\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeStamping:
    return authority_in(tmp_path_factory.mktemp("authorities") / "first")


@pytest.fixture(scope="module")
def response(authority: TimeStamping) -> bytes:
    return authority.reply(time_stamp_request(MESSAGE).body)


def trusting(authority: TimeStamping, *policies: str) -> TimestampTrust:
    return TimestampTrust((authority.root.certificate,), policies)


def assert_invalid(
    response: bytes, trust: TimestampTrust, message: bytes = MESSAGE, nonce: int | None = None
) -> str:
    """The message of the refusal."""
    with pytest.raises(VerificationError) as caught:
        verify_time_stamp(response, message, trust, nonce=nonce)
    assert caught.value.verdict == "TIMESTAMP_INVALID"
    return str(caught.value)


def test_a_token_says_when_and_under_which_policy(authority: TimeStamping) -> None:
    """An honest authority's token would not count."""
    before = utc_now().replace(microsecond=0)
    request = time_stamp_request(MESSAGE)
    answer = authority.reply(request.body)
    stamp = verify_time_stamp(answer, MESSAGE, trusting(authority, POLICY), nonce=request.nonce)
    assert before <= stamp.stamped_at <= utc_now()
    assert stamp.policy == POLICY
    assert stamp.serial > 0


def test_openssl_accepts_what_is_kept(authority: TimeStamping, response: bytes) -> None:
    """An auditor with public tools would find our evidence worthless."""
    verify_time_stamp(response, MESSAGE, trusting(authority))
    authority.openssl_verify(response, MESSAGE)


def test_requests_are_never_alike() -> None:
    """An old answer could be passed off as that to a new request."""
    assert time_stamp_request(MESSAGE).nonce != time_stamp_request(MESSAGE).nonce


def test_another_message_is_not_stamped(authority: TimeStamping, response: bytes) -> None:
    """A token could be moved to a forged checkpoint."""
    assert_invalid(response, trusting(authority), message=MESSAGE + b"more")


def test_another_nonce_is_refused(authority: TimeStamping) -> None:
    """A replayed answer would pass for a fresh one."""
    request = time_stamp_request(MESSAGE)
    answer = authority.reply(request.body)
    assert "Nonce" in assert_invalid(answer, trusting(authority), nonce=request.nonce ^ 1)


def test_the_token_of_another_authority_is_refused(tmp_path: Path, response: bytes) -> None:
    """Anybody with an own authority could date our checkpoints."""
    assert_invalid(response, trusting(authority_in(tmp_path / "other")))


def test_an_authority_with_our_names_is_refused(tmp_path: Path, response: bytes) -> None:
    """Trust would hang on names that anybody can write into a certificate."""
    twin = authority_in(tmp_path / "first")
    assert_invalid(response, trusting(twin))


def test_another_policy_is_refused(authority: TimeStamping, response: bytes) -> None:
    """A token issued for trials would count as one of the policy that was bought."""
    assert "policy" in assert_invalid(response, trusting(authority, OTHER_POLICY))


def test_an_answer_without_certificates_is_refused(authority: TimeStamping) -> None:
    """A kept token could never be verified offline."""
    query = bytearray(time_stamp_request(MESSAGE).body)
    assert query.endswith(b"\x01\x01\xff"), "certReq is the last element"
    without = bytes([query[0], query[1] - 3, *query[2:-3]])
    assert "certificate" in assert_invalid(authority.reply(without), trusting(authority))


def test_a_refusal_is_told_with_its_reason(tmp_path: Path) -> None:
    """The operator would search the fault here and not in the request."""
    strict = authority_in(tmp_path / "strict", digests="sha512")
    refusal = strict.reply(time_stamp_request(MESSAGE).body)
    assert "digest algorithm" in assert_invalid(refusal, trusting(strict)).lower()


def test_a_chain_that_ended_since_still_proves(tmp_path: Path) -> None:
    """All evidence would lapse on the day a certificate does."""
    short, answer, ends = _stamped_just_before_the_end(tmp_path)
    while utc_now() <= ends:
        time.sleep(0.05)
    assert verify_time_stamp(answer, MESSAGE, trusting(short)).stamped_at <= ends


def _stamped_just_before_the_end(folder: Path) -> tuple[TimeStamping, bytes, datetime]:
    """An authority, its answer and the end of its certificate: soon, on a fast machine."""
    for seconds in (2, 4, 8, 16):
        ends = utc_now() + timedelta(seconds=seconds)
        short = authority_in(
            folder / f"{seconds}",
            service=partial(_ending, ends),
        )
        answer = short.reply(time_stamp_request(MESSAGE).body)
        if utc_now() < ends - timedelta(seconds=1):  # a certificate ends on a whole second
            return short, answer, ends
    pytest.fail("the machine takes more than 15 seconds for one token")


def _ending(ends: datetime, root: Certified) -> Certified:
    return certify("tsa", root, usages=TIME_STAMPING, valid_until=ends)


@pytest.mark.parametrize(("from_days", "until_days"), [(-9, -1), (1, 9)])
def test_a_token_outside_the_validity_is_refused(
    tmp_path: Path, from_days: int, until_days: int
) -> None:
    """A key that was retired and then leaked could still stamp."""
    now = utc_now()
    ended = authority_in(
        tmp_path / "ended",
        service=lambda root: certify(
            "tsa",
            root,
            usages=TIME_STAMPING,
            valid_from=now + timedelta(days=from_days),
            valid_until=now + timedelta(days=until_days),
        ),
    )
    assert_invalid(ended.reply(time_stamp_request(MESSAGE).body), trusting(ended))


def _uncritical(root: Certified) -> Certified:
    return certify("tsa", root, usages=TIME_STAMPING, critical=False)


def _for_servers_too(root: Certified) -> Certified:
    return certify("tsa", root, usages=(*TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH))


def _for_anything(root: Certified) -> Certified:
    return certify("tsa", root)


def _for_servers(root: Certified) -> Certified:
    return certify("tsa", root, usages=(ExtendedKeyUsageOID.SERVER_AUTH,))


@pytest.mark.parametrize("make", [_uncritical, _for_servers_too, _for_servers, _for_anything])
def test_a_certificate_for_more_than_stamps_is_refused(
    authority: TimeStamping, response: bytes, make: Callable[[Certified], Certified]
) -> None:
    """Any certificate of the same root, such as that of a web server, could stamp."""
    honest = authority.signed_by(response, authority.service, "-cades")
    verify_time_stamp(honest, MESSAGE, trusting(authority))
    forged = authority.signed_by(response, make(authority.root), "-cades")
    assert "usage" in assert_invalid(forged, trusting(authority))


def test_a_token_that_does_not_name_its_certificate_is_refused(
    authority: TimeStamping, response: bytes
) -> None:
    """Another certificate over the same key could take the place of the one that signed."""
    unbound = authority.signed_by(response, authority.service)
    assert "certificate of its signer" in assert_invalid(unbound, trusting(authority))


def test_the_older_ess_attribute_is_read_too(tmp_path: Path) -> None:
    """Authorities that still name their certificate by SHA-1 would be unusable."""
    older = authority_in(tmp_path / "older", ess_digest="sha1")
    answer = older.reply(time_stamp_request(MESSAGE).body)
    verify_time_stamp(answer, MESSAGE, trusting(older))


def test_signed_bytes_that_are_no_time_stamp_are_refused(
    authority: TimeStamping, response: bytes
) -> None:
    """Anything else that the authority ever signed could be read as a token."""
    data = "1.2.840.113549.1.7.1"
    other = authority.signed_by(response, authority.service, "-cades", content_type=data)
    assert "other content" in assert_invalid(other, trusting(authority))


def test_another_digest_than_asked_is_refused(tmp_path: Path) -> None:
    """The answer to another request than ours would pass."""
    wide = authority_in(tmp_path / "wide", digests="sha256, sha512")
    query = TimestampRequestBuilder().data(MESSAGE).hash_algorithm(HashAlgorithm.SHA512).build()
    answer = wide.reply(query.as_bytes())
    assert "another imprint" in assert_invalid(answer, trusting(wide))


def test_the_attribute_of_another_certificate_is_refused(
    authority: TimeStamping, response: bytes
) -> None:
    """A certificate that the root never meant for this token could stand in for the signer's."""
    signed = authority.service.certificate
    twin = certify_again(signed, authority)
    assert len(twin) == len(signed.public_bytes(Encoding.DER))
    swapped = response.replace(signed.public_bytes(Encoding.DER), twin)
    assert swapped != response
    assert "certificate of its signer" in assert_invalid(swapped, trusting(authority))


def test_certificates_in_any_order_are_accepted(tmp_path: Path) -> None:
    """Authorities that send their chain from leaf to root would be unusable."""
    # The shorter one comes first in DER, and OpenSSL sends the service's first.
    for name in ("x", "x" * 60):
        root = certify(name)
        made = TimeStamping(
            tmp_path / name, root, certify("tsa", root, usages=TIME_STAMPING), with_root=True
        ).prepare()
        answer = made.reply(time_stamp_request(MESSAGE).body)
        verify_time_stamp(answer, MESSAGE, trusting(made))
        made.openssl_verify(answer, MESSAGE)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    """A hostile server could crash the program with a traceback."""
    with pytest.raises(VerificationError):
        verify_time_stamp(data, MESSAGE, TimestampTrust((certify("root").certificate,)))


def test_truncated_and_changed_answers_prove_nothing_else(
    authority: TimeStamping, response: bytes
) -> None:
    """A changed token would pass and say another time, or crash the program."""
    trust = trusting(authority)
    told = verify_time_stamp(response, MESSAGE, trust)
    random = Random(7)
    for length in range(0, len(response), 7):
        assert_invalid(response[:length], trust)
    for _ in range(1500):
        changed = bytearray(response)
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        try:
            again = verify_time_stamp(bytes(changed), MESSAGE, trust)
        except VerificationError as refused:
            assert refused.verdict == "TIMESTAMP_INVALID"  # noqa: PT017 - most are refused, not all
        else:
            assert again == told, "only what the signature does not cover may change"


def test_an_answer_beyond_the_limit_is_refused(authority: TimeStamping, response: bytes) -> None:
    """A hostile server could make the program parse without end."""
    assert "at most" in assert_invalid(response + bytes(70_000), trusting(authority))


def test_the_stamp_covers_the_log_and_not_its_witnesses() -> None:
    """A cosignature that arrives after the token would break it."""
    checkpoint, keys = signed_checkpoint(size=3)
    bare = checkpoint.raw
    assert stamped_bytes(checkpoint) == bare
    witness = cosigner_named("witness.example")
    note = checkpoint.note.with_signatures([witness.cosign(checkpoint.note.text, 1)])
    cosigned = open_checkpoint(encode_note(note), keys, [witness.key])
    assert cosigned.raw != bare
    assert stamped_bytes(cosigned) == bare


def test_the_file_of_roots_is_read_or_refused(tmp_path: Path, authority: TimeStamping) -> None:
    """A wrong setting would surface as a broken token."""
    assert read_certificates(authority.root_file) == (authority.root.certificate,)
    (tmp_path / "empty.pem").write_bytes(b"nothing")
    with pytest.raises(BadRequest, match=r"empty\.pem"):
        read_certificates(tmp_path / "empty.pem")
    with pytest.raises(StoreUnavailable, match=r"absent\.pem"):
        read_certificates(tmp_path / "absent.pem")


def test_trust_without_a_root_is_refused(authority: TimeStamping, response: bytes) -> None:
    """A leaf given as trust would look as if it had been checked up to a root."""
    with pytest.raises(BadRequest, match="root"):
        verify_time_stamp(response, MESSAGE, TimestampTrust((authority.service.certificate,)))
