"""`POST /v1/events` as a stream of any length: one event of ours on each line, stored in batches.

The stream ends at the first line that is refused, and with the key that it was sent with: before
each batch its caller must prove anew who they are. The answer says how far it is durable:
everything before that line is, and nothing after it was read. Sent again, every line that is
durable gives its first receipt. With `Accept: application/x-ndjson` the receipts themselves stream
back, one for each line, as soon as its batch is durable; a refusal is the last line then.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from formats.answers.receipt import receipt_document
from formats.json_form import encode_json
from formats.reading import MAX_LINE_BYTES
from formats.strict_json import strict_json
from ledger.draft import Receipt
from ledger.errors import (
    BatchRefused,
    EventIdReused,
    Fault,
    FormatError,
    MalformedEvent,
    NotAuthorised,
    RecordingRefused,
    TooLarge,
    ZegelError,
)
from ledger.events import Event, kind_of
from service.access.asked import Asked
from service.access.caller import Caller
from service.access.guard import asked_of, proved_again
from service.context import Context
from service.intake.appending import append
from service.intake.bodies import body_pieces
from service.intake.lines import SentLine, batches_of
from service.intake.refused import reasons_of, record_refused
from service.intake.sent import LINES, Reading, fault_of, reading_of
from service.problems import problem_of
from service.queries.accepting import JSON, preferred
from service.threads import writing

FORMAT: Final = "ndjson"


@dataclass(slots=True)
class Progress:
    """How far a stream is durable."""

    accepted: int = 0
    """New records."""
    duplicates: int = 0
    """Lines that were in the log before."""
    first_index: int | None = None
    last_index: int | None = None
    """The lowest and the highest index of a receipt."""
    durable_lines: int = 0
    """Every line up to this number is durable, or blank."""

    def note(self, line: SentLine, receipt: Receipt) -> None:
        """One more line is durable."""
        index = int(receipt.index)
        if receipt.duplicate:
            self.duplicates += 1
        else:
            self.accepted += 1
        self.first_index = index if self.first_index is None else min(self.first_index, index)
        self.last_index = index if self.last_index is None else max(self.last_index, index)
        self.durable_lines = line.number

    def document(self) -> dict[str, Any]:
        """For the answer."""
        return {
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "first_index": self.first_index,
            "last_index": self.last_index,
            "durable_lines": self.durable_lines,
        }


@dataclass(frozen=True, slots=True)
class _Stored:
    """What became of one batch."""

    lines: Sequence[SentLine]
    receipts: Sequence[Receipt]
    kinds: Sequence[str]
    refusal: ZegelError | None = None
    """Why the line after those with a receipt was refused."""

    @property
    def refused_line(self) -> SentLine | None:
        """The line that was refused, if one was."""
        return None if self.refusal is None else self.lines[len(self.receipts)]


@dataclass(slots=True)
class _Stream:
    """One request."""

    context: Context
    caller: Caller
    reading: Reading
    asked: Asked
    progress: Progress = field(default_factory=Progress)

    async def stored(self, request: Request) -> AsyncGenerator[_Stored]:
        """Each batch, once it is durable; a batch with a refusal is the last."""
        async with aclosing(batches_of(body_pieces(request))) as batches:
            async for lines in batches:
                self.caller = await proved_again(request, self.context, "record")
                batch = await self._store(lines)
                for line, receipt in zip(batch.lines, batch.receipts, strict=False):
                    self.progress.note(line, receipt)
                yield batch
                if batch.refusal is not None:
                    return

    async def _store(self, lines: list[SentLine]) -> _Stored:
        events, refusal = await writing(self.context, _events_of, self.reading, lines)
        receipts, error = await self._append(events)
        refusal = error or refusal
        batch = _Stored(lines, receipts, [kind_of(each) for each in events], refusal)
        if batch.refused_line is not None and _is_evidence(refusal):
            await record_refused(
                self.context,
                self.caller,
                format_name=FORMAT,
                reasons=reasons_of(refusal),
                payload=batch.refused_line.raw,
                items=1,
            )
        return batch

    async def _append(self, events: Sequence[Event]) -> tuple[list[Receipt], ZegelError | None]:
        """The receipts of the events before the first one that is refused, and why it is."""
        if not events:
            return [], None
        is_final = len(events) == 1
        try:
            return await self._recorded(events, is_final=is_final), None
        except RecordingRefused as error:
            if is_final:
                return [], error
            if error.place is not None:
                receipts, earlier = await self._append(events[: error.place])
                return receipts, earlier or _about_one(error)
        receipts = []
        for event in events:  # it does not say which: each by itself
            try:
                receipts += await self._recorded([event], is_final=True)
            except RecordingRefused as error:
                return receipts, error
        return receipts, None

    async def _recorded(self, events: Sequence[Event], *, is_final: bool) -> list[Receipt]:
        return await append(self.context, self.caller, events, asked=self.asked, is_final=is_final)

    def refused(self, batch: _Stored) -> Response:
        """The answer that ends a stream at a line."""
        line = batch.refused_line
        if batch.refusal is None or line is None:
            raise TypeError("only a batch with a refusal ends a stream")
        return self.broken_off(batch.refusal, line=line.number)

    def broken_off(self, error: Exception, **members: object) -> Response:
        """An error as the answer, with how far the stream is durable."""
        return problem_of(error, more={**members, **self.progress.document()})


async def receive_lines(request: Request, context: Context, caller: Caller) -> Response:
    """The answer to a stream of lines, once it ended or was refused.

    Raises:
        BadRequest: the head of the request cannot be understood.
    """
    reading = reading_of(context, caller, request.headers)
    stream = _Stream(context, caller, reading, asked_of(request))
    if preferred(request.headers.get("accept"), (JSON, LINES)) == LINES:
        return await _receipts(stream, request)
    try:
        async with aclosing(stream.stored(request)) as batches:
            async for batch in batches:
                if batch.refusal is not None:
                    return stream.refused(batch)
    except (ZegelError, OSError) as error:
        return stream.broken_off(error)
    status = 201 if stream.progress.accepted else 200
    return Response(encode_json(stream.progress.document()), status, media_type=JSON)


async def _receipts(stream: _Stream, request: Request) -> Response:
    """A stream of receipts; refused before its first line, it is a plain problem."""
    batches = stream.stored(request)
    try:
        first = await anext(batches, None)
    except (ZegelError, OSError) as error:
        return stream.broken_off(error)
    if first is not None and first.refusal is not None and not first.receipts:
        await batches.aclose()
        return stream.refused(first)
    return _Receipts(_told(stream, first, batches), media_type=LINES)


class _Receipts(StreamingResponse):
    """An answer that goes out while the request comes in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as its parent
        """Leaves the messages that arrive alone.

        The framework would take them to see whether the client is still there, lines among them.
        """
        await self.stream_response(send)


