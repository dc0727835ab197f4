"""Signed notes: the published example, and everything that is no note."""

from hashlib import sha256
from typing import Final

import pytest

from ledger.errors import FormatError
from ledger.notes.signed_note import (
    MAX_NOTE_BYTES,
    MAX_SIGNATURES,
    NoteSignature,
    UnverifiedNote,
    decode_note,
    decode_signature_lines,
    encode_note,
    encode_signature_line,
    is_key_name,
)
from tests.published_notes import COSIGNED, NOTE, NOTE_SHA256

DASH: Final = b"\xe2\x80\x94"
LINE: Final = DASH + b" a.example AAAAAAA=\n"
SIGNATURE: Final = NoteSignature("a.example", bytes(4), bytes(1))
# What a post-quantum signature takes at most.
LONGEST_SIGNATURE: Final = 5_000


def test_the_published_note_reads_as_published() -> None:
    """Notes that everybody else reads would be refused, or understood otherwise."""
    assert sha256(NOTE).hexdigest() == NOTE_SHA256
    note = decode_note(NOTE)
    assert note.text.startswith("If you think")
    assert note.text.endswith("problem is.\n")
    (signature,) = note.signatures
    assert (signature.name, signature.key_id.hex()) == ("PeterNeumann", "c74f20a3")
    assert len(signature.signature) == 64


@pytest.mark.parametrize("raw", [NOTE, COSIGNED, b"\n\n" + LINE, b"a\n\nb\n\n\n" + LINE + LINE])
def test_a_note_is_written_as_it_was_read(raw: bytes) -> None:
    """A note that was stored and given on would be another one."""
    assert encode_note(decode_note(raw)) == raw


def test_the_last_empty_line_ends_the_text() -> None:
    """A forger could move the end of the text to an empty line inside it."""
    inner = b"a\n\n" + LINE + b"b\n"
    note = decode_note(inner + b"\n" + LINE)
    assert note.text.encode() == inner
    assert note.signatures == (SIGNATURE,)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "an empty line above"),
        (b"a\n", "an empty line above"),
        (b"\n" + LINE, "an empty line above"),
        (b"a\n\n", "1 to 64 signatures, found 0"),
        (b"a\n\n" + LINE + b"\n", "1 to 64 signatures, found 0"),
        (b"a\n\n" + LINE[:-1], "a newline at the end"),
        (b"a\n\n" + LINE + b"b\n", "an em dash"),
        (b"a\n\n- a.example AAAAAAA=\n", "an em dash"),
        (b"a\n\n" + DASH + b"a.example AAAAAAA=\n", "an em dash"),
        (b"a\n\n" + DASH + b" a.example\n", "an em dash"),
        (b"a\n\n" + DASH + b"  AAAAAAA=\n", "a key name"),
        (b"a\n\n" + DASH + b" a+b AAAAAAA=\n", "a key name"),
        (b"a\n\n" + DASH + b" a\xc2\xa0b AAAAAAA=\n", "a key name"),
        (b"a\n\n" + DASH + b" a b AAAAAAA=\n", "base64"),
        (b"a\n\n" + DASH + b" a AAAAAAA\n", "base64"),
        (b"a\n\n" + DASH + b" a AAAAAAB=\n", "canonical base64"),
        (b"a\n\n" + DASH + b" a AAAAAAA= \n", "base64"),
        (b"a\n\n" + DASH + b" a AAAAAA==\n", "more than 4 bytes, found 4"),
        (b"a\n\n" + DASH + b" a \n", "more than 4 bytes, found 0"),
        (b"a\r\n\n" + LINE, "no control character"),
        (b"a\x00\n\n" + LINE, "no control character"),
        (b"a\xff\n\n" + LINE, "byte 1: expected UTF-8, found 0xff"),
        (b"\xed\xa0\x80\n\n" + LINE, "UTF-8"),
    ],
)
def test_what_is_no_note_is_refused(raw: bytes, message: str) -> None:
    """Something malformed would be read as if somebody had signed it."""
    with pytest.raises(FormatError, match=message):
        decode_note(raw)


