"""What a request shows to prove who sends it.

Source: RFC 6750 §2.1 (the header `Authorization: Bearer`).
"""

import re
from collections.abc import Mapping
from typing import Final

from ledger.api_key_proof import is_api_key
from ledger.errors import NotAuthenticated

_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


def credential(headers: Mapping[str, str]) -> str:
    """The key or token in the headers of a request, whose names are in lower case.

    Raises:
        NotAuthenticated: there is none.
    """
    given = headers.get("authorization")
    if given is None:
        raise NotAuthenticated("expected the header Authorization: Bearer …, found none")
    matched = _BEARER.fullmatch(given)
    if matched is None:
        raise NotAuthenticated(
            "Authorization: expected Bearer and a key or token, found another scheme",
            reason="other-scheme",
        )
    return matched[1]


def shows_api_key(headers: Mapping[str, str]) -> bool:
    """Whether the headers of a request show what says that it is an API key."""
    matched = _BEARER.fullmatch(headers.get("authorization", ""))
    return matched is not None and is_api_key(matched[1])
