"""Identities have one spelling, tokens are told from identities."""

from uuid import UUID

import pytest

from ledger.events.access import AccessUsed
from ledger.personal import PersonalField, normalised_identity, parse_token, plan_of, token_text

SUBJECT = UUID("0192f5a4-7c1e-7b3a-9d2e-5f6a7b8c9d0e")


@pytest.mark.parametrize("namespace", ["person", "ip", "data-subject"])
def test_a_token_names_namespace_and_subject(namespace: str) -> None:
    """A pseudonym shown to a reader could not be used to look further."""
    text = token_text(namespace, SUBJECT)
    assert text == f"{namespace}#0192f5a47c1e7b3a9d2e5f6a7b8c9d0e"
    assert parse_token(text) == (namespace, SUBJECT)


@pytest.mark.parametrize(
    "text", ["person:x", "withheld", "person#", "person#" + "g" * 32, f"person#{SUBJECT.hex}\n", ""]
)
def test_what_is_no_token_gives_none(text: str) -> None:
    """An account name would be taken for a pseudonym."""
    assert parse_token(text) is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("person: J.Jansen ", "person:j.jansen"),
        ("ip:203.0.113.7", "ip:203.0.113.7"),
        ("ip:::FFFF:CB00:7107", "ip:203.0.113.7"),
        ("ip:2001:0DB8::0001", "ip:2001:db8::1"),
        ("data-subject:bsn: 1234.56.782", "data-subject:BSN:123456782"),
        ("data-subject:Customer: A1 ", "data-subject:CUSTOMER:A1"),
    ],
)
def test_an_identity_is_normalised(given: str, expected: str) -> None:
    """One person or address would have two keys."""
    assert normalised_identity(given) == expected


@pytest.mark.parametrize(
    "wrong",
    ["", "person", "mail:x", "ip:1.2.3", "ip:203.0.113.07", "ip:1.2.3.4.", "withheld", "ip#00"],
)
def test_what_is_no_identity_is_refused(wrong: str) -> None:
    """A key would be made for something that is nobody."""
    with pytest.raises(ValueError, match=r".+"):
        normalised_identity(wrong)


def test_the_plan_tells_what_the_vault_must_know() -> None:
    """The vault would encrypt under the wrong key, or forget a field."""
    plan = plan_of(AccessUsed)
    assert plan.kind == "access.used.v1"
    assert plan.stream_field is None
    assert plan.field("actor") == PersonalField(
        "actor", "subject", "person", many=False, required=False, structured=False
    )
    subjects = plan.field("subjects")
    assert subjects is not None
    assert subjects.many
    assert plan.field("resource") is None
