"""The column sets of supervisory authorities: which column, under which heading, in which order.

The headings are our own short words in the language of the authority; where an official heading is
a whole sentence it is not repeated. A column whose key is `unrecorded` belongs to the template, but
the log knows nothing of it: it stays empty, for whoever keeps the register to fill in.

Sources: GDPR art. 30(1) and (2) for all; beyond that
- `ap`: Autoriteit Persoonsgegevens prescribes no form; Dutch practice adds basis, DPIA, agreements;
- `cnil`: Commission nationale de l'informatique et des libertés, register model (.ods, 2019);
- `ico`: Information Commissioner's Office, documentation templates for controllers and processors;
- `gba`: Gegevensbeschermingsautoriteit, model register (September 2017).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

from formats.register.words import Language
from projections.art30.content import Part

Authority = Literal["ap", "cnil", "ico", "gba"]
BOTH: Final[frozenset[Part]] = frozenset({"controller", "processor"})
_CONTROLLER: Final[frozenset[Part]] = frozenset({"controller"})
_PROCESSOR: Final[frozenset[Part]] = frozenset({"processor"})


class Column(NamedTuple):
    """One column of a set."""

    heading: str
    key: str
    parts: frozenset[Part] = BOTH
    """In which of the two registers it stands."""


class ColumnSet(NamedTuple):
    """The columns that one authority asks for."""

    authority: str
    language: Language
    columns: tuple[Column, ...]

    def of(self, parts: frozenset[Part]) -> tuple[Column, ...]:
        """The columns of some parts of the register."""
        return tuple(column for column in self.columns if column.parts & parts)


COLUMN_SETS: Final[Mapping[Authority, ColumnSet]] = MappingProxyType(
    {
        "ap": ColumnSet(
            "Autoriteit Persoonsgegevens",
            "nl",
            (
                Column("Verwerkings-ID", "reference"),
                Column("Naam verwerking", "name"),
                Column("Omschrijving", "description"),
                Column("Rol", "role"),
                Column("Verantwoordelijke of verwerker", "responsible"),
                Column("Contactgegevens", "contact"),
                Column("Gezamenlijk verantwoordelijken", "joint", _CONTROLLER),
                Column("In opdracht van", "served", _PROCESSOR),
                Column("Vertegenwoordiger", "representatives"),
                Column("Functionaris gegevensbescherming", "officer"),
                Column("Verwerkingsdoel", "purpose"),
                Column("Doel-ID", "purpose_id"),
                Column("Grondslag", "legal_basis", _CONTROLLER),
                Column("Grond bijzondere gegevens", "article_9", _CONTROLLER),
                Column("Betrokkenen en gegevens", "matrix"),
                Column("Ontvangers", "recipients"),
                Column("Verwerkersovereenkomst", "agreements"),
                Column("Doorgifte buiten de EER", "countries"),
                Column("Waarborgen", "safeguards"),
                Column("Bewaartermijn", "retention"),
                Column("Beveiligingsmaatregelen", "measures"),
                Column("DPIA", "unrecorded", _CONTROLLER),
                Column("Ingangsdatum", "in_force"),
                Column("Laatst gewijzigd", "updated"),
                Column("Versie", "version"),
                Column("Record", "record"),
            ),
        ),
        "cnil": ColumnSet(
            "Commission nationale de l'informatique et des libertés",
            "fr",
            (
                Column("Référence", "reference"),
                Column("Nom du traitement", "name"),
                Column("Description", "description"),
                Column("Date de création", "created"),
                Column("Mise à jour", "updated"),
                Column("Rôle", "role"),
                Column("Responsable ou sous-traitant", "responsible"),
                Column("Coordonnées", "contact"),
                Column("Responsables conjoints", "joint", _CONTROLLER),
                Column("Pour le compte de", "served", _PROCESSOR),
                Column("Représentant", "representatives"),
                Column("Délégué à la protection des données", "officer"),
                Column("Finalité", "purpose"),
                Column("Autres finalités", "other_purposes"),
                Column("Base légale", "legal_basis", _CONTROLLER),
                Column("Données sensibles", "article_9", _CONTROLLER),
                Column("Personnes concernées", "subjects"),
                Column("Données et durées de conservation", "data_with_limits"),
                Column("Destinataires", "recipients"),
                Column("Types de destinataires", "recipient_kinds"),
                Column("Sous-traitants", "processors"),
                Column("Transferts hors UE", "countries"),
                Column("Garanties", "safeguards"),
                Column("Documents (SHA-256)", "documents"),
                Column("Mesures de sécurité", "measures"),
                Column("Version", "version"),
                Column("Enregistrement", "record"),
            ),
        ),
        "ico": ColumnSet(
            "Information Commissioner's Office",
            "en",
            (
                Column("Reference", "reference"),
                Column("Business function", "name"),
                Column("Description", "description"),
                Column("Role", "role"),
                Column("Controller or processor", "responsible"),
                Column("Contact details", "contact"),
                Column("Joint controllers", "joint", _CONTROLLER),
                Column("Controllers served", "served", _PROCESSOR),
                Column("Representative", "representatives"),
                Column("Data protection officer", "officer"),
                Column("Purpose", "purpose"),
                Column("Categories of individuals", "subjects"),
                Column("Categories of personal data", "data"),
                Column("Categories of recipients", "recipients"),
                Column("Contract with processor", "agreements"),
                Column("Third countries", "countries"),
                Column("Safeguards", "safeguards"),
                Column("Retention schedule", "retention"),
                Column("Security measures", "measures"),
                Column("Article 6 basis", "legal_basis", _CONTROLLER),
                Column("Article 9 condition", "article_9", _CONTROLLER),
                Column("Legitimate interests assessment", "unrecorded", _CONTROLLER),
                Column("Rights of individuals", "rights", _CONTROLLER),
                Column("Automated decisions", "unrecorded", _CONTROLLER),
                Column("Source of the data", "unrecorded", _CONTROLLER),
                Column("Record of consent", "unrecorded", _CONTROLLER),
                Column("Location of the data", "unrecorded"),
                Column("DPIA", "unrecorded", _CONTROLLER),
                Column("Breaches", "breaches"),
                Column("Breach records", "breach_records"),
                Column("In force from", "in_force"),
                Column("Last changed", "updated"),
                Column("Version", "version"),
                Column("Record", "record"),
            ),
        ),
        "gba": ColumnSet(
            "Gegevensbeschermingsautoriteit",
            "nl",
            (
                Column("Bedrijfsproces", "name"),
                Column("Eigenaar", "responsible"),
                Column("Contactgegevens", "contact"),
                Column("Nummer verwerking", "reference"),
                Column("Functionele omschrijving", "description"),
                Column("Hoedanigheid", "role"),
                Column("Gezamenlijk verantwoordelijken", "joint", _CONTROLLER),
                Column("Voor rekening van", "served", _PROCESSOR),
                Column("Vertegenwoordiger", "representatives"),
                Column("Functionaris voor gegevensbescherming", "officer"),
                Column("Doeleinde", "purpose"),
                Column("Rechtsgrond", "legal_basis", _CONTROLLER),
                Column("Soort verwerking", "unrecorded"),
                Column("Functionele categorie gegevens", "data"),
                Column("AVG-categorie gegevens", "article_9", _CONTROLLER),
                Column("Categorie betrokkenen", "subjects"),
                Column("Ontvangers", "recipients"),
                Column("Bewaartermijn", "retention"),
                Column("Doorgifte", "countries"),
                Column("Waarborgen doorgifte", "safeguards"),
                Column("Beveiligingsmaatregelen", "measures"),
                Column("Verwerkersovereenkomst", "agreements"),
                Column("Inbreuken", "breaches"),
                Column("Ingangsdatum", "in_force"),
                Column("Laatst gewijzigd", "updated"),
                Column("Versie", "version"),
                Column("Record", "record"),
            ),
        ),
    }
)
"""By the word that chooses it; described in docs/reference/register-columns.md."""
