"""The names of LDAP's result codes, and which of them refuse."""

from formats.ldap_results import REFUSALS, result_word


def test_refusals_are_those_for_lack_of_rights() -> None:
    """A full disk would look like an intruder, or an intruder like a full disk."""
    assert {result_word(code) for code in REFUSALS} == {
        "authMethodNotSupported",
        "strongerAuthRequired",
        "confidentialityRequired",
        "inappropriateAuthentication",
        "invalidCredentials",
        "insufficientAccessRights",
        "unwillingToPerform",
    }


def test_a_code_that_no_standard_names_is_unknown() -> None:
    """A code of one server would end the reading of its log."""
    assert result_word(4242) == "unknown"
