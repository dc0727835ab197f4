"""The closed table of kinds: which classes there are, and under which name each is sealed.

A kind is frozen once shipped: a new field means a new version. A reader that meets an unknown kind
still verifies its record and shows it raw.
"""

from typing import Final, get_args

from ledger.events.access import AccessEvent
from ledger.events.blocking import BlockingEvent
from ledger.events.breach import BreachEvent
from ledger.events.breach_notices import BreachNoticeEvent
from ledger.events.consent import ConsentEvent
from ledger.events.contact import ContactEvent
from ledger.events.contracts import ContractEvent
from ledger.events.exchange import ExchangeEvent
from ledger.events.files import FileEvent
from ledger.events.incident import IncidentEvent
from ledger.events.log_integrity import LogIntegrityEvent
from ledger.events.log_keeping import LogKeepingEvent
from ledger.events.log_sources import LogSourceEvent
from ledger.events.measures import MeasureEvent
from ledger.events.organisation import OrganisationEvent
from ledger.events.policy import PolicyEvent
from ledger.events.processing import ProcessingEvent
from ledger.events.processing_agreements import ProcessingAgreementEvent
from ledger.events.promise import PromiseEvent
from ledger.events.register import RegisterEvent
from ledger.events.retention import RetentionEvent
from ledger.events.storage import StorageEvent
from ledger.events.subject_requests import SubjectRequestEvent
from ledger.events.undertakings import UndertakingEvent
from ledger.personal import PersonalPlan

Event = (
    OrganisationEvent
    | RegisterEvent
    | MeasureEvent
    | PolicyEvent
    | PromiseEvent
    | UndertakingEvent
    | ContractEvent
    | ProcessingAgreementEvent
    | AccessEvent
    | ExchangeEvent
    | FileEvent
    | ContactEvent
    | ProcessingEvent
    | StorageEvent
    | RetentionEvent
    | BlockingEvent
    | ConsentEvent
    | SubjectRequestEvent
    | IncidentEvent
    | BreachEvent
    | BreachNoticeEvent
    | LogIntegrityEvent
    | LogKeepingEvent
    | LogSourceEvent
)
"""Everything that can happen; a `match` over it is checked for completeness by mypy."""

KINDS: Final[dict[str, type[Event]]] = {
    str(event_class.__struct_config__.tag): event_class for event_class in get_args(Event)
}
"""The class of each kind, `access.granted.v1` for instance."""

PLANS: Final[dict[str, PersonalPlan]] = {
    kind: PersonalPlan(event_class) for kind, event_class in KINDS.items()
}
"""Where the vault finds the personal fields of each kind."""
