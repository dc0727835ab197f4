r"""Paths as people name them, from what `internal-sftp` writes of them.

Before a line leaves, each backslash in it is doubled, each byte that is no printable ASCII becomes
three octal digits, and control characters get letters: `/in/caf\303\251` is `/in/café`. Another
program tells of the same file by its own name, so a path is read back where that gives text that
can be shown; any other stays as it was written.

Source: OpenSSH 9.2p1, log.c `do_log` with openbsd-compat/vis.c: VIS_CSTYLE and VIS_OCTAL.
"""

import re
from typing import Final

_ESCAPED: Final = re.compile(rb"\\(?:([0-3][0-7]{2})|(\\)|.)", re.DOTALL)


def path_of(written: str) -> str:
    """The path that a line names."""
    if "\\" not in written and written.isascii():
        return written
    try:
        path = _ESCAPED.sub(_byte, written.encode()).decode()
    except UnicodeError:
        return written
    return path if path.isprintable() else written


def _byte(found: re.Match[bytes]) -> bytes:
    """The byte that is meant; a control character, which no path that can be shown has, stays."""
    octal, backslash = found.groups()
    if octal is not None:
        return bytes((int(octal, 8),))
    return b"\\" if backslash is not None else b"\n"
