"""Which sources were connected, which fell silent, and whose clock was off."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact

_CONNECTED: Final = (
    ("ingressus-xref", "2025-01-06 00:00", None),
    ("xential", "2020-03-19 00:00", None),
    ("ragiox-gold", "2025-01-06 00:00", None),
    # Nobody says that it was connected later, and nothing came.
    ("infobuilder-sftp", "2025-01-06 00:00", "2025-11-15 00:00"),
)
_OFF_BY: Final = "-PT2M40S"


def chapter() -> Chapter:
    """Silence means something only where a source was connected: so that is declared."""
    return Chapter(
        title="Who was connected, and whose clock was off",
        opening="Nobody vouches for InFactor; InfoBuilder fell silent; a clock ran ahead.",
        facts=(*_coverage(), *_clocks()),
        shown=("log.source_coverage_declared", "log.clock_skew_recorded"),
    )


def _coverage() -> list[Fact]:
    found = []
    for source, start, end in _CONNECTED:
        until: Fact = {} if end is None else {"covered_until": at(end)}
        found.append(
            fact(
                "log.source_coverage_declared",
                "2025-12-15 09:00",
                source=source,
                covered_from=at(start),
                declared_by="person:fg@zegel.example",
                **until,
            )
        )
    return found


def _clocks() -> list[Fact]:
    return [
        fact(
            "log.clock_skew_recorded",
            "2025-11-21 12:00",
            source="infactor-web",
            offset=_OFF_BY,
            skew_from=at("2025-11-01 00:00"),
            skew_until=at("2025-11-21 11:55"),
        ),
    ]
