"""The objects of STIX 2.1 that say which addresses were blocked, from when until when, and why.

Identifiers follow from the log and the event, so that the same block is the same object in every
bundle, and a later bundle that knows its end is a later version of it.

Source: STIX 2.1 (OASIS Standard, 10 June 2021), §2.9 identifiers, §3.2 common properties, §4.6
    identity, §4.7 indicator, §4.12 note, §4.14 observed-data, §5.2 sighting, §6.6 and §6.7
    addresses, §7.2.1.4 TLP.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid5

from formats.sentences import counted

Object = dict[str, Any]

_ADDRESSES: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The namespace that the standard gives for observable objects, and forbids for all others."""
_OURS: Final = UUID("5f0c0b5e-64cf-4f8e-9d5a-3c9b8f1f7a27")
"""Ours for all others: by log, kind of object and event."""
_SINCE: Final = "2026-01-01T00:00:00.000Z"
"""When the object that stands for a log counts as made: each bundle says the same."""
_MOST_COUNTED: Final = 999_999_999
"""Source: §4.14 `number_observed`, §5.2 `count`."""
_TLP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "white": "613f2e26-407d-48c7-9eca-b8e91df99dc9",
        "green": "34098fce-860f-48ae-8e50-ebd3cc5e41da",
        "amber": "f88d31f6-486f-44da-b317-01333bde0b82",
        "red": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
    }
)
LEVELS: Final = tuple(_TLP)
"""Of the traffic light protocol, in the words of the standard."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """What was seen of an address before it was blocked."""

    first_at: datetime
    last_at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Block:
    """One block of one address, as far as the records tell."""

    index: int
    event_id: UUID
    leaf_hash: bytes
    recorded_at: datetime
    blocked_at: datetime
    address: str
    scope: str | None
    until: datetime | None
    """Until when it was meant, if that was said."""
    attempts: Attempts | None
    ended_at: datetime | None = None
    """When it was unblocked, if it was."""
    end_recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """The log that speaks, and who may read what it says."""

    origin: str
    level: str
    """One of `LEVELS`."""

    @property
    def identity_id(self) -> str:
        """The identifier of the log as an identity."""
        return self._id("identity", "")

    @property
    def marking_id(self) -> str:
        """The identifier of the marking."""
        return f"marking-definition--{_TLP[self.level]}"

    def _id(self, kind: str, name: str) -> str:
        return f"{kind}--{uuid5(_OURS, json.dumps([self.origin, kind, name]))}"

    def bundle_id(self, name: str) -> str:
        """The identifier of a bundle that has a name of its own within the log."""
        return self._id("bundle", name)

    def marking(self) -> Object:
        """The marking as the standard defines it."""
        return {
            "type": "marking-definition",
            "spec_version": "2.1",
            "id": self.marking_id,
            "created": "2017-01-20T00:00:00.000Z",
            "definition_type": "tlp",
            "name": f"TLP:{self.level.upper()}",
            "definition": {"tlp": self.level},
        }

    def identity(self) -> Object:
        """The log as the one that says all this."""
        return self._object("identity", "", _SINCE, _SINCE) | {
            "name": self.origin,
            "identity_class": "system",
            "description": "An audit log of the processing of personal data, kept by Zegel.",
        }

    def address(self, address: str) -> Object:
        """An address; the same in every bundle of everybody."""
        kind = _address_type(address)
        name = json.dumps({"value": address}, separators=(",", ":"))
        return {
            "type": kind,
            "spec_version": "2.1",
            "id": f"{kind}--{uuid5(_ADDRESSES, name)}",
            "object_marking_refs": [self.marking_id],
            "value": address,
        }

    def indicator(self, block: Block) -> Object:
        """That an address is not to be trusted, from when, and until when if that is known."""
        modified = _instant(max(block.recorded_at, block.end_recorded_at or block.recorded_at))
        made = self._object("indicator", str(block.event_id), _instant(block.recorded_at), modified)
        made |= {
            "name": f"{block.address} blocked{f' at {block.scope}' if block.scope else ''}",
            "description": _description(block),
            "indicator_types": ["malicious-activity"],
            "pattern": f"[{_address_type(block.address)}:value = '{block.address}']",
            "pattern_type": "stix",
            "pattern_version": "2.1",
            "valid_from": _instant(block.blocked_at),
            "external_references": [self._reference(block)],
        }
        end = block.ended_at or block.until
        if end is None:
            return made
        if _instant(end) > made["valid_from"]:
            return made | {"valid_until": _instant(end)}
        return made | {"revoked": True}  # it ended when it began: an interval must have a length

    def observed(self, block: Block, seen: Attempts) -> tuple[Object, Object]:
        """What was observed of an address before its block, and that it is a sighting of it."""
        name, made = str(block.event_id), _instant(block.recorded_at)
        first, last = _instant(seen.first_at), _instant(seen.last_at)
        count = min(seen.count, _MOST_COUNTED)
        observed = self._object("observed-data", name, made, made) | {
            "first_observed": first,
            "last_observed": last,
            "number_observed": count,
            "object_refs": [self.address(block.address)["id"]],
        }
        sighting = self._object("sighting", name, made, made) | {
            "first_seen": first,
            "last_seen": last,
            "count": count,
            "sighting_of_ref": self._id("indicator", name),
            "observed_data_refs": [observed["id"]],
            "where_sighted_refs": [self.identity_id],
        }
        if first == last:
            del sighting["last_seen"]  # must be later than the first one, if it is there
        return observed, sighting

    def note(self, name: str, at: datetime, abstract: str, content: str) -> Object:
        """What the bundle says of itself."""
        made = _instant(at)
        return self._object("note", name, made, made) | {
            "abstract": abstract,
            "content": content,
            "object_refs": [self.identity_id],
        }

    def _object(self, kind: str, name: str, created: str, modified: str) -> Object:
        """The properties that all objects of ours have."""
        made: Object = {
            "type": kind,
            "spec_version": "2.1",
            "id": self._id(kind, name),
            "created": created,
            "modified": modified,
        }
        if kind != "identity":
            made["created_by_ref"] = self.identity_id
        return made | {"object_marking_refs": [self.marking_id]}

    def _reference(self, block: Block) -> dict[str, str]:
        return {
            "source_name": "zegel",
            "external_id": str(block.event_id),
            "description": (
                f"record {block.index} of {self.origin}, leaf hash {block.leaf_hash.hex()}"
            ),
        }


def address_in(identity: str) -> str | None:
    """The address of `ip:ADDRESS` in its one form; `None` for a token or what is no address."""
    try:
        return str(ipaddress.ip_address(identity.removeprefix("ip:")))
    except ValueError:
        return None


def _address_type(address: str) -> str:
    return "ipv6-addr" if ":" in address else "ipv4-addr"


def _description(block: Block) -> str:
    why = f"after {counted(block.attempts.count, 'attempt')} to get in" if block.attempts else ""
    return f"Kept out {why}".strip() + "."


def _instant(instant: datetime) -> str:
    """An instant as the standard has it: UTC, milliseconds."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
