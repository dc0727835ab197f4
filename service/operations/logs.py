"""The log of the service itself: one JSON object a line on standard error, without personal data.

Invariants: what came from a caller never stands in it, neither path, query, header nor body; a
trace names places and classes of errors, never what an error says, for that may quote a caller.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO

from ledger.identifiers import masked

LONGEST_MESSAGE: Final = 2_000
REQUEST: Final[ContextVar[str | None]] = ContextVar("request", default=None)
"""The id of the request that is being answered."""

_STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}
_QUIET: Final = ("uvicorn.access", "uvicorn.error", "opentelemetry", "grpc")


class JsonLines(logging.Formatter):
    """Log records as JSON objects: time, level, logger, event, request, and what was added."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without a line break."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "time": when.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": masked(record.getMessage())[:LONGEST_MESSAGE],
        }
        request = REQUEST.get()
        if request is not None:
            line["request"] = request
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"], line["trace"] = record.exc_info[0].__name__, places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=_shown)


def places(trace: TracebackType | None) -> list[str]:
    """Where an error came from, outermost first: file, line and function, without source lines."""
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]


def write_logs_to(stream: TextIO, level: int = logging.INFO) -> None:
    """From now on every log record of this process is a JSON line on the stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:  # they tell of addresses and of each connection
        logging.getLogger(name).setLevel(logging.ERROR)


def _shown(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
