"""Files on their way through a processing system."""

from typing import ClassVar, Literal

from ledger.events.envelope import Envelope
from ledger.events.parties import Party
from ledger.personal import DataSubject, FileId, Person, SpecificationId
from ledger.units import ByteCount, Sha256Hex, Slug, VersionLabel

Delivery = Literal["sent", "picked-up"]


class FileFields(Envelope, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file and the specification under which it is handled."""

    STREAM_FIELD: ClassVar = "file_id"
    file_id: FileId
    size_bytes: ByteCount | None = None
    sha256: Sha256Hex | None = None
    specification_id: SpecificationId | None = None
    spec_version: VersionLabel | None = None
    process: Slug | None = None
    customer_id: DataSubject | None = None


class FileReceived(
    FileFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="file.received.v1"
):
    """A file came in."""

    sender: Party | None = None
    sender_person: Person | None = None
    channel: Slug | None = None


class FileProcessed(
    FileFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="file.processed.v1"
):
    """The processing of a file was done."""


class FileProduced(
    FileFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="file.produced.v1"
):
    """A file was made, perhaps out of another."""

    source_file: FileId | None = None


class FileDelivered(
    FileFields, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="file.delivered.v1"
):
    """A file was sent to, or picked up by, its recipient."""

    delivery: Delivery
    recipient: Party | None = None
    recipient_person: Person | None = None
    channel: Slug | None = None


FileEvent = FileReceived | FileProcessed | FileProduced | FileDelivered