def test_sixteen_of_the_longest_signatures_are_read() -> None:
    """A note that every verifier must accept would be refused."""
    line = encode_signature_line(NoteSignature("a.example", bytes(4), bytes(LONGEST_SIGNATURE)))
    assert len(decode_note(f"a\n\n{line * 16}".encode()).signatures) == 16


def test_the_limits_are_limits() -> None:
    """Somebody could make a verifier check signatures without end."""
    at_most = b"a\n\n" + LINE * MAX_SIGNATURES
    assert encode_note(decode_note(at_most)) == at_most
    with pytest.raises(FormatError, match="1 to 64 signatures, found 65"):
        decode_note(at_most + LINE)
    with pytest.raises(FormatError, match="1 to 64 signatures, found 65"):
        encode_note(UnverifiedNote("a\n", (SIGNATURE,) * (MAX_SIGNATURES + 1)))
    longest = b"a" * (MAX_NOTE_BYTES - len(LINE) - 2) + b"\n\n" + LINE
    assert encode_note(decode_note(longest)) == longest
    with pytest.raises(FormatError, match="at most 524288 bytes"):
        decode_note(b"a" + longest)
    with pytest.raises(FormatError, match="at most 524288 bytes"):
        encode_note(UnverifiedNote("a" * MAX_NOTE_BYTES + "\n", (SIGNATURE,)))


@pytest.mark.parametrize(
    "note",
    [
        UnverifiedNote("", (SIGNATURE,)),
        UnverifiedNote("a", (SIGNATURE,)),
        UnverifiedNote("a\n", ()),
        UnverifiedNote("a\t\n", (SIGNATURE,)),
        UnverifiedNote("\ud800\n", (SIGNATURE,)),
        UnverifiedNote("a\n", (NoteSignature("", bytes(4), b"a"),)),
        UnverifiedNote("a\n", (NoteSignature("a\nb", bytes(4), b"a"),)),
        UnverifiedNote("a\n", (NoteSignature("\ud800", bytes(4), b"a"),)),
        UnverifiedNote("a\n", (NoteSignature("a", bytes(3), b"a"),)),
        UnverifiedNote("a\n", (NoteSignature("a", bytes(4), b""),)),
    ],
)
def test_what_could_not_be_read_again_is_not_written(note: UnverifiedNote) -> None:
    """We would publish a note that others refuse, or understand otherwise."""
    with pytest.raises(FormatError):
        encode_note(note)


@pytest.mark.parametrize("space", " \t\n\v\f\r\x1c\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000+")
def test_key_names_have_no_spaces_and_no_plus(space: str) -> None:
    """The end of a name could be read in two ways."""
    assert is_key_name("a/b-é")
    assert not is_key_name(f"a{space}b")


def test_signatures_are_added_once_and_below() -> None:
    """A cosignature that is fetched twice would be listed twice, or come before the log's own."""
    other = NoteSignature("b.example", bytes(4), bytes(2))
    note = UnverifiedNote("a\n", (SIGNATURE,))
    assert note.with_signatures((other, SIGNATURE, other)).signatures == (SIGNATURE, other)


def test_the_part_that_one_key_signed_can_be_cut_out() -> None:
    """A time stamp would cover lines that others add later, and fail as soon as they do."""
    other = NoteSignature("b.example", bytes(4), bytes(2))
    same_id = NoteSignature("c.example", bytes(4), bytes(2))
    note = UnverifiedNote("a\n", (other, SIGNATURE, same_id))
    alone = note.signed_by([("a.example", bytes(4)), ("b.example", b"else")])
    assert alone == UnverifiedNote("a\n", (SIGNATURE,))


def test_the_answer_of_a_witness_is_signature_lines() -> None:
    """A cosignature that was obtained could not be added to the checkpoint."""
    assert decode_signature_lines(LINE + LINE) == (SIGNATURE, SIGNATURE)
    assert encode_signature_line(SIGNATURE).encode() == LINE
    for wrong in (b"", b"\n", LINE[:-1], b"a\n\n" + LINE, b"\xff"):
        with pytest.raises(FormatError):
            decode_signature_lines(wrong)
