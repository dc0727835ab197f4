r"""Patterns that strangers give, searched in time that grows with the text and nothing else.

Python's own `re` tries ways without end on patterns such as `(a+)+$`, and keeps every thread of the
process waiting meanwhile. RE2 never does; it knows no look-around and no back-references.
"""

from collections.abc import Callable
from typing import Final

import re2

from ledger.errors import BadRequest

LONGEST_PATTERN: Final = 256
MOST_MEMORY: Final = 256 * 1024
"""Of a compiled pattern: larger ones are refused, so that one text takes less than a second."""

Matches = Callable[[str], bool]


def matcher(text: str) -> Matches:
    """Whether a text holds the pattern.

    Raises:
        BadRequest: it is too long, or no pattern of RE2.
    """
    if not 0 < len(text) <= LONGEST_PATTERN:
        raise BadRequest(
            f"grep: expected a pattern of 1 to {LONGEST_PATTERN} characters, found {len(text)}"
        )
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        pattern = re2.compile(text, options)
    except (re2.error, UnicodeEncodeError) as error:
        why = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise BadRequest(f"grep: expected a pattern of RE2, found {text!r}: {why}") from error
    return lambda searched: pattern.search(searched) is not None
