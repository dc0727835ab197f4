"""The five privacy statements of the story: the hash of each text, and what it says in our words.

The texts themselves are not part of this program. A version is known by the SHA-256 of its file, so
whoever holds the text can check that this is the one; three of the five carry no date of their own.
"""

from typing import Any, Final

from cli.demo.fact import Chapter, Fact, at, fact


def _published(local: str, **fields: Any) -> Fact:  # noqa: ANN401 - fields of any kind
    return fact("policy.published", local, language="nl", actor_kind="organisation", **fields)


_STATEMENTS: Final[tuple[Fact, ...]] = (
    _published(
        "2025-01-06 09:00",
        policy_id="ingressus-privacy",
        text_sha256="03100b63e79942db6812c11d02d6740cf91d6ce83a512bbb239d919dd84bdf65",
        organisation="ingressus",
        applies_to=["ingressus-xref"],
        title="Ingressus X-ref",
        summary="NL: Toegang op IP-adres van de organisatie of werkadres van medewerkers; niets "
        "wordt verkocht; alleen goedgekeurde subverwerkers; uiterlijk drie maanden na "
        "opzegging weg. EN: access by organisation address or work e-mail; nothing sold; "
        "approved sub-processors only; gone three months after notice at the latest.",
    ),
    _published(
        "2025-01-06 09:05",
        policy_id="xential-privacy",
        text_sha256="1285e863b402d2ff9eff28967ecb251607e59caffe80a5fa597fa60ad42c1ad1",
        version="revision-2020-03-19",
        revision_date="2020-03-19",
        effective_from=at("2020-03-19 00:00"),
        organisation="interaction-next",
        applies_to=["xential"],
        title="xential",
        summary="NL: Vier doelen; versleutelde database; overeenkomst met elke leverancier en de "
        "host, die geen toegang gebruikt; een vermoeden van een datalek wordt direct "
        "gemeld. EN: four purposes; encrypted database; an agreement with each vendor and"
        " with the host, which does not use its access; a suspected breach is reported at"
        " once.",
    ),
    _published(
        "2025-01-06 09:10",
        policy_id="infactor-privacy",
        text_sha256="2432a906ff10a3da75bacfc4f0cb4dd4a4a5224f09d591281436a990ae63901d",
        version="2018",
        organisation="infactor",
        applies_to=["infactor-web"],
        title="InFactor",
        summary="NL: Geen bezoekgegevens, wel adressen die herhaaldelijk proberen in te breken; "
        "binnen een week reactie op een verzoek; toegang bij klanten alleen voor het "
        "afgesproken werk. EN: no visitor data, but addresses of repeat intruders; a "
        "request is answered within a week; access to customers' machines for the agreed "
        "work only.",
    ),
    _published(
        "2025-01-06 09:15",
        policy_id="ragiox-privacy",
        text_sha256="4ac3a53c972ecbc6599c2fa44f0f2276f2d9b621e911668cd962b8a326cef130",
        organisation="ragiox",
        applies_to=["ragiox-gold"],
        title="Ragiox Gold",
        summary="NL: Hoogstens 4 Mb per uitwisseling; delen alleen met schriftelijke toestemming "
        "per geval; veertien werkdagen na het contract uit het klantenbestand; rapporten "
        "alleen aan gecertificeerden. EN: 4 Mb an exchange at most; sharing by written "
        "consent per case; out of the customer file fourteen working days after the "
        "contract; reports to certified people only.",
    ),
    _published(
        "2025-01-06 09:20",
        policy_id="infobuilder-privacy",
        text_sha256="1db1296a1fa66f862b6d9032df24c897967d24a70a67c974e33db5f0bb7e4c5d",
        organisation="infobuilder",
        applies_to=["infobuilder-sftp"],
        title="InfoBuilder",
        summary="NL: Bestanden gaan alleen naar het doel in de specificatie en zijn na verwerking"
        " of levering snel weg; inzien alleen om een probleem op te lossen. EN: files go "
        "to the destination in the specification only and are gone soon after processing "
        "or delivery; they are looked into only to solve a problem.",
    ),
)

_ORGANISATIONS: Final = (
    ("ingressus", ["processor"], "ingressus-xref"),
    ("interaction-next", ["processor"], "xential"),
    ("infactor", ["controller"], "infactor-web"),
    ("ragiox", ["controller"], "ragiox-gold"),
    ("infobuilder", ["processor"], "infobuilder-sftp"),
)


def opening_chapter() -> Chapter:
    """Who takes part, which systems report, and what the five promised in public."""
    known = [
        each
        for name, roles, system in _ORGANISATIONS
        for each in (
            fact(
                "organisation.registered",
                "2025-01-06 08:30",
                organisation=name,
                roles=roles,
                country="NL",
            ),
            fact("system.registered", "2025-01-06 08:40", system_id=system, organisation=name),
        )
    ]
    return Chapter(
        title="Five systems and what they promised",
        opening="Each statement is recorded as a policy: the hash of its text names the version.",
        facts=(*known, *_STATEMENTS),
        shown=("policy.published",),
    )
