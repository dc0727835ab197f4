"""Organisations in their part of a processing: who is controller, processor, recipient of what.

A natural person in such a part is no `Party`: it stands in a personal field of its own beside it.
"""

from typing import Literal

from msgspec import Struct

from ledger.units import CountryCode, OrganisationId, Slug

PartyRole = Literal[
    "controller",
    "joint-controller",
    "processor",
    "sub-processor",
    "representative",
    "customer",
    "data-subject",
    "user",
    "calling-party",
    "authority",
    "host",
    "third-party",
    "public",
]


class Party(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One side of an exchange, agreement or transfer, as a role and an organisation."""

    role: PartyRole
    organisation: OrganisationId | None = None
    country: CountryCode | None = None
    category: Slug | None = None
    """The kind of recipient where no single organisation is meant: `tax-authorities`."""
