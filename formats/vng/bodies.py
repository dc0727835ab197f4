"""What VNG clients send: an action, an action as a whole again, a change of the terms of several.

Source: VNG Verwerkingenlogging 0.9.0, `vng-write.yaml`: `VerwerkingsactieUitgebreidBasis`,
`VerwerkingsactieUitgebreid`, `PatchRequestBody`.
"""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from formats.json_places import decode_at
from ledger.errors import FormatError
from ledger.events.processing import Confidentiality
from ledger.units import TermText

MOST_OBJECTS: Final = 1000

Vertrouwelijkheid = Literal["normaal", "vertrouwelijk", "opgeheven"]
CONFIDENTIALITY: Final[dict[Vertrouwelijkheid, Confidentiality]] = {
    "normaal": "normal",
    "vertrouwelijk": "confidential",
    "opgeheven": "lifted",
}
VERTROUWELIJKHEID: Final = {ours: theirs for theirs, ours in CONFIDENTIALITY.items()}

_Name = Annotated[str, Meta(max_length=242)]
_Id = Annotated[str, Meta(max_length=40)]
_Url = Annotated[str, Meta(max_length=2042)]
_Moment = Annotated[datetime, Meta(tz=True)]
_Oin = Annotated[str, Meta(pattern=r"^[0-9]{20}\Z")]


class KindOfData(Struct, frozen=True, rename="camel"):
    """`VerwerktSoortGegeven`."""

    soort_gegeven: _Name


class SentObject(Struct, frozen=True, rename="camel"):
    """`VerwerktObjectBasis`: a person whose data were processed."""

    objecttype: Literal["persoon"]
    soort_object_id: _Name
    object_id: _Id
    betrokkenheid: _Name | UnsetType = UNSET
    verwerkte_soorten_gegevens: tuple[KindOfData, ...] | UnsetType = UNSET


class KnownObject(SentObject, frozen=True, kw_only=True, rename="camel"):
    """`VerwerktObject`: the same with the id that the log gave it."""

    url: Annotated[str, Meta(min_length=1, max_length=2042)]
    verwerkt_object_id: UUID


class SentAct(Struct, frozen=True, kw_only=True, rename="camel"):
    """`VerwerkingsactieUitgebreidBasis`."""

    vertrouwelijkheid: Vertrouwelijkheid
    tijdstip: _Moment
    verwerkte_objecten: tuple[SentObject, ...]
    actie_naam: _Name | UnsetType = UNSET
    handeling_naam: _Name | UnsetType = UNSET
    verwerking_naam: _Name | UnsetType = UNSET
    verwerking_id: UUID | UnsetType = UNSET
    verwerkingsactiviteit_id: UUID | UnsetType = UNSET
    verwerkingsactiviteit_url: _Url | UnsetType = UNSET
    bewaartermijn: TermText | UnsetType = UNSET
    uitvoerder: _Oin | UnsetType = UNSET
    systeem: _Name | UnsetType = UNSET
    gebruiker: _Id | UnsetType = UNSET
    gegevensbron: _Name | UnsetType = UNSET
    soort_afnemer_id: _Name | UnsetType = UNSET
    afnemer_id: _Id | UnsetType = UNSET
    verwerkingsactiviteit_id_afnemer: UUID | UnsetType = UNSET
    verwerkingsactiviteit_url_afnemer: _Url | UnsetType = UNSET
    verwerking_id_afnemer: UUID | UnsetType = UNSET


class WholeAct(SentAct, frozen=True, kw_only=True, rename="camel"):
    """`VerwerkingsactieUitgebreid`: every object with its id."""

    verwerkte_objecten: tuple[KnownObject, ...]


class SentTerms(Struct, frozen=True, kw_only=True, rename="camel"):
    """`PatchRequestBody`."""

    bewaartermijn: TermText | UnsetType = UNSET
    vertrouwelijkheid: Vertrouwelijkheid | UnsetType = UNSET


def read_new_act(body: bytes) -> SentAct:
    """An action to be registered.

    Raises:
        FormatError: it is none.
    """
    return _checked(decode_at(body, SentAct))


def read_whole_act(body: bytes) -> WholeAct:
    """An action that is given again as a whole.

    Raises:
        FormatError: it is none.
    """
    act = decode_at(body, WholeAct)
    _checked(act)
    return act


def read_terms(body: bytes) -> SentTerms:
    """New terms of the actions of one processing.

    Raises:
        FormatError: they are none.
    """
    return decode_at(body, SentTerms)


def _checked(act: SentAct) -> SentAct:
    count = len(act.verwerkte_objecten)
    if count > MOST_OBJECTS:
        raise FormatError("#/verwerkteObjecten", f"at most {MOST_OBJECTS}", f"{count}")
    for number, each in enumerate(act.verwerkte_objecten):
        for name, text in (
            ("objectId", each.object_id),
            ("soortObjectId", each.soort_object_id),
        ):
            if not text.strip() or not text.isprintable():
                place = f"#/verwerkteObjecten/{number}/{name}"
                raise FormatError(place, "printable characters", "none, or others")
    return act