async def _told(
    stream: _Stream, first: _Stored | None, batches: AsyncGenerator[_Stored]
) -> AsyncIterator[bytes]:
    batch = first
    async with aclosing(batches):
        try:
            while batch is not None:
                told = zip(batch.lines, batch.receipts, batch.kinds, strict=False)
                yield b"".join(_receipt_line(*each) for each in told)
                if batch.refusal is not None:
                    yield bytes(stream.refused(batch).body) + b"\n"
                batch = await anext(batches, None)
        except (ZegelError, OSError) as error:
            yield bytes(stream.broken_off(error).body) + b"\n"


def _receipt_line(line: SentLine, receipt: Receipt, kind: str) -> bytes:
    return encode_json({"line": line.number, **receipt_document(receipt, kind)}).encode() + b"\n"


def _events_of(
    reading: Reading, lines: Sequence[SentLine]
) -> tuple[list[Event], ZegelError | None]:
    """The events of the lines before the first one that is refused, and why it is."""
    events: list[Event] = []
    for line in lines:
        try:
            events.append(_event_of(reading, line))
        except ZegelError as error:
            return events, error
    return events, None


def _event_of(reading: Reading, line: SentLine) -> Event:
    place = f"line {line.number}"
    if line.is_too_long:
        raise TooLarge(f"{place}: expected at most {MAX_LINE_BYTES} bytes, found more")
    try:
        value = strict_json(line.raw, most_depth=reading.most_depth)
    except FormatError as error:
        raise FormatError(place, error.expected, error.found) from error
    try:
        return reading.native(value, place, line.number)
    except (FormatError, MalformedEvent) as error:
        raise BatchRefused([fault_of(error, "lines")]) from error


def _about_one(error: RecordingRefused) -> RecordingRefused:
    """An error about one of several events, as it is about that one alone."""
    match error:
        case EventIdReused():
            return EventIdReused(error.event_id, error.index, error.conflict_index)
        case MalformedEvent():
            return BatchRefused([fault_of(error, "lines")])
        case BatchRefused():
            fault = error.faults[0]
            return BatchRefused([Fault("", fault.expected, fault.found)])
        case _:
            return error


def _is_evidence(error: ZegelError | None) -> TypeGuard[RecordingRefused]:
    """Whether a refusal is kept: it is about what the line says, and nothing else tells of it."""
    return isinstance(error, RecordingRefused) and not isinstance(
        error, (EventIdReused, NotAuthorised)
    )
