"""What the register of art. 30 says, as values: no log, no database.

Words that people typed are `withheld` and people are tokens, unless a recorded reading opened them.
"""

from datetime import datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

from ledger.events.parties import Party
from ledger.events.register import (
    ActivityRole,
    RetentionTerm,
    SpecialCategoryGround,
    SubjectCategory,
    Transfer,
)
from ledger.units import LegalBasis

Part = Literal["controller", "processor"]
PARTS: Final[dict[Part, frozenset[ActivityRole]]] = {
    "controller": frozenset({"controller", "joint"}),
    "processor": frozenset({"processor"}),
}
"""Source: GDPR art. 30(1) for controllers, joint ones too; art. 30(2) for processors."""

CONTROLLERS: Final = frozenset({"controller", "joint-controller"})


class Organisation(Struct, frozen=True, kw_only=True):
    """An organisation as it was said last."""

    organisation: str
    roles: tuple[str, ...] = ()
    country: str | None = None
    legal_name: str | None = None
    contact: str | None = None
    index: int


class Officer(Struct, frozen=True, kw_only=True):
    """A data protection officer who stands: a person or an office."""

    organisation: str
    officer: str | None = None
    office: str | None = None
    contact: str | None = None
    since: datetime
    index: int


class Purpose(Struct, frozen=True, kw_only=True):
    """One purpose of an activity, with its bases and its words."""

    id: str
    legal_basis: LegalBasis | None = None
    article_9: SpecialCategoryGround | None = None
    text: str | None = None


class Activity(Struct, frozen=True, kw_only=True):
    """The version of one processing activity that is in force."""

    activity: str
    version: int
    """In the order in which its changes were recorded, from 1."""
    index: int
    role: ActivityRole
    effective_from: datetime
    in_force_until: datetime | None = None
    entered_at: datetime
    created_at: datetime
    """When its first version was entered."""
    name: str | None = None
    description: str | None = None
    organisation: str | None = None
    controllers: tuple[Party, ...] = ()
    contacts: tuple[str, ...] = ()
    officer: str | None = None
    purposes: tuple[Purpose, ...] = ()
    categories: tuple[SubjectCategory, ...] = ()
    recipients: tuple[Party, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    retention: tuple[RetentionTerm, ...] = ()
    measures: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    """Breaches of which somebody is aware and that name this activity, as streams."""

    @property
    def part(self) -> Part:
        """Which of the two registers it belongs to."""
        return "processor" if self.role == "processor" else "controller"

    def parties(self, *roles: str) -> tuple[Party, ...]:
        """Its parties with one of these roles."""
        return tuple(party for party in self.controllers if party.role in roles)


class Agreement(Struct, frozen=True, kw_only=True):
    """A processing agreement, and what it is known to say."""

    agreement: str
    """The stream of the case."""
    reference: str | None = None
    """What its source calls it, where that may be shown."""
    status: str
    agreement_kind: str | None = None
    parties: tuple[Party, ...] = ()
    in_force_from: datetime
    valid_until: datetime | None = None
    items: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    """Of art. 28(3)."""
    breach_notice_within: timedelta | None = None
    sub_processor_consent: str | None = None
    deletion_or_return: str | None = None
    document_sha256: str | None = None
    indexes: tuple[int, ...] = ()


class SubProcessor(Struct, frozen=True, kw_only=True):
    """A sub-processor under an agreement, and where it stands."""

    agreement: str
    sub_processor: str
    status: str
    authorisation: str
    """`approved`, `approved late`, `objected`, `general consent`, `waiting` or `none seen`.

    Late is an approval that came after the sub-processor had begun to work.
    """
    processor: str | None = None
    controller: str | None = None
    country: str | None = None
    services: tuple[str, ...] = ()
    proposed_at: datetime | None = None
    objection_due: datetime | None = None
    approved_at: datetime | None = None
    objected_at: datetime | None = None
    engaged_at: datetime | None = None
    removed_at: datetime | None = None
    indexes: tuple[int, ...] = ()


class Standing(Struct, frozen=True, kw_only=True):
    """Of when an answer is true, and up to which record of which log."""

    origin: str
    as_of: datetime
    as_known: datetime | None = None
    known_size: int
    """Only the records below this index count."""
    size: int
    """Of the tree whose beginning they are."""
    root: str
    """Of that tree, 64 hexadecimal digits."""
    opened: bool = False
    """Whether people and words are shown."""


class Register(Struct, frozen=True, kw_only=True):
    """Both registers as of a moment, as known at another."""

    standing: Standing
    organisations: tuple[Organisation, ...] = ()
    officers: tuple[Officer, ...] = ()
    activities: tuple[Activity, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    sub_processors: tuple[SubProcessor, ...] = ()

    def of_part(self, part: Part) -> tuple[Activity, ...]:
        """The activities of one of the two registers."""
        return tuple(each for each in self.activities if each.part == part)

    def organisation(self, organisation: str | None) -> Organisation | None:
        """What is known of an organisation."""
        return next(
            (each for each in self.organisations if each.organisation == organisation), None
        )

    def agreement_name(self, agreement: str) -> str:
        """What an agreement is called: by its source where that may be shown, else its stream."""
        found = (each.reference for each in self.agreements if each.agreement == agreement)
        return next(found, None) or agreement

    def officers_of(self, name: str | None) -> tuple[Officer, ...]:
        """The data protection officers of an organisation."""
        return tuple(each for each in self.officers if each.organisation == name)


class ControllerServed(Struct, frozen=True, kw_only=True):
    """A controller for whom a processor acts, with what is processed for it."""

    processor: str | None
    controller: Party
    activities: tuple[Activity, ...]


def controllers_served(register: Register) -> list[ControllerServed]:
    """Each controller of the register of art. 30(2), in the order of its name.

    Activities for which no controller is named stand under a controller without a name.
    """
    found: dict[tuple[str, str], tuple[Party, list[Activity]]] = {}
    for activity in register.of_part("processor"):
        named = activity.parties(*CONTROLLERS) or (Party(role="controller"),)
        for party in named:
            key = (activity.organisation or "", party.organisation or party.category or "")
            found.setdefault(key, (party, []))[1].append(activity)
    return [
        ControllerServed(processor=processor or None, controller=party, activities=tuple(done))
        for (processor, _), (party, done) in sorted(found.items(), key=lambda each: each[0])
    ]
