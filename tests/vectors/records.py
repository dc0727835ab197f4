"""Cases about sealed records, chains of them, and disclosures. Source: docs/reference/format.md."""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import msgspec

from ledger.body import sealed_body
from ledger.disclosure import disclosure_digest, encode_disclosure
from ledger.record import NO_PREVIOUS, leaf_hash, seal
from tests.vectors.encoding import Case, case

ORIGIN: Final = "log.example/vectors"
_STREAM: Final = "0195e3a0-0000-7000-8000-"


def disclosures(index: int) -> list[bytes]:
    """The two disclosures of one record of the chain."""
    salts = [sha256(f"{index} {name}".encode()).digest()[:16] for name in ("actor", "note")]
    return [
        encode_disclosure(salts[0], "actor", f"person:clerk{index}@example.org"),
        encode_disclosure(salts[1], "note", "Möbius \N{EM DASH} “quoted”"),
    ]


def sealed_record(index: int, previous: bytes, *, origin: str = ORIGIN, minute: int = -1) -> bytes:
    """One record of the chain."""
    public = {
        "kind": "access.used.v1",
        "event_id": f"{_STREAM}{index:012x}",
        "occurred_at": "2026-03-28T23:00:00Z",
        "resource": "customer-file",
    }
    body = sealed_body(public, [disclosure_digest(each) for each in disclosures(index)])
    at = minute if minute >= 0 else index
    recorded_at = f"2026-03-29T{1 + at // 60:02}:{at % 60:02}:00.000000Z"
    stream = f"{_STREAM}{index + 128:012x}"
    return seal(origin, index, previous, recorded_at, stream, 1, "access.used.v1", body)


def chain(size: int) -> list[bytes]:
    """A chain of records from index 0."""
    sealed: list[bytes] = []
    previous: bytes = NO_PREVIOUS
    for index in range(size):
        sealed.append(sealed_record(index, previous))
        previous = leaf_hash(sealed[-1])
    return sealed


_RECORD: Final = chain(2)[1]
_OTHER_FORMS: Final = (
    ("another format line", b"zegel/record/v1", b"zegel/record/v2"),
    ("carriage returns", b"\n", b"\r\n"),
    ("an index with a leading zero", b"\n1\n", b"\n01\n"),
    ("a negative index", b"\n1\n", b"\n-1\n"),
    ("an index of 19 digits", b"\n1\n", b"\n1000000000000000000\n"),
    ("an index in Arabic digits", b"\n1\n", b"\n\xd9\xa1\n"),
    ("a plus sign in the origin", b"log.example", b"log+example"),
    ("a space in the origin", b"log.example", b"log example"),
    ("base64 of the URL alphabet", b"=\n2026", b"_\n2026"),
    ("a previous hash with a space behind", b"=\n2026", b"= \n2026"),
    ("a lower-case t in the instant", b"29T01", b"29t01"),
    ("an instant without its zone", b"000000Z", b"000000"),
    ("an instant with an offset", b"000000Z", b"000000+00:00"),
    ("milliseconds instead of microseconds", b".000000Z", b".000Z"),
    ("a day that February lacks", b"2026-03-29", b"2026-02-29"),
    ("the day after the end of April", b"2026-03-29", b"2026-04-31"),
    ("year 0000", b"2026-03-29", b"0000-03-29"),
    ("hour 24", b"T01:", b"T24:"),
    ("a leap second", b":00.000000Z", b":60.000000Z"),
    ("a stream in capitals", b"0195e3a0", b"0195E3A0"),
    ("a stream without dashes", b"0195e3a0-0000", b"0195e3a00000"),
    ("two spaces before the version", b" 1\n", b"  1\n"),
    ("no version", b" 1\n", b"\n"),
    ("an empty kind", b"\naccess.used.v1\n", b"\n\n"),
    ("a kind beyond ASCII", b"\naccess.used", "\nàccess.used".encode()),
    ("a header line too many", b"zegel/record/v1\n", b"zegel/record/v1\nmore\n"),
    ("no empty line", b"\n\n", b"\n"),
)


def record_cases() -> Iterator[Case]:
    """One good record, every border of its form, and spellings that no writer uses."""
    yield case("record", "valid", "a record", sealed=_RECORD)
    yield case(
        "record",
        "valid",
        "a body that is no JSON",
        sealed=_RECORD[:200].split(b"\n\n")[0] + b"\n\n\xff",
    )
    yield case("record", "valid", "an empty line in the body", sealed=_RECORD + b"\n\n")
    yield case(
        "record", "valid", "the largest index", sealed=_changed(b"\n1\n", b"\n999999999999999999\n")
    )
    yield case(
        "record",
        "valid",
        "29 February of a leap year",
        sealed=_changed(b"2026-03-29", b"2000-02-29"),
    )
    yield case(
        "record", "MODIFIED", "29 February of 1900", sealed=_changed(b"2026-03-29", b"1900-02-29")
    )
    for desc, old, new in _OTHER_FORMS:
        yield case("record", "MODIFIED", desc, sealed=_changed(old, new))
    room = 65_535 - len(_RECORD)
    yield case("record", "MODIFIED", "one byte too long", sealed=_RECORD + bytes(room + 1))
    yield case("record", "MODIFIED", "no bytes", sealed=b"")
    line = _RECORD.split(b"\n")[3]
    # The last letter before the padding carries two unused bits.
    second = line[:-2] + bytes([line[-2] + 1]) + b"="
    yield case("record", "MODIFIED", "a second spelling of the hash", sealed=_changed(line, second))
    for length in (31, 33):
        short = b"A" * (44 - 4 * (length == 31)) + b"=" * (length == 31)
        yield case(
            "record", "MODIFIED", f"a hash near {length} bytes", sealed=_changed(line, short)
        )


