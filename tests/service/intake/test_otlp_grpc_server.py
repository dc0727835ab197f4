"""The gRPC server itself: TLS, overload, limits of callers, a stop that loses nothing."""

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, cast

import grpc
import pytest

from ledger.draft import Draft
from ledger.events import Event
from ledger.events.access import AccessAttemptDenied
from ledger.events.processing import ProcessingPerformed
from service.context import Context
from tests.certificates import make_certificate
from tests.otlp_messages import trace_message
from tests.served import served_context
from tests.served_otlp import TRACE_EXPORT, otlp_doors, recorded
from tests.unit.formats.traces import span_of

TIME_S: Final = 20.0


def call(channel: grpc.Channel, body: bytes, caller: str = "recorder") -> bytes:
    method = channel.unary_unary(
        TRACE_EXPORT, request_serializer=bytes, response_deserializer=lambda answer: answer
    )
    return method(body, metadata=(("authorization", f"Bearer {caller}"),), timeout=TIME_S)


def code_of(channel: grpc.Channel, body: bytes, caller: str = "recorder") -> grpc.StatusCode:
    try:
        call(channel, body, caller)
    except grpc.RpcError as error:
        return cast("grpc.Call", error).code()
    return grpc.StatusCode.OK


@contextmanager
def slow_commits(context: Context, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Commits wait; the event is set when the first one does. They go on afterwards."""
    waiting, go_on = threading.Event(), threading.Event()
    drafts = context.ledger.vault.drafts

    def slow(events: Sequence[Event]) -> list[Draft]:
        waiting.set()
        assert go_on.wait(TIME_S)
        return drafts(events)

    monkeypatch.setattr(context.ledger.vault, "drafts", slow)
    try:
        yield waiting
    finally:
        go_on.set()


def test_tls_is_spoken_and_nothing_else(tmp_path: Path) -> None:
    """Lines about people would travel in clear although TLS was set up."""
    chain, key, _ = make_certificate(tmp_path)
    pem = Path(chain).read_bytes()
    credentials = grpc.ssl_server_credentials([(Path(key).read_bytes(), pem)])
    with served_context(tmp_path) as context, otlp_doors(context, credentials) as doors:
        address = doors.grpc.replace("localhost", "127.0.0.1")
        with grpc.secure_channel(address, grpc.ssl_channel_credentials(pem)) as channel:
            assert code_of(channel, trace_message(span_of())) is grpc.StatusCode.OK
        with grpc.insecure_channel(address) as channel:
            found = code_of(channel, trace_message(span_of(spanId="c" * 16)))
        assert found is grpc.StatusCode.UNAVAILABLE
        assert len(recorded(context, ProcessingPerformed)) == 1


def test_a_stop_waits_for_what_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line would be recorded and its sender told that it failed, or the other way round."""
    with (
        served_context(tmp_path) as context,
        ThreadPoolExecutor(1) as pool,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        with slow_commits(context, monkeypatch) as waiting:
            running = pool.submit(code_of, channel, trace_message(span_of()))
            assert waiting.wait(TIME_S)
            doors.stop()
            while code_of(channel, b"") is grpc.StatusCode.OK:
                pass  # it has not yet begun to stop
            late = code_of(channel, trace_message(span_of(spanId="c" * 16)))
        assert running.result(TIME_S) is grpc.StatusCode.OK
        assert late is grpc.StatusCode.UNAVAILABLE
        assert [line.span_id for line in recorded(context, ProcessingPerformed)] == [
            "b97bd35bf939d73e"
        ]


def test_more_than_fits_is_sent_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender that meets a busy service would drop its lines, or the service run out of memory."""
    with (
        served_context(tmp_path, most_connections=1) as context,
        ThreadPoolExecutor(1) as pool,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        body = trace_message(span_of(spanId="c" * 16))
        with slow_commits(context, monkeypatch) as waiting:
            running = pool.submit(code_of, channel, trace_message(span_of()))
            assert waiting.wait(TIME_S)
            assert code_of(channel, body) is grpc.StatusCode.UNAVAILABLE
        assert running.result(TIME_S) is grpc.StatusCode.OK
        assert code_of(channel, body) is grpc.StatusCode.OK
        assert len(recorded(context, ProcessingPerformed)) == 2


def test_a_commit_that_takes_too_long_is_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender would wait for ever, or record a line twice."""
    with (
        served_context(tmp_path, append_s=0.1) as context,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        with slow_commits(context, monkeypatch):
            assert code_of(channel, trace_message(span_of())) is grpc.StatusCode.UNAVAILABLE
        monkeypatch.undo()
        assert code_of(channel, trace_message(span_of())) is grpc.StatusCode.OK
        assert len(recorded(context, ProcessingPerformed)) == 1


def test_who_asks_too_often_waits(tmp_path: Path) -> None:
    """One caller could keep all others out."""
    with (
        served_context(tmp_path, requests_per_minute=2) as context,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        found = [code_of(channel, b"") for _ in range(3)]
        assert found == [grpc.StatusCode.OK] * 2 + [grpc.StatusCode.UNAVAILABLE]
        assert code_of(channel, b"", "dpo") is grpc.StatusCode.OK


def test_who_guesses_keys_is_kept_out(tmp_path: Path) -> None:
    """Keys could be tried as fast as the network is."""
    with (
        served_context(tmp_path, refusals_per_minute=2) as context,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        found = [code_of(channel, b"", f"guess-{number}") for number in range(3)]
        assert found == [grpc.StatusCode.UNAUTHENTICATED] * 2 + [grpc.StatusCode.UNAVAILABLE]
        denied = recorded(context, AccessAttemptDenied)
        assert {each.resource for each in denied} == {
            "zegel/service/grpc/opentelemetry-proto-collector-trace-v1-traceservice"
        }
        assert {each.origin for each in denied} == {"ip:127.0.0.1"}


def test_a_request_is_told_of_without_what_came_in_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A key or a name would stand in a log that more people read, or a refusal nowhere."""
    caplog.set_level(logging.INFO, "zegel.grpc")
    with (
        served_context(tmp_path) as context,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        code_of(channel, trace_message(span_of(name="Read M. de Vries")))
        code_of(channel, b"", "secret-guess")
    first, second = [record for record in caplog.records if record.name == "zegel.grpc"]
    assert (vars(first)["status"], vars(second)["status"]) == (0, 16)
    assert vars(second)["problem"] == "not-authenticated"
    told = str([vars(first), vars(second)])
    assert "Vries" not in told
    assert "secret-guess" not in told


def test_one_of_two_keys_is_none(tmp_path: Path) -> None:
    """Which of the two counts would depend on who reads them."""
    with (
        served_context(tmp_path) as context,
        otlp_doors(context) as doors,
        grpc.insecure_channel(doors.grpc) as channel,
    ):
        method = channel.unary_unary(
            TRACE_EXPORT, request_serializer=bytes, response_deserializer=lambda answer: answer
        )
        twice = (("authorization", "Bearer reader"), ("authorization", "Bearer recorder"))
        with pytest.raises(grpc.RpcError) as caught:
            method(trace_message(span_of()), metadata=twice, timeout=TIME_S)
        assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.UNAUTHENTICATED
