"""InFactor: the address of somebody who only visited, and one that tried three times."""

from hashlib import sha256
from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact

SYSTEM: Final = "infactor-web"
VISITOR: Final = "ip:203.0.113.99"
PERSISTENT: Final = "ip:203.0.113.80"
_FORMER_TEXT: Final = "InFactor bewaart adressen van bezoekers zolang dat nodig is.\n"


def chapter() -> Chapter:
    """An address kept for statistics, one kept out for a month after three attempts."""
    return Chapter(
        title="InFactor: who only visits is nobody's business",
        opening="One address is kept for statistics, which the statement rules out.",
        facts=(_former(), *_attempts(), _blocked(), _visitor()),
        shown=("ip.recorded", "ip.blocked"),
    )


def _former() -> Fact:
    return fact(
        "policy.published",
        "2016-03-01 09:00",
        policy_id="infactor-privacy",
        text_sha256=sha256(_FORMER_TEXT.encode()).hexdigest(),
        text=[_FORMER_TEXT],
        version="2016",
        effective_from=at("2016-03-01 00:00"),
        organisation="infactor",
        applies_to=[SYSTEM],
        title="InFactor",
        language="nl",
        actor_kind="organisation",
    )


def _attempts() -> list[Fact]:
    return [
        fact(
            "intrusion.attempt_detected",
            f"2025-11-20 03:1{minute}",
            system=SYSTEM,
            ip=PERSISTENT,
            target="website/login",
            detector="web-guard",
        )
        for minute in (1, 2, 4)
    ]


def _blocked() -> Fact:
    return fact(
        "ip.blocked",
        "2025-11-20 03:15",
        system=SYSTEM,
        block_id="WEB-80",
        ip=PERSISTENT,
        scope="website",
        decided_by="automatic",
        until=at("2025-12-20 03:15"),
        purpose="intrusion-prevention",
        legal_basis="legitimate-interests",
    )


def _visitor() -> Fact:
    return fact(
        "ip.recorded",
        "2025-11-21 10:40",
        system=SYSTEM,
        ip=VISITOR,
        target="website",
        purpose="statistics",
    )
