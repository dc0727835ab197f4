"""The chain over events of OCSF: each carries the fingerprint of itself and of the one before it.

The fingerprint covers the canonical bytes of the whole event with its attestation, without only the
fingerprint and the signatures of that attestation. So it proves the OCSF form, which our leaf hash
does not; the leaf hash of the record is the id of the attestation and is covered too.

Source: OCSF 1.9.0, profiles/record_integrity.json, objects/attestation.json,
    objects/prev_event.json, objects/fingerprint.json.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

from formats.canonical_json import canonical_json

PROFILE: Final = "record_integrity"
_SHA256: Final = {"algorithm": "SHA-256", "algorithm_id": 3}
_HEXADECIMAL: Final = {"encoding": "Hex", "encoding_id": 1}
_JCS: Final = {"serialization": "JCS", "serialization_id": 2}
_UNCOVERED: Final = frozenset({"fingerprint", "signatures"})
_KEPT_CHAINS: Final = 1000
"""How many chains are followed at a time: those that were read last."""
UNCHECKED: Final = "it carries no fingerprint that can be checked"
OTHER_EVENT: Final = "its fingerprint is that of another event: it was changed or written anew"


class Chain:
    """Seals events one after the other; each names the one before it."""

    def __init__(self, chain_uid: str, authority_uid: str) -> None:
        """Begins a chain.

        Args:
            chain_uid: Names it, for good.
            authority_uid: Names whose statement it is.
        """
        self._names = {"authority_uid": authority_uid, "chain_uid": chain_uid}
        self._previous: dict[str, Any] | None = None

    def sealed(self, event: Mapping[str, Any], uid: str) -> bytes:
        """The canonical bytes of the event with its place in the chain.

        Args:
            event: Without an attestation; `metadata.uid` and `type_uid` name it for the next one.
            uid: What the event rests on in our own chain: the leaf hash of its record.
        """
        attestation: dict[str, Any] = {**self._names, "uid": uid}
        if self._previous is not None:
            attestation["prev_event"] = self._previous
        covered = canonical_json({**event, "attestation_list": [attestation]})
        found = _fingerprint(hashlib.sha256(covered).hexdigest())
        without = _listed(attestation)
        attestation["fingerprint"] = found
        self._previous = {
            "uid": event["metadata"]["uid"],
            "type_uid": event["type_uid"],
            "fingerprint": found,
        }
        # Only the fingerprint is new, and no text inside holds these bytes: its quotes are escaped.
        return covered.replace(without, _listed(attestation), 1)


class ChainCheck:
    """Checks events as they come: their own fingerprints, and that none is missing between them."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, str] = OrderedDict()

    def check(self, event: Mapping[str, Any]) -> tuple[str, ...]:
        """What is odd about an event and its chains.

        A fingerprint of another sort than the one that we write is left unchecked.

        Raises:
            FormatError: the event holds what has no canonical form.
        """
        attestations = event.get("attestation_list")
        odd: list[str] = []
        is_checked = False
        for place, each in enumerate(attestations if isinstance(attestations, list) else ()):
            found = each.get("fingerprint") if isinstance(each, dict) else None
            if isinstance(found, dict) and _is_checkable(found):
                is_checked = True
                value = str(found.get("value", "")).lower()
                if not hmac.compare_digest(_covered(event, place).encode(), value.encode()):
                    odd.append(OTHER_EVENT)
                odd += self._follow(each, value)
        return tuple(odd) if is_checked else (UNCHECKED,)

    def _follow(self, attestation: Mapping[str, Any], value: str) -> list[str]:
        chain = str(attestation.get("chain_uid", ""))
        previous = attestation.get("prev_event")
        named = previous.get("fingerprint") if isinstance(previous, dict) else None
        expected = named.get("value") if isinstance(named, dict) else None
        last = self._last.pop(chain, None)
        self._last[chain] = value
        if len(self._last) > _KEPT_CHAINS:
            self._last.popitem(last=False)
        if last == expected:
            return []
        return ["the event before it in its chain is another one than the one read before it"]


def _listed(attestation: Mapping[str, Any]) -> bytes:
    return b'"attestation_list":' + canonical_json([attestation])


def _is_checkable(found: Mapping[str, Any]) -> bool:
    """Whether we can check a fingerprint; a missing encoding is taken for hexadecimal."""
    return (found.get("algorithm_id"), found.get("serialization_id")) == (3, 2) and found.get(
        "encoding_id", 1
    ) == 1


def _covered(event: Mapping[str, Any], place: int) -> str:
    """The digest of what the fingerprint of one attestation covers; hexadecimal."""
    attestations = list(event["attestation_list"])
    attestations[place] = {
        name: each for name, each in attestations[place].items() if name not in _UNCOVERED
    }
    covered = canonical_json({**event, "attestation_list": attestations})
    return hashlib.sha256(covered).hexdigest()


def _fingerprint(value: str) -> dict[str, Any]:
    return {**_SHA256, **_HEXADECIMAL, **_JCS, "value": value}
