"""What `zegel.toml` says about the service, in its table `[serve]`; read without any web library.

Invariant: a setting that is not known, or not of its type, is refused by name.
"""

from dataclasses import dataclass
from typing import Final

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """How one log is served."""

    host: str = "127.0.0.1"
    port: int = 8080
    """Of HTTP; 0 takes a free one."""
    grpc_port: int | None = 4317
    """Of OTLP over gRPC; `None`: not served."""
    most_body_bytes: int = 20 * MEBIBYTE
    """Of one request, also after decompression; a stream of lines has no such limit."""
    most_depth: int = 64
    """How deep JSON may be nested."""
    body_s: float = 30.0
    """Seconds in which a body must have arrived."""
    append_s: float = 10.0
    """Seconds after which an append that is not durable yet is answered with 503."""
