"""What happened earlier and was recorded only at the end: it changes answers about the past."""

from typing import Final

from cli.demo import breach
from cli.demo.fact import Chapter, Fact, at, fact

_INFACTOR: Final = "infactor-web"
_MECHANIC: Final = "person:j.vos@infactor.example"


def chapter(derive_id: breach.DeriveId) -> Chapter:
    """An awareness that moves back, a suspicion that was none, measures that stood all along.

    Args:
        derive_id: Gives the id of the decision on awareness that is replaced.
    """
    return Chapter(
        title="What was recorded only later",
        opening="Whoever closed the account had understood: awareness moves two hours back.",
        facts=(_aware_earlier(derive_id), *_ruled_out(), *_protected(), _rule()),
        shown=("breach.awareness_determined", "breach.ruled_out", "measure.declared"),
    )


def _aware_earlier(derive_id: breach.DeriveId) -> Fact:
    return fact(
        "breach.awareness_determined",
        "2025-11-18 08:00",
        system=breach.SYSTEM,
        breach_id=breach.BREACH,
        aware_at=at("2025-11-17 09:35"),
        basis="Who closed the account knew why.",
        decided_by=breach.OFFICER,
        supersedes=str(breach.first_awareness(derive_id)),
    )


def _ruled_out() -> list[Fact]:
    case: Fact = {"breach_id": "INF-2025-10", "system": _INFACTOR}
    return [
        fact("breach.suspected", "2025-10-20 09:00", cause="lost-device", **case),
        fact(
            "breach.ruled_out",
            "2025-10-21 15:00",
            basis="The laptop was found, encrypted and unopened.",
            **case,
        ),
    ]


def _protected() -> list[Fact]:
    """The measures of InFactor, and the protocol that its mechanic accepted."""
    return [
        *(
            fact(
                "measure.declared",
                "2025-01-06 12:00",
                system=_INFACTOR,
                measure_id=f"infactor-{measure}",
                measure=measure,
                scope=scope,
                organisation="infactor",
                state="active",
                valid_from=at("2025-01-06 00:00"),
            )
            for measure, scope in (("tls", "website"), ("security-layers", "office"))
        ),
        fact(
            "acknowledgement.recorded",
            "2025-02-03 09:00",
            system=_INFACTOR,
            person=_MECHANIC,
            document="security-protocol",
            organisation="infactor",
        ),
    ]


def _rule() -> Fact:
    """What Ragiox keeps of customers, and how long: it makes a date of what is still there."""
    return fact(
        "retention.rule_set",
        "2025-01-06 12:30",
        system="ragiox-gold",
        rule_id="ragiox-customers",
        category="name",
        period="P20D",
        trigger="contract.ended",
        basis="statement",
        systems=["ragiox-gold"],
        dataset="customers",
        decided_by="person:fg@ragiox.example",
    )
