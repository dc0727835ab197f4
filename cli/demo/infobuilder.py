"""InfoBuilder: one file comes in, one goes out, and both are gone within seconds."""

from typing import Final

from cli.demo.fact import Chapter, Fact, fact, party

SYSTEM: Final = "infobuilder-sftp"
_CLIENT: Final = "groothandel-west"
_DESTINATION: Final = "vervoerder-zuid"
_ENGINEER: Final = "person:m.visser@infobuilder.example"


def chapter() -> Chapter:
    """A specification names where files may go; what came in and went out is deleted at once."""
    return Chapter(
        title="InfoBuilder: files that stay for seconds",
        opening="The specification names one destination; one file is looked into for a ticket.",
        facts=(*_agreed(), *_files(), *_inspection()),
        shown=("specification.agreed", "file.received", "file.delivered", "data.deleted"),
    )


def _agreed() -> list[Fact]:
    return [
        fact(
            "organisation.registered",
            "2025-08-01 09:00",
            organisation=_CLIENT,
            roles=["controller", "customer"],
            country="NL",
        ),
        fact(
            "dpa.concluded",
            "2025-08-01 10:00",
            agreement_id="IFB-DPA-1",
            agreement_kind="controller-processor",
            parties=[party("controller", _CLIENT), party("processor", "infobuilder")],
        ),
        fact(
            "specification.agreed",
            "2025-08-04 10:00",
            specification_id="IFB-SPEC-1",
            version="1",
            process="orders-to-carrier",
            destinations=[party("third-party", _DESTINATION, country="NL")],
            storage_allowed=False,
            metrics="on",
        ),
        fact(
            "acknowledgement.recorded",
            "2025-08-04 11:00",
            person=_ENGINEER,
            document="non-disclosure",
            organisation="infobuilder",
        ),
    ]


def _files() -> list[Fact]:
    spec: Fact = {
        "system": SYSTEM,
        "specification_id": "IFB-SPEC-1",
        "spec_version": "1",
        "process": "orders-to-carrier",
    }
    exchange: Fact = {
        "system": SYSTEM,
        "exchange_kind": "transfer",
        "channel": "sftp",
        "content_classes": ["orders"],
        "specification_id": "IFB-SPEC-1",
        "spec_version": "1",
        "encrypted": True,
        "legal_basis": "contract",
    }
    client, destination = (
        party("customer", _CLIENT),
        party("third-party", _DESTINATION, country="NL"),
    )
    here = party("processor", "infobuilder")
    return [
        fact(
            "exchange.performed",
            "2025-09-01 07:00:00",
            direction="in",
            sender=client,
            recipient=here,
            size_bytes=61_204,
            **exchange,
        ),
        fact(
            "file.received",
            "2025-09-01 07:00:00",
            file_id="orders-0901.csv",
            size_bytes=61_204,
            sender=client,
            channel="sftp",
            **spec,
        ),
        fact("file.processed", "2025-09-01 07:00:02", file_id="orders-0901.csv", **spec),
        fact(
            "data.deleted",
            "2025-09-01 07:00:04",
            system=SYSTEM,
            file_id="orders-0901.csv",
            scope="input",
            method="erased",
            count=1,
        ),
        fact(
            "file.produced",
            "2025-09-01 07:00:03",
            file_id="orders-0901.xml",
            size_bytes=88_410,
            **spec,
        ),
        fact(
            "file.delivered",
            "2025-09-01 07:00:06",
            file_id="orders-0901.xml",
            delivery="sent",
            recipient=destination,
            channel="sftp",
            **spec,
        ),
        fact(
            "exchange.performed",
            "2025-09-01 07:00:06",
            direction="out",
            sender=here,
            recipient=destination,
            size_bytes=88_410,
            **exchange,
        ),
        fact(
            "data.deleted",
            "2025-09-01 07:00:08",
            system=SYSTEM,
            file_id="orders-0901.xml",
            scope="output",
            method="erased",
            count=1,
        ),
    ]


def _inspection() -> list[Fact]:
    return [
        fact(
            "access.granted",
            "2025-09-02 09:00",
            system=SYSTEM,
            grant_id="IFB-7",
            grantee=_ENGINEER,
            grantee_organisation="infobuilder",
            resource="test-files",
            acts=["read"],
            ticket="T-310",
        ),
        fact(
            "access.used",
            "2025-09-02 09:12",
            system=SYSTEM,
            grant_id="IFB-7",
            actor=_ENGINEER,
            actor_kind="person",
            resource="test-files",
            act="read",
            purpose="troubleshooting",
            ticket="T-310",
            records_count=1,
        ),
    ]