def _changed(old: bytes, new: bytes) -> bytes:
    assert old in _RECORD
    return _RECORD.replace(old, new, 1)


def chain_cases() -> Iterator[Case]:
    """Chains that hold, and chains in which one thing was done."""
    good = chain(5)
    for size in (1, 2, 5):
        yield _chain("valid", f"a chain of {size}", chain(size))
    yield _chain(
        "MODIFIED",
        "a body changed",
        [*good[:2], good[2].replace(b"customer", b"customes"), *good[3:]],
    )
    yield _chain(
        "MODIFIED",
        "a recorded time changed",
        [*good[:2], good[2].replace(b"T01", b"T02"), *good[3:]],
    )
    yield _chain("REORDERED", "two records swapped", [good[0], good[2], good[1], *good[3:]])
    yield _chain("REORDERED", "the first record gone", good[1:])
    yield _chain("REORDERED", "a record twice", [*good[:3], good[2], *good[3:]])
    yield _chain("MODIFIED", "another log", good, origin="log.example/other")
    stranger = sealed_record(2, leaf_hash(good[1]), origin="log.example/other")
    yield _chain("MODIFIED", "one record of another log", [*good[:2], stranger])
    late = sealed_record(1, leaf_hash(good[0]), minute=5)
    yield _chain("MODIFIED", "time goes back", [good[0], late, sealed_record(2, leaf_hash(late))])
    yield _chain(
        "MODIFIED", "a first record with a previous hash", [sealed_record(0, bytes(31) + b"\1")]
    )


def _chain(want: str, desc: str, sealed: list[bytes], origin: str = ORIGIN) -> Case:
    return case("chain", want, desc, origin=origin, sealed=sealed)


def disclosure_cases() -> Iterator[Case]:
    """Disclosures that open digests, and texts that do not."""
    actor, note = disclosures(1)
    digests = sorted(disclosure_digest(each) for each in (actor, note))

    def opened(want: str, desc: str, *texts: bytes, sealed: list[str] = digests) -> Case:
        shown = [text.decode() for text in texts]
        return case("disclosures", want, desc, digests=sealed, disclosures=shown)

    wrong = "DISCLOSURE_MISMATCH"
    yield opened("valid", "both fields", actor, note)
    yield opened("valid", "one field, the other stays closed", note)
    yield opened("valid", "none")
    published = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    sealed = ["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"]
    yield opened(
        "valid", "the example of RFC 9901 section 4.2.1", published.encode(), sealed=sealed
    )
    yield opened(wrong, "a disclosure of another record", disclosures(2)[0])
    yield opened(wrong, "the same disclosure twice", actor, actor)
    yield opened(wrong, "no digest is sealed", actor, sealed=[])
    value = actor[:-4] + (b"AAAA" if actor[-4:] != b"AAAA" else b"BBBB")
    yield opened(wrong, "its end changed", value)
    yield opened(wrong, "padding", actor + b"=")
    yield opened(wrong, "a line feed behind", actor + b"\n")
    yield opened(
        wrong, "the standard alphabet", note.replace(b"-", b"+").replace(b"_", b"/") + b"+"
    )
    yield opened(wrong, "no text", b"")
    salt = b"0123456789abcdef"
    for desc, parts in (
        ("two parts", ["c2FsdA", "actor"]),
        ("four parts", ["c2FsdA", "actor", "x", "y"]),
        ("an object", {"salt": "c2FsdA"}),
        ("a number as name", ["c2FsdA", 5, "x"]),
        ("a number as salt", [5, "actor", "x"]),
    ):
        text = _disclosed(msgspec.json.encode(parts))
        yield opened(wrong, desc, text, sealed=[disclosure_digest(text)])
    latin = _disclosed(b'["c2FsdA","actor","M\xf6bius"]')
    yield opened(wrong, "a value that is not UTF-8", latin, sealed=[disclosure_digest(latin)])
    mark = _disclosed(b'\xef\xbb\xbf["c2FsdA","actor","x"]')
    yield opened(wrong, "a byte order mark", mark, sealed=[disclosure_digest(mark)])
    again = encode_disclosure(salt, "actor", "person:clerk1@example.org")
    yield opened(wrong, "the same value under another salt", again)


def _disclosed(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")
