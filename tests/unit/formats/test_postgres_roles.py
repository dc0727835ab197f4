"""Which roles CREATE, ALTER and DROP ROLE make, change and remove, and which texts are refused."""

import pytest

from formats.postgres_roles import RoleStatement, role_statement
from formats.sql_words import statements_of
from ledger.errors import FormatError


def said(text: str) -> RoleStatement:
    (statement,) = statements_of(text)
    return role_statement(statement)


def members(found: RoleStatement) -> list[tuple[str, str]]:
    """Who belongs to which role."""
    return [(each.grantee, each.names[0]) for each in found.memberships]


def test_powers_are_told_and_settings_passed_over() -> None:
    """What an account may do could not be told, or its password be kept."""
    found = said(
        "CREATE USER eve WITH SUPERUSER NOINHERIT CONNECTION LIMIT -1 ENCRYPTED PASSWORD 'x' "
        "VALID UNTIL '2030-01-01' SYSID 7 REPLICATION"
    )
    assert found == RoleStatement(("eve",), ("superuser", "noinherit", "replication"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("create role a in role b, c", [("a", "b"), ("a", "c")]),
        (
            "create group g in group b role c, d admin e",
            [("g", "b"), ("c", "g"), ("d", "g"), ("e", "g")],
        ),
        ("create role a user b", [("b", "a")]),
        ("alter group g add user a, b", [("a", "g"), ("b", "g")]),
        ("create role a login", []),
    ],
)
def test_memberships_are_told(text: str, expected: list[tuple[str, str]]) -> None:
    """Somebody would belong to a role, and the log not know of it."""
    found = said(text)
    assert members(found) == expected
    assert not found.ends


def test_members_that_are_dropped_belong_no_more() -> None:
    """The end of a membership would be taken for its beginning."""
    found = said("alter group g drop user a")
    assert (members(found), found.ends) == ([("a", "g")], True)


@pytest.mark.parametrize(
    "text",
    [
        "alter role a rename to b",
        "alter role a set x to 'y'",
        "alter role a in database d reset all",
    ],
)
def test_changes_that_give_no_power_name_the_role(text: str) -> None:
    """A change of settings would look like one of powers."""
    assert said(text) == RoleStatement(("a",))


def test_a_text_that_was_cut_behind_the_password_is_told_as_such() -> None:
    """Powers that stood behind the password would seem not to have been given."""
    found = said("create role a login password <REDACTED>")
    assert (found.powers, found.is_cut) == (("login",), True)
    with pytest.raises(FormatError):
        said("create role a password <REDACTED> superuser")


def test_every_role_that_is_dropped_is_named() -> None:
    """Some accounts would go unseen."""
    assert said('drop user if exists a, "B c"').names == ("a", "B c")


@pytest.mark.parametrize(
    "text",
    [
        "create role a please",
        "create role a 'x'",
        "create role",
        "create role a password",
        "drop role a cascade",
        "alter group g add a",
        "create table a",
    ],
)
def test_what_cannot_be_read_whole_is_refused(text: str) -> None:
    """Half a statement would be recorded as the whole."""
    with pytest.raises(FormatError):
        said(text)
