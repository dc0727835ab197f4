"""Which rights GRANT and REVOKE statements give and take, and which texts are refused."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.postgres_rights import Right, rights_of
from formats.sql_words import statements_of
from ledger.errors import FormatError


def said(text: str) -> list[tuple[str, str, str]]:
    """Grantee, act and object of each right of the one statement in a text."""
    (statement,) = statements_of(text)
    return [
        (right.grantee, right.act, f"{right.sort} {'.'.join(right.names)}")
        for right in rights_of(statement).rights
    ]


def test_each_privilege_of_each_role_on_each_object_is_a_right() -> None:
    """What is taken one by one could not be matched with what was given together."""
    assert said("GRANT SELECT, insert ON a, s.b TO anna, GROUP ben WITH GRANT OPTION") == [
        ("anna", "select", "table a"),
        ("anna", "insert", "table a"),
        ("ben", "select", "table a"),
        ("ben", "insert", "table a"),
        ("anna", "select", "table s.b"),
        ("anna", "insert", "table s.b"),
        ("ben", "select", "table s.b"),
        ("ben", "insert", "table s.b"),
    ]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("grant usage on schema insight to anna", ("anna", "usage", "schema insight")),
        ("revoke create on database x from public", ("PUBLIC", "create", "database x")),
        ("grant temp on database x to anna", ("anna", "temporary", "database x")),
        ('grant execute on function "F"(int, text) to a', ("a", "execute", "function F")),
        ("grant all privileges on tablespace t to a", ("a", "create", "tablespace t")),
        ("grant alter system on parameter x.y to a", ("a", "alter system", "parameter x.y")),
        ("grant usage on foreign data wrapper w to a", ("a", "usage", "foreign data wrapper w")),
        ("grant readers to anna with admin option", ("anna", "member", "role readers")),
        ("revoke readers from anna granted by root cascade", ("anna", "member", "role readers")),
        ("grant select on t to a granted by b", ("a", "select", "table t")),
        ("grant /* on x to y; */ select -- z\n on t to a", ("a", "select", "table t")),
        ('grant select on "a;b" to "PUBLIC"', ("PUBLIC", "select", "table a;b")),
    ],
)
def test_objects_of_every_sort_are_read(text: str, right: tuple[str, str, str]) -> None:
    """Rights on some sorts of objects would be missed."""
    assert said(text) == [right]


def test_all_means_each_privilege_of_the_sort() -> None:
    """A right that was taken alone would stand on as part of all."""
    acts = [act for _, act, _ in said("REVOKE ALL ON t FROM anna")]
    assert acts == ["select", "insert", "update", "delete", "truncate", "references", "trigger"]


def test_columns_and_whole_schemas_are_kept_apart() -> None:
    """A right to one column, or to what is there now, would be one to all."""
    (statement,) = statements_of("grant select (bsn, name) on claims to anna")
    assert rights_of(statement).rights == (
        Right("anna", "select", "table", ("claims",), ("bsn", "name")),
    )
    (statement,) = statements_of("grant select on all tables in schema s to anna")
    assert rights_of(statement).rights == (
        Right("anna", "select", "table", ("s",), whole_schema=True),
    )


def test_taking_only_the_right_to_pass_on_takes_nothing_else() -> None:
    """A right that stays would seem to have ended."""
    for text in (
        "revoke grant option for select on t from anna",
        "revoke admin option for readers from anna",
    ):
        (statement,) = statements_of(text)
        assert rights_of(statement).only_passing_on


@pytest.mark.parametrize(
    "text",
    [
        "grant select on t to current_user",
        "grant select on t",
        "grant select on t to 'anna'",
        "grant paint on t to anna",
        "grant select on large object 42 to anna",
        "grant select on t to anna please",
        "grant a(b) to anna",
        "grant",
    ],
)
def test_what_cannot_be_read_whole_is_refused(text: str) -> None:
    """Half a grant would be recorded as the whole, or as another one."""
    (statement,) = statements_of(text)
    with pytest.raises(FormatError):
        rights_of(statement)


def test_statements_are_parted_outside_of_literals_and_names() -> None:
    """A literal could speak as a statement of its own."""
    text = """select ';grant a to b', E'\\';', $$; grant$$, $x$;$$;$x$, "q;""r", U&'z;', 1;
        /* ; /* nested ; */ ; */ ; -- ;
        revoke a from b"""
    first, second = statements_of(text)
    assert [word.text for word in first if not word.is_literal] == (
        ["select", ",", ",", ",", ",", 'q;"r', ",", ","]
    )
    assert [word.text for word in second] == ["revoke", "a", "from", "b"]


@pytest.mark.parametrize("text", ["select 'a", 'select "a', "select /* a", "select $x$ a $$"])
def test_what_does_not_end_is_refused(text: str) -> None:
    """The rest of a text could be taken for another statement."""
    with pytest.raises(FormatError):
        statements_of(text)


@given(st.text(max_size=80))
def test_no_literal_is_ever_kept(secret: str) -> None:
    """What somebody is called, or a number of theirs, would stand among the words."""
    quoted = secret.replace("'", "''")
    (words,) = statements_of(f"select '{quoted}' as x")
    assert [word.text for word in words] == ["select", "", "as", "x"]


@given(st.text(max_size=60))
def test_any_text_is_parted_or_refused(text: str) -> None:
    """A strange statement could end the reading of a log."""
    with contextlib.suppress(FormatError):
        statements = statements_of(text)
        assert all(statements)


@pytest.mark.parametrize("text", ["grant select on {} to {}", "grant {} to {}"])
def test_more_rights_than_a_statement_may_give_are_refused(text: str) -> None:
    """Every table for every role is a product that no memory holds."""
    some, others = (",".join(f"{name}{each}" for each in range(101)) for name in "ab")
    (statement,) = statements_of(text.format(some, others))
    with pytest.raises(FormatError, match="at most 10000 rights"):
        rights_of(statement)
    (fewer,) = statements_of(text.format(some, ",".join(others.split(",")[:99])))
    assert len(rights_of(fewer).rights) == 101 * 99
