"""Writes syslog messages: what the readers under test must give back."""

from collections.abc import Iterable
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff"
Parameters = Iterable[tuple[str, str]]


def modern(
    message: str,
    *,
    priority: int = 38,
    time: str = "2026-03-12T06:17:02.000001+01:00",
    host: str = "gateway",
    program: str = "sshd",
    process: str = "4101",
    message_id: str = "-",
    elements: Iterable[tuple[str, Parameters]] = (),
    mark: bool = False,
) -> str:
    """One message of RFC 5424; `mark` puts a byte order mark before its text."""
    data = "".join(map(_element, elements)) or "-"
    header = f"<{priority}>1 {time} {host} {program} {process} {message_id} {data}"
    text = BYTE_ORDER_MARK + message if mark else message
    return f"{header} {text}" if text else header


def older(
    message: str,
    *,
    priority: int | None = 38,
    time: str = "Mar 12 06:17:02",
    host: str | None = "gateway",
    program: str = "sshd",
    pid: str | None = "4101",
) -> str:
    """One message as RFC 3164 describes it, with what programs leave out left out."""
    begin = "" if priority is None else f"<{priority}>"
    process = "" if pid is None else f"[{pid}]"
    return f"{begin}{time} {'' if host is None else f'{host} '}{program}{process}: {message}"


def counted(*messages: bytes) -> bytes:
    """Messages on a stream, each after its count of octets."""
    return b"".join(b"%d %b" % (len(message), message) for message in messages)


def _element(element: tuple[str, Parameters]) -> str:
    name, parameters = element
    told = "".join(f' {key}="{_escaped(value)}"' for key, value in parameters)
    return f"[{name}{told}]"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
