"""Where somebody is led back to: only ever to a page of this service."""

from typing import Final
from urllib.parse import urlsplit

HOME: Final = "/"
_LONGEST: Final = 4_000
_FORBIDDEN: Final = frozenset("\\\r\n\t")


def own_path(wanted: str | None) -> str:
    """The path and query that somebody wanted to go back to, if it is one of ours; else `/`.

    Source: CWE-601: two slashes, a backslash or a control character lead browsers elsewhere.
    """
    if wanted is None or len(wanted) > _LONGEST or not wanted.isascii() or not wanted.isprintable():
        return HOME
    if not wanted.startswith("/") or wanted.startswith("//") or _FORBIDDEN & set(wanted):
        return HOME
    parts = urlsplit(wanted)
    return HOME if parts.scheme or parts.netloc else wanted
