"""Policy files: a trust policy as lines of text, read and written.

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member>...
    quorum <name>|none

Items are parted by spaces and tabs; empty lines and lines that begin with # say nothing. The file
is octets: names are opaque, and only what is a key or an address must be UTF-8.

Source: C2SP tlog-policy, main branch of 2026-07 (no tag).
"""

import re
from dataclasses import dataclass, field
from typing import Final

from ledger.errors import FormatError
from ledger.notes.note_keys import VerifierKey
from ledger.notes.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness
from ledger.notes.spelling import decode_decimal, shown

MAX_POLICY_BYTES: Final = 1_048_576

_FORBIDDEN: Final = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_ITEM: Final = re.compile(rb"[^ \t\n]+")
_FORMS: Final = {
    b"log": (1, 2, "log <vkey> [<url>]"),
    b"witness": (2, 3, "witness <name> <vkey> [<url>]"),
    b"group": (3, MAX_POLICY_BYTES, "group <name> all|any|<k> <member>..."),
    b"quorum": (1, 1, "quorum <name>"),
}


def encode_policy(policy: Policy) -> bytes:
    """The bytes of a policy file; reading them gives the same policy.

    Raises:
        FormatError: a name or an address cannot stand in the file.
    """
    lines = [
        *(_line(b"log", log.key.vkey.encode(), *_url(log.url)) for log in policy.logs),
        *(
            _line(b"witness", one.name, one.key.vkey.encode(), *_url(one.url))
            for one in policy.witnesses
        ),
        *(
            _line(b"group", group.name, _threshold(group), *group.members)
            for group in policy.groups
        ),
        _line(b"quorum", policy.quorum),
    ]
    return b"".join(lines)


def decode_policy(raw: bytes) -> Policy:
    """The policy in the bytes of a policy file.

    Raises:
        FormatError: a line is malformed or names what no line above defines, something is defined
            twice, there is not exactly one quorum, or a limit is passed.
    """
    if len(raw) > MAX_POLICY_BYTES:
        raise FormatError("policy", f"at most {MAX_POLICY_BYTES} bytes", str(len(raw)))
    if strange := _FORBIDDEN.search(raw):
        raise FormatError(f"policy, byte {strange.start()}", "no control character", "one")
    *lines, rest = raw.split(b"\n")
    if rest:
        raise FormatError("policy", "a newline at the end", shown(rest[-20:]))
    reading = _Reading()
    for number, line in enumerate(lines, 1):
        items = _ITEM.findall(line)
        if items and not items[0].startswith(b"#"):
            reading.take(items, f"policy, line {number}")
    return reading.policy()


@dataclass(slots=True)
class _Reading:
    """The lines of a policy file, taken one after the other."""

    logs: list[PolicyLog] = field(default_factory=list)
    witnesses: list[PolicyWitness] = field(default_factory=list)
    groups: list[PolicyGroup] = field(default_factory=list)
    quorum: bytes | None = None
    _defined: set[bytes] = field(default_factory=set)

    def take(self, items: list[bytes], place: str) -> None:
        """Adds what one line defines."""
        word, *rest = items
        least, most, form = _FORMS.get(word, (0, -1, "log, witness, group or quorum"))
        if not least <= len(rest) <= most:
            raise FormatError(place, form, shown(b" ".join(items)))
        match word:
            case b"log":
                self.logs.append(PolicyLog(_key(rest[0], place), _address(rest[1:], place)))
            case b"witness":
                key, url = _key(rest[1], place), _address(rest[2:], place)
                self._define(rest[0], place)
                self.witnesses.append(PolicyWitness(rest[0], key, url))
            case b"group":
                self._take_group(rest, place)
            case _:
                self._take_quorum(rest[0], place)

    def policy(self) -> Policy:
        """The policy that the lines define."""
        if self.quorum is None:
            raise FormatError("policy", "a line `quorum <name>`", "none")
        return Policy(tuple(self.logs), tuple(self.witnesses), tuple(self.groups), self.quorum)

    def _take_group(self, rest: list[bytes], place: str) -> None:
        name, count, *members = rest
        for member in members:
            self._require_defined(member, place)
        threshold = {b"all": len(members), b"any": 1}.get(count)
        if threshold is None:
            threshold = decode_decimal(count.decode("latin-1"), place)
        self._define(name, place)
        self.groups.append(PolicyGroup(name, threshold, tuple(members)))

    def _take_quorum(self, name: bytes, place: str) -> None:
        if self.quorum is not None:
            raise FormatError(place, "one quorum", "a second one")
        if name != b"none":
            self._require_defined(name, place)
        self.quorum = name

    def _define(self, name: bytes, place: str) -> None:
        if name in self._defined or name == b"none":
            raise FormatError(place, "a name that is not taken", shown(name))
        self._defined.add(name)

    def _require_defined(self, name: bytes, place: str) -> None:
        if name not in self._defined:
            raise FormatError(place, "a name that a line above defines", shown(name))


def _key(item: bytes, place: str) -> VerifierKey:
    try:
        return VerifierKey.from_vkey(item.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FormatError(place, "a verifier key in UTF-8", shown(item)) from error
    except FormatError as error:
        raise FormatError(f"{place}, {error.place}", error.expected, error.found) from error


def _address(items: list[bytes], place: str) -> str | None:
    try:
        return items[0].decode("utf-8") if items else None
    except UnicodeDecodeError as error:
        raise FormatError(place, "an address in UTF-8", shown(items[0])) from error


def _url(url: str | None) -> tuple[bytes, ...]:
    try:
        return () if url is None else (url.encode("utf-8"),)
    except UnicodeEncodeError as error:
        raise FormatError("policy", "an address that has a UTF-8 form", shown(url)) from error


def _threshold(group: PolicyGroup) -> bytes:
    return b"%d" % group.threshold


def _line(word: bytes, *items: bytes) -> bytes:
    for item in items:
        if not _ITEM.fullmatch(item) or _FORBIDDEN.search(item):
            raise FormatError(f"policy, {word.decode()}", "an item without spaces", shown(item))
    return b" ".join((word, *items)) + b"\n"
