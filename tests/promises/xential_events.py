"""What xential and its vendors report, as events of small histories."""

from pathlib import Path
from typing import Any, Final

from ledger.events import Event
from projections.promises import PromiseVerdict
from tests.histories import day, event
from tests.promises.judging import judged

STATEMENT: Final = "xential"
ASKED_ON: Final = 100
"""The day of the history on which verdicts are asked for, unless a test says another."""
OWN: Final = {"role": "processor", "organisation": "interaction-next"}
VENDOR: Final = {"role": "sub-processor", "organisation": "relatiebeheer"}
HOST: Final = {"role": "host", "organisation": "hosting-oost"}
LEADINFO: Final = {"role": "third-party", "organisation": "leadinfo"}


def asked(
    folder: Path,
    promise_id: str,
    *events: Event,
    on: float = ASKED_ON,
    **how: Any,  # noqa: ANN401 - the options of judged
) -> PromiseVerdict:
    """The verdict on one promise of xential over one history."""
    found = judged(folder, STATEMENT, events, as_of=day(on), promise_ids=[promise_id], **how)
    return found[promise_id]


def reported(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - whatever the kind takes
    """An event that xential itself reports."""
    return event(kind, on, system="xential", **fields)


def sent(on: float, recipient: dict[str, str], **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Data went to somebody, for the customer relation unless told otherwise."""
    told = {"purpose": "customer-relation", "content_classes": ["contact"], **fields}
    return reported(
        "exchange.performed",
        on,
        direction="out",
        exchange_kind="sync",
        sender=OWN,
        recipient=recipient,
        **told,
    )


def came(on: float, sender: dict[str, str] | None, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Data came from somebody, for the use of the application unless told otherwise."""
    told = {
        "purpose": "application-use",
        **({} if sender is None else {"sender": sender}),
        **fields,
    }
    return reported(
        "exchange.performed", on, direction="in", exchange_kind="sync", recipient=OWN, **told
    )


def agreement(on: float, party: dict[str, str], kind: str = "dpa.concluded") -> Event:
    """A step of the processing agreement with a vendor or the host."""
    return event(kind, on, agreement_id=f"NXT-{party['organisation']}", parties=[OWN, party])


def stored(on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """Data were stored."""
    return reported("data.stored", on, **fields)


def breach(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A step in the handling of the one breach of a history."""
    return reported(f"breach.{kind}", on, breach_id="NXT-B1", **fields)


def request(kind: str, on: float, **fields: Any) -> Event:  # noqa: ANN401 - as above
    """A step in the handling of the one request of a history."""
    told = {"right": "A15", "right_name": "access"} if kind == "received" else {}
    return reported(f"dsr.{kind}", on, request_id="NXT-R1", **{**told, **fields})
