"""An entry of the register of processing activities as the VNG register document has it.

Words that no recorded reading opened are left to what the log holds in clear: the URI of the
activity for its name, the words of the catalogue for its purposes.

Source: VNG Verwerkingenlogging, `vng-var.yaml` 0.1.0, `Verwerkingsactiviteit`.
"""

from collections.abc import Iterable
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from formats.vng.documents import activity_id_of
from ledger.events.parties import Party
from ledger.events.register import RetentionTerm
from ledger.personal import WITHHELD
from ledger.units import LegalBasis
from projections.art30.content import Activity, Purpose

_BASES: Final[dict[LegalBasis, str]] = {
    "consent": "Toestemming betrokkene",
    "contract": "Uitvoering overeenkomst",
    "legal-obligation": "Wettelijke verplichting",
    "vital-interests": "Vitale belangen",
    "public-task": "Publieke taak",
    "legitimate-interests": "Gerechtvaardigd belang",
}
_NOT_SAID: Final = "niet vastgelegd"
_MOST_NAME: Final = 242
_MOST_TEXT: Final = 2042


def activity_uuid(activity: str) -> UUID:
    """The id of an activity: the UUID in its URI, else one that is made of the URI."""
    known = activity_id_of(activity)
    return uuid5(NAMESPACE_URL, activity) if known is None else UUID(known)


def activity_document(activity: Activity, oin: str) -> dict[str, Any]:
    """One activity: `Verwerkingsactiviteit`.

    Args:
        activity: The version in force.
        oin: Of the organisation that answers for it.
    """
    bases = [_BASES[each.legal_basis] for each in activity.purposes if each.legal_basis]
    found: dict[str, Any] = {
        "id": str(activity_uuid(activity.activity)),
        "naam": (_opened(activity.name) or activity.activity)[:_MOST_NAME],
        "verantwoordelijkeOrganisatie": oin,
        "doel": _joined(_purpose(each) for each in activity.purposes),
        "grondslag": _joined(bases),
    }
    lists = {
        "afnemendeInternationaleDerden": [
            _words(each.organisation, each.country) for each in activity.transfers
        ],
        "afnemendeCategorieOntvangers": [_recipient(each) for each in activity.recipients],
        "verwerktePersoonsgegevens": [
            {"rolBetrokkene": each.subject_category, "naam": category}
            for each in activity.categories
            for category in each.data_categories
        ],
    }
    if activity.retention:
        found["bewaartermijn"] = _joined(_term(each) for each in activity.retention)
    return {**found, **{name: items for name, items in lists.items() if items}}


def _purpose(purpose: Purpose) -> str:
    return _opened(purpose.text) or purpose.id


def _term(term: RetentionTerm) -> str:
    period = _NOT_SAID if term.period is None else term.period
    return _words(f"{term.category}:", period, term.trigger and f"na {term.trigger}")


def _recipient(party: Party) -> str:
    return _words(party.organisation or party.category or party.role, party.country)


def _words(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)[:_MOST_NAME]


def _joined(parts: Iterable[str]) -> str:
    return ("; ".join(dict.fromkeys(parts)) or _NOT_SAID)[:_MOST_TEXT]


def _opened(text: str | None) -> str | None:
    return None if text == WITHHELD else text
