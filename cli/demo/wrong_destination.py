"""InfoBuilder: a file that went where it was not yet allowed to go, and one that stayed."""

from typing import Final

from cli.demo.fact import Chapter, Fact, at, fact, party

SYSTEM: Final = "infobuilder-sftp"
_ARCHIVE: Final = "archief-oost"
_CARRIER: Final = "vervoerder-zuid"


def chapter() -> Chapter:
    """The archive is a destination under version 2 of the specification, not under version 1."""
    return Chapter(
        title="InfoBuilder: a file that went too far, and one that stayed",
        opening="The archive became a destination in October; a file went there in September.",
        facts=(*_sent(), *_stayed(), _second_version()),
        shown=("file.delivered", "data.deleted", "specification.agreed"),
    )


def _spec() -> Fact:
    return {
        "system": SYSTEM,
        "specification_id": "IFB-SPEC-1",
        "spec_version": "1",
        "process": "orders-to-carrier",
    }


def _sent() -> list[Fact]:
    there = party("third-party", _ARCHIVE, country="NL")
    return [
        fact("file.produced", "2025-09-15 07:00:03", file_id="orders-0915.xml", **_spec()),
        fact(
            "file.delivered",
            "2025-09-15 07:00:05",
            file_id="orders-0915.xml",
            delivery="sent",
            recipient=there,
            channel="sftp",
            **_spec(),
        ),
        fact(
            "exchange.performed",
            "2025-09-15 07:00:05",
            system=SYSTEM,
            exchange_id="IFB-0915",
            direction="out",
            exchange_kind="transfer",
            sender=party("processor", "infobuilder"),
            recipient=there,
            content_classes=["orders"],
            size_bytes=91_022,
            channel="sftp",
            encrypted=True,
            legal_basis="contract",
            specification_id="IFB-SPEC-1",
            spec_version="1",
        ),
        _deleted("2025-09-15 07:00:09", "orders-0915.xml", "output"),
    ]


def _stayed() -> list[Fact]:
    """Received and processed as always, but deleted twelve minutes later, and one never."""
    stories = (
        ("orders-0922.csv", "2025-09-22 07:00", "2025-09-22 07:12:44"),
        ("orders-1110.csv", "2025-11-10 07:00", None),
    )
    found = []
    for name, came, went in stories:
        found += [
            fact(
                "file.received",
                f"{came}:00",
                file_id=name,
                size_bytes=60_112,
                sender=party("customer", "groothandel-west"),
                channel="sftp",
                **_spec(),
            ),
            fact("file.processed", f"{came}:02", file_id=name, **_spec()),
        ]
        if went is not None:
            found.append(_deleted(went, name, "input"))
    return found


def _deleted(local: str, file_id: str, scope: str) -> Fact:
    return fact(
        "data.deleted", local, system=SYSTEM, file_id=file_id, scope=scope, method="erased", count=1
    )


def _second_version() -> Fact:
    return fact(
        "specification.agreed",
        "2025-09-29 10:00",
        system=SYSTEM,
        specification_id="IFB-SPEC-1",
        version="2",
        process="orders-to-carrier",
        destinations=[
            party("third-party", _CARRIER, country="NL"),
            party("third-party", _ARCHIVE, country="NL"),
        ],
        storage_allowed=False,
        metrics="on",
        effective_from=at("2025-10-01 00:00"),
    )
