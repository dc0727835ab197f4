"""Every refusal as OTLP tells it: whether a sender drops its data or sends them again."""

from uuid import UUID

import grpc
import pytest
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from starlette.exceptions import HTTPException

from ledger import errors
from ledger.problem_types import PROBLEM_TYPES
from service.intake.otlp_reading import TRACES, Fault
from service.intake.otlp_status import RequestRefused, refusal_of

AGAIN = {429, 502, 503, 504}
"""What the specification of OTLP has senders send again."""


@pytest.mark.parametrize(
    ("error", "http_status", "grpc_status"),
    [
        (RequestRefused(TRACES, (Fault("span 1", "name"),)), 400, "INVALID_ARGUMENT"),
        (errors.MalformedEvent("access.used.v1", "a", "b", "c"), 400, "INVALID_ARGUMENT"),
        (errors.FormatError("a", "b", "c"), 400, "INVALID_ARGUMENT"),
        (errors.NotAuthenticated("a"), 401, "UNAUTHENTICATED"),
        (errors.NotAuthorised("a"), 403, "PERMISSION_DENIED"),
        (errors.TooLarge("a"), 413, "RESOURCE_EXHAUSTED"),
        (errors.UnsupportedForm("a"), 415, "INVALID_ARGUMENT"),
        (errors.SubjectErased("a"), 400, "FAILED_PRECONDITION"),
        (errors.TooOften("a", 7), 429, "UNAVAILABLE"),
        (errors.TooSlow("a"), 503, "DEADLINE_EXCEEDED"),
        (errors.StoreUnavailable("a"), 503, "UNAVAILABLE"),
        (errors.OutcomeUnknown("a"), 503, "UNAVAILABLE"),
        (OSError("a"), 503, "UNAVAILABLE"),
        (HTTPException(405), 405, "INVALID_ARGUMENT"),
        (ZeroDivisionError("a"), 500, "INTERNAL"),
    ],
)
def test_each_error_has_its_status(error: Exception, http_status: int, grpc_status: str) -> None:
    """A sender would drop what it should send again, or send again what is bad for ever."""
    found = refusal_of(error)
    assert (found.http_status, found.grpc_status) == (http_status, grpc.StatusCode[grpc_status])
    assert found.status.code == found.grpc_status.value[0]
    assert found.status.message


def test_only_statuses_of_otlp_are_told_to_senders() -> None:
    """A sender that knows no such status would guess whether to send again."""
    for kind, row in PROBLEM_TYPES:
        error = kind.__new__(kind)  # its arguments do not matter here
        assert isinstance(error, Exception)
        if isinstance(error, errors.TooOften):
            error.retry_after_s = 1
        found = refusal_of(error)
        assert found.http_status in {400, 401, 403, 404, 413, 415, 500} | AGAIN, row.name
        assert (found.retry_after_s is not None) == (found.http_status in {429, 503}), row.name


def test_a_retry_says_when() -> None:
    """A sender would come back at once, or never."""
    found = refusal_of(errors.TooOften("too often", 7))
    info = RetryInfo()
    assert found.status.details[0].Unpack(info)
    assert (found.retry_after_s, info.retry_delay.seconds) == (7, 7)


def test_each_fault_is_told_until_the_status_is_full() -> None:
    """A status larger than trailers may be would be lost with all its reasons."""
    faults = tuple(Fault(f"span {number}", "x" * 100) for number in range(50))
    status = refusal_of(RequestRefused(TRACES, faults)).status
    told = BadRequest()
    assert status.details[0].Unpack(told)
    assert 5 < len(told.field_violations) < 15
    assert status.message.endswith(f"; and {50 - len(told.field_violations)} more")
    assert status.ByteSize() < 4096
    one = refusal_of(RequestRefused(TRACES, (Fault("p" * 5000, "r" * 5000),))).status
    assert one.ByteSize() < 8192


def test_no_citizen_number_stands_in_a_status() -> None:
    """A number would travel to logs that many people read."""
    error = RequestRefused(TRACES, (Fault("span 999990342", "found 999990342"),))
    assert b"999990342" not in refusal_of(error).status.SerializeToString()
    reused = errors.EventIdReused(UUID(int=1), 3, 4)
    assert "index 3" in refusal_of(reused).status.message
