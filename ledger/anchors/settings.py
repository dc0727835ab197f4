"""The anchor settings of a home: which authorities stamp, which witnesses cosign, how many must.

    [[timestamp_authority]]
    name = "example-tsa"                  letters, digits, . _ -; kept with each token
    url = "https://tsa.example.nl/tsr"
    roots = "trust/example-tsa.pem"       beside zegel.toml; roots, and intermediates not in tokens
    policies = ["1.3.6.1.4.1.13762.3"]    optional: only these are accepted
    retired = true                        optional: kept tokens are verified, none are asked for

    [[witness]]
    vkey = "witness.example+…"            key type 0x04; its name is the name of the witness
    url = "https://witness.example"       the submission prefix
    retired = true                        optional, likewise

    witness_quorum = 2                    of the witnesses above; without it, all that are asked

TOML wants `witness_quorum` above the first table.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ledger.anchors.http_exchange import require_url
from ledger.anchors.parties import TimestampAuthority
from ledger.anchors.time_stamps import TimestampTrust, read_certificates
from ledger.anchors.witnessing import Witness
from ledger.errors import BadRequest, FormatError
from ledger.notes.note_keys import KeyType, VerifierKey
from ledger.notes.policy import Policy, PolicyGroup, PolicyLog, PolicyWitness

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_POLICY: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")
_GROUP: Final = b"quorum"


@dataclass(frozen=True, slots=True)
class AnchorSettings:
    """Who anchors; nobody, unless the settings say so."""

    authorities: tuple[TimestampAuthority, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    """How many of the witnesses must have cosigned; 0: none is needed."""

    @property
    def asked(self) -> "AnchorSettings":
        """The same without the retired parties."""
        return replace(
            self,
            authorities=tuple(one for one in self.authorities if not one.retired),
            witnesses=tuple(one for one in self.witnesses if not one.retired),
        )

    def policy(self, log_keys: Sequence[VerifierKey]) -> Policy:
        """What a checkpoint of this log must satisfy, as it goes into a policy file.

        Args:
            log_keys: Every key that this log signs or signed with.

        Raises:
            FormatError: a key stands there twice.
        """
        members = tuple(str(number).encode() for number in range(1, len(self.witnesses) + 1))
        witnesses = tuple(
            PolicyWitness(name, witness.key, witness.url)
            for name, witness in zip(members, self.witnesses, strict=True)
        )
        logs = tuple(PolicyLog(key) for key in log_keys)
        if not self.quorum:
            return Policy(logs, witnesses)
        return Policy(logs, witnesses, (PolicyGroup(_GROUP, self.quorum, members),), _GROUP)


def read_anchor_settings(found: Mapping[str, object], folder: Path) -> AnchorSettings:
    """The anchor settings among those of a settings file; other names are left alone.

    Args:
        found: The settings as TOML gave them.
        folder: Where relative paths start.

    Raises:
        BadRequest: a setting is missing, unknown or malformed.
        StoreUnavailable: a file of roots cannot be read.
    """
    authorities = tuple(
        _authority(table, place, folder) for table, place in _tables(found, "timestamp_authority")
    )
    witnesses = tuple(_witness(table, place) for table, place in _tables(found, "witness"))
    _require_distinct("timestamp_authority", "name", [one.name for one in authorities])
    _require_distinct("witness", "vkey", [one.key.public_key.hex() for one in witnesses])
    _require_distinct("witness", "name in vkey", [one.key.name for one in witnesses])
    settings = AnchorSettings(authorities, witnesses)
    return replace(settings, quorum=_quorum(found, settings))


def _authority(table: Mapping[str, object], place: str, folder: Path) -> TimestampAuthority:
    _require_only(table, place, {"name", "url", "roots", "policies", "retired"})
    name = _text(table, place, "name")
    if _NAME.fullmatch(name) is None:
        raise _wrong(place, "name", "up to 64 letters, digits, dots, lines and underscores", name)
    certificates = read_certificates(folder / _text(table, place, "roots"))
    if not any(each.issuer == each.subject for each in certificates):
        raise _wrong(place, "roots", "a self-signed certificate among them", "none")
    trust = TimestampTrust(certificates, _policies(table, place))
    return TimestampAuthority(name, _url(table, place), trust, _is_retired(table, place))


def _policies(table: Mapping[str, object], place: str) -> tuple[str, ...]:
    found = table.get("policies", [])
    if not isinstance(found, list):
        raise _wrong(place, "policies", "a list of object identifiers", found)
    for each in found:
        if not isinstance(each, str) or _POLICY.fullmatch(each) is None:
            raise _wrong(place, "policies", "object identifiers such as 1.3.6.1.4.1", each)
    return tuple(found)


def _witness(table: Mapping[str, object], place: str) -> Witness:
    _require_only(table, place, {"vkey", "url", "retired"})
    try:
        key = VerifierKey.from_vkey(_text(table, place, "vkey"))
    except FormatError as error:
        raise BadRequest(f"{place}: vkey: {error}") from error
    if key.key_type is not KeyType.COSIGNATURE:
        raise _wrong(place, "vkey", "a key of type 0x04 (cosignature)", f"0x{key.key_type:02x}")
    return Witness(key, _url(table, place), _is_retired(table, place))


def _quorum(found: Mapping[str, object], settings: AnchorSettings) -> int:
    most = len(settings.witnesses)
    quorum = found.get("witness_quorum", len(settings.asked.witnesses))
    # A bool is an int in Python, and `true` is no number of witnesses.
    if not isinstance(quorum, int) or isinstance(quorum, bool) or not 0 <= quorum <= most:
        raise BadRequest(f"witness_quorum: expected 0 to {most}, found {quorum!r}")
    return quorum


def _is_retired(table: Mapping[str, object], place: str) -> bool:
    retired = table.get("retired", False)
    if not isinstance(retired, bool):
        raise _wrong(place, "retired", "true or false", retired)
    return retired


def _url(table: Mapping[str, object], place: str) -> str:
    url = _text(table, place, "url")
    try:
        require_url(url)
    except BadRequest as error:
        raise BadRequest(f"{place}: url: {error}") from error
    return url


def _tables(found: Mapping[str, object], name: str) -> list[tuple[Mapping[str, object], str]]:
    tables = found.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadRequest(f"{name}: expected tables headed [[{name}]], found {tables!r:.80}")
    return [(table, f"{name} {number}") for number, table in enumerate(tables, 1)]


def _text(table: Mapping[str, object], place: str, name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(place, name, "a text", value)
    return value


def _require_only(table: Mapping[str, object], place: str, known: set[str]) -> None:
    if unknown := sorted(table.keys() - known):
        raise BadRequest(f"{place}: expected {', '.join(sorted(known))}, found {unknown[0]}")


def _require_distinct(table: str, name: str, values: Sequence[str]) -> None:
    if len(set(values)) < len(values):
        raise BadRequest(f"{table}: expected each {name} once, found one twice")


def _wrong(place: str, name: str, expected: str, found: object) -> BadRequest:
    return BadRequest(f"{place}: {name}: expected {expected}, found {found!r:.80}")
