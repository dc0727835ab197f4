"""Every refusal of an OTLP request as `google.rpc.Status`, over HTTP and over gRPC alike.

The table of `ledger.problem_types` says what each error is. Bad data is always 400 over HTTP: the
OTLP specification knows no other status for what a sender must not send again.

Source: OTLP specification, "Failures" (Status; statuses that are sent again; Retry-After and
`RetryInfo`); google.rpc `error_details.proto` (`BadRequest`, `RetryInfo`).
"""

import logging
from dataclasses import dataclass
from typing import Final

import grpc
from google.protobuf import duration_pb2
from google.rpc import error_details_pb2
from google.rpc.status_pb2 import Status
from starlette.exceptions import HTTPException

from ledger.errors import BadRequest, RecordingRefused, TooOften
from ledger.identifiers import masked
from ledger.problem_types import UNEXPECTED, problem_type_of
from service.intake.otlp_reading import Fault, Signal

RETRY_AFTER_S: Final = 1

_MOST_CHARACTERS: Final = 1200
"""Of all faults that are told: over gRPC a status travels in trailers, of which clients take 8 KiB,
and it stands there twice. The payload is kept with more of them."""
_BAD_REQUEST: Final = 400
_SERVER_FAULT: Final = 500
_TIMED_OUT: Final = 408
_UNAVAILABLE: Final = 503
"""What OTLP senders send again; they know no 408."""
_KNOWN: Final = frozenset({400, 401, 403, 404, 405, 413, 415, 429})
"""Statuses from 400 to 499 that OTLP names or HTTP itself answers; any other is bad data."""
_LOG: Final = logging.getLogger("zegel.service")


class RequestRefused(RecordingRefused):
    """A request was kept out whole, for every fault of its items."""

    def __init__(self, signal: Signal, faults: tuple[Fault, ...]) -> None:
        """Names each place with what is wrong there."""
        told = _told(faults)
        more = f"; and {len(faults) - len(told)} more" if len(faults) > len(told) else ""
        shown = "; ".join(f"{fault.place}: {fault.reason}" for fault in told)
        super().__init__(f"{signal.name}: nothing was stored: {shown}{more}")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a sender is told who must send again, or not."""

    problem: str
    """The name of its row in the table."""
    status: Status
    http_status: int
    grpc_status: grpc.StatusCode
    retry_after_s: int | None


def refusal_of(error: Exception) -> Refusal:
    """Any error as a refusal; what nobody foresaw is logged and told without details."""
    kind = problem_type_of(error)
    http_status, message, retry_after_s = kind.status, str(error), None
    if isinstance(error, HTTPException):  # the framework knows no such method here
        kind = problem_type_of(BadRequest(""))
        http_status, message = error.status_code, str(error.detail)
    elif kind is UNEXPECTED:
        _LOG.exception("unexpected failure", exc_info=error)
        message = "an unexpected failure; the log of the service has its trace"
    elif kind.retryable:
        retry_after_s = error.retry_after_s if isinstance(error, TooOften) else RETRY_AFTER_S
    if http_status == _TIMED_OUT:
        http_status, retry_after_s = _UNAVAILABLE, RETRY_AFTER_S
    if http_status < _SERVER_FAULT and http_status not in _KNOWN:
        http_status = _BAD_REQUEST
    grpc_status = grpc.StatusCode[kind.grpc]
    status = Status(code=grpc_status.value[0], message=masked(message))
    if isinstance(error, RequestRefused):
        status.details.add().Pack(_violations(error.faults))
    if retry_after_s is not None:
        delay = duration_pb2.Duration(seconds=retry_after_s)
        status.details.add().Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    return Refusal(kind.name, status, http_status, grpc_status, retry_after_s)


def _violations(faults: tuple[Fault, ...]) -> error_details_pb2.BadRequest:
    return error_details_pb2.BadRequest(
        field_violations=[
            error_details_pb2.BadRequest.FieldViolation(field=fault.place, description=fault.reason)
            for fault in _told(faults)
        ]
    )


def _told(faults: tuple[Fault, ...]) -> list[Fault]:
    """The first faults, as many as a status holds, without citizen numbers; at least one."""
    told: list[Fault] = []
    left = _MOST_CHARACTERS
    for fault in faults:
        place, reason = masked(fault.place), masked(fault.reason)
        left -= len(place) + len(reason)
        if told and left < 0:
            break
        told.append(Fault(place[:_MOST_CHARACTERS], reason[:_MOST_CHARACTERS]))
    return told
