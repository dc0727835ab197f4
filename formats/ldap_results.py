"""Result codes of LDAP: their names, and which of them refuse for lack of rights.

Source: RFC 4511 §4.1.9 and appendix A.
"""

from typing import Final

_NAMES: Final = {
    1: "operationsError",
    2: "protocolError",
    3: "timeLimitExceeded",
    4: "sizeLimitExceeded",
    7: "authMethodNotSupported",
    8: "strongerAuthRequired",
    10: "referral",
    11: "adminLimitExceeded",
    13: "confidentialityRequired",
    16: "noSuchAttribute",
    19: "constraintViolation",
    20: "attributeOrValueExists",
    32: "noSuchObject",
    34: "invalidDNSyntax",
    48: "inappropriateAuthentication",
    49: "invalidCredentials",
    50: "insufficientAccessRights",
    51: "busy",
    52: "unavailable",
    53: "unwillingToPerform",
    65: "objectClassViolation",
    68: "entryAlreadyExists",
    80: "other",
}

REFUSALS: Final = frozenset({7, 8, 13, 48, 49, 50, 53})
"""The server did not let the client, as it had identified itself. Others say that it could not."""


def result_word(code: int) -> str:
    """The name that the standard gives to a code, or `unknown`."""
    return _NAMES.get(code, "unknown")
