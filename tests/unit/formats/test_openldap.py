"""What entries of OpenLDAP's accesslog become, with and without those of its auditlog."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from formats.ldif import Entry
from formats.openldap import UNNAMED_MEMBERS, looks_like, read
from formats.reading import Outcome
from tests.shared_data import shared
from tests.unit.formats.sources import facts, outcomes, reasons, skipped, warnings
from tests.unit.formats.written_ldif import ldif_entry

GROUP = "cn=Claims Readers,ou=groups,dc=x"
UUID = "71f7d6da-7a51-1041-9ae7-f376189c19ad"
ANNA, BEN, CAS = (f"uid={name},ou=people,dc=x" for name in ("anna", "ben", "cas"))


def operation(sort: str, number: int = 0, /, **attributes: str | list[str] | None) -> str:
    """One entry of the log; attributes are named as there, without `req`."""
    at = f"20260312061702.{number:06}Z"
    known: dict[str, str | list[str] | None] = {
        "Start": at,
        "Type": sort,
        "Session": "1001",
        "AuthzID": "cn=admin,dc=x",
        "DN": GROUP,
        "Result": "0",
        "EntryUUID": UUID,
    }
    fields = [("dn", f"reqStart={at},cn=log"), ("objectClass", "auditObject")]
    for name, value in (known | attributes).items():
        values = value if isinstance(value, list) else [value]
        fields += [(f"req{name}", each) for each in values if each is not None]
    fields.append(("entryCSN", f"20260312061702.7{number:05}Z#000000#000#000000"))
    return ldif_entry((name, value.encode()) for name, value in fields).decode() + "\n"


def modify(number: int, *mods: str, **attributes: str | list[str] | None) -> str:
    return operation("modify", number, Mod=list(mods), **attributes)


def changes(found: list[Outcome]) -> list[tuple[str, str]]:
    """Who joined and who left, in order."""
    return [
        (fact["kind"].split(".")[1], fact["grantee"].removeprefix("person:").partition(",")[0])
        for fact in facts(found)
        if "grantee" in fact
    ]


def test_a_member_that_is_added_is_granted() -> None:
    """Who may read claims could not be told."""
    (fact,) = facts(outcomes(read, modify(3, f"member:+ {ANNA}", "entryCSN:= x")))
    assert fact.pop("event_id")
    assert fact == {
        "kind": "access.granted.v1",
        "occurred_at": datetime(2026, 3, 12, 6, 17, 2, 700_003, tzinfo=UTC),
        "occurred_precision": "microsecond",
        "system": "web-1",
        "parser": "zegel-openldap/1",
        "grant_id": f"ldap web-1 {UUID} {ANNA}",
        "grantee": f"person:{ANNA}",
        "resource": "ldap-group/claims-readers",
        "actor": "person:cn=admin,dc=x",
        "granted_by": "person:cn=admin,dc=x",
        "action": "add-member",
        "outcome": "success",
        "object_kind": "directory-group",
        "object_id": GROUP,
    }


def test_a_member_that_is_taken_away_is_revoked_of_the_same_grant() -> None:
    """A right would stand for ever, or another one end."""
    log = modify(1, f"member:+ {ANNA}") + modify(2, "member:- UID=Anna, ou=people, dc=x")
    granted, revoked = facts(outcomes(read, log))
    assert (granted["kind"], revoked["kind"]) == ("access.granted.v1", "access.revoked.v1")
    assert granted["grant_id"] == revoked["grant_id"]
    assert revoked["revoked_by"] == "person:cn=admin,dc=x"
    assert "granted_by" not in revoked
    assert granted["event_id"] != revoked["event_id"]


def test_a_group_that_is_made_gives_each_member_a_grant() -> None:
    """The first members of a group would have come from nowhere."""
    made = operation(
        "add",
        Mod=["objectClass:+ groupOfNames", "cn:+ x", f"member:+ {ANNA}", f"member:+ {BEN}"],
    )
    found = outcomes(read, made)
    assert changes(found) == [("granted", "uid=anna"), ("granted", "uid=ben")]
    used = facts(found)[-1]
    assert (used["kind"], used["act"]) == ("access.used.v1", "add")
    assert used["note"] == "attributes: cn, objectclass"


@pytest.mark.parametrize("attribute", ["uniqueMember", "roleOccupant", "memberUid"])
def test_other_sorts_of_members_count_too(attribute: str) -> None:
    """Groups of another class would have no members."""
    (fact,) = facts(outcomes(read, modify(1, f"{attribute}:+ anna")))
    assert fact["grantee"] == "person:anna"


def test_a_replacement_is_told_as_what_changed() -> None:
    """Whoever stays would be let in anew, whoever is gone stay."""
    log = (
        operation("add", 1, Mod=[f"member:+ {ANNA}", f"member:+ {BEN}"])
        + modify(2, f"member:= {BEN}", f"member:= {CAS}")
        + modify(3, "member:-", f"member:+ {ANNA}")
    )
    assert changes(outcomes(read, log))[2:] == [
        ("granted", "uid=cas"),
        ("revoked", "uid=anna"),
        ("granted", "uid=anna"),
        ("revoked", "uid=ben"),
        ("revoked", "uid=cas"),
    ]


def test_old_values_say_who_was_a_member() -> None:
    """What `logold` tells would be lost."""
    replaced = modify(1, f"member:= {BEN}", Old=[f"member: {ANNA}", f"member: {BEN}", "cn: x"])
    deleted = operation("delete", 2, Old=[f"member: {BEN}"])
    found = outcomes(read, replaced + deleted)
    assert changes(found) == [("revoked", "uid=anna"), ("revoked", "uid=ben")]
    assert not warnings(found)


def test_members_that_nobody_names_are_said_to_be_undeterminable() -> None:
    """It would seem that nobody lost a right."""
    found = outcomes(read, modify(1, "member:-") + modify(2, f"member:= {ANNA}"))
    assert warnings(found) == [UNNAMED_MEMBERS]
    first, granted = facts(found)
    assert (first["kind"], first["act"]) == ("access.used.v1", "change-members")
    assert first["note"] == UNNAMED_MEMBERS
    assert granted["kind"] == "access.granted.v1"


def test_what_was_read_before_changes_no_fact_only_which_there_are() -> None:
    """The same entry in a later dump would be refused as another fact of the same id."""
    made = operation("add", 1, Mod=[f"member:+ {ANNA}"])
    replaced = modify(2, f"member:= {ANNA}", f"member:= {BEN}", "description:= x")
    whole = {fact["event_id"]: fact for fact in facts(outcomes(read, made + replaced))}
    alone = {fact["event_id"]: fact for fact in facts(outcomes(read, replaced))}
    assert all(whole[each] == alone[each] for each in whole.keys() & alone.keys())
    assert [fact["act"] for each, fact in alone.items() if each not in whole and "act" in fact] == [
        "change-members"
    ]


def test_what_goes_and_comes_back_in_one_write_changed_nothing() -> None:
    """A reader of the log would see a right end that never did."""
    found = outcomes(read, modify(1, f"member:- {ANNA}", f"member:+ {ANNA}"))
    assert changes(found) == []
    assert skipped(found) == ["a write after which the members are the same"]


def test_two_changes_of_one_sort_are_parted_by_a_colon() -> None:
    """The mark between two changes would be taken for one."""
    found = outcomes(read, modify(1, f"member:+ {ANNA}", ":", f"member:+ {BEN}"))
    assert changes(found) == [("granted", "uid=anna"), ("granted", "uid=ben")]


def test_other_writes_name_the_entry_and_its_attributes_only() -> None:
    """What somebody's password or number became would stand in the log."""
    log = modify(1, "userPassword:= {SSHA}secret", "mail:+ a@x.example", DN=ANNA)
    (fact,) = facts(outcomes(read, log))
    assert (fact["kind"], fact["act"], fact["object_id"]) == ("access.used.v1", "change", ANNA)
    assert fact["note"] == "attributes: mail, userpassword"
    assert "secret" not in str(fact)
    assert fact["session"] == "ldap web-1 conn=1001"


def bind(number: int, result: str = "0", name: str = ANNA, method: str = "SIMPLE") -> str:
    more: dict[str, Any] = {"Result": result, "DN": name, "Method": method, "AuthzID": ""}
    return operation("bind", number, EntryUUID=None, **more)


def test_logins_and_refused_logins_are_told() -> None:
    """Who came in, or tried, could not be told."""
    found = outcomes(read, bind(1) + bind(2, "49") + bind(3, method="SASL(GSSAPI)"))
    accepted, refused, sasl = facts(found)
    assert (accepted["kind"], accepted["actor"]) == ("access.used.v1", f"person:{ANNA}")
    assert (accepted["act"], accepted["auth_method"]) == ("log-in", "password")
    assert accepted["resource"] == "ldap/web-1"
    assert (refused["kind"], refused["outcome"]) == ("access.attempt_denied.v1", "denied")
    assert refused["note"] == "result 49: invalidCredentials"
    assert sasl["auth_method"] == "single-sign-on"


def test_steps_that_are_no_login_are_counted() -> None:
    """A step of a login would be one, or vanish without a count."""
    log = bind(1, "14") + bind(2, name="") + bind(3, "52") + operation("unbind", 4)
    found = outcomes(read, log)
    assert Counter(skipped(found)) == {
        "a step of a login that goes on": 1,
        "a login without a name": 1,
        "an operation that failed, not for lack of rights": 1,
        "the end of a session, or another operation": 1,
    }
    assert not facts(found)


def test_a_refused_write_changes_no_member() -> None:
    """Somebody without rights could seem to have given some."""
    found = outcomes(read, modify(1, f"member:+ {ANNA}", Result="50", AuthzID=ANNA))
    (fact,) = facts(found)
    assert (fact["kind"], fact["act"]) == ("access.attempt_denied.v1", "change")
    assert (fact["actor"], fact["object_id"]) == (f"person:{ANNA}", GROUP)
    assert fact["note"] == "result 50: insufficientAccessRights"


def test_searches_are_told_without_their_filter() -> None:
    """What somebody looked for names other people."""
    log = operation("search", 1, DN="dc=x", Filter="(sn=jansen)", Entries="12")
    (fact,) = facts(outcomes(read, log))
    assert (fact["act"], fact["records_count"]) == ("search", 12)
    assert "jansen" not in str(fact)


def test_a_password_that_is_changed_stands_nowhere() -> None:
    """The log would hold passwords."""
    sort = "extended{1.3.6.1.4.1.4203.1.11.1}"
    (fact,) = facts(outcomes(read, operation(sort, 1, DN=None, Data="hunter2")))
    assert fact["act"] == "change-password"
    assert "hunter2" not in str(fact)


def remarked(sort: str = "modify", second: int = 1773296222, address: str = "192.0.2.9") -> str:
    """One entry of auditlog; the second is that of the operations of these tests."""
    where = f"[{address}]" if ":" in address else address
    return (
        f"# {sort} {second} dc=x cn=admin,dc=x IP={where}:35094 conn=1001\n"
        f"dn: {GROUP}\nchangetype: {sort}\nadd: member\nmember: {ANNA}\n-\n"
        f"# end {sort} {second}\n\n"
    )


def test_auditlog_gives_the_address_of_a_write_and_counts_nothing_twice() -> None:
    """A write would be told twice, or from nowhere."""
    found = outcomes(read, remarked() + modify(1, f"member:+ {ANNA}"))
    (fact,) = facts(found)
    assert fact["origin"] == "ip:192.0.2.9"
    assert skipped(found) == ["an entry of auditlog: gives the address of its write"]


def test_an_ipv6_address_is_read() -> None:
    """Writes over IPv6 would come from nowhere."""
    (fact,) = facts(outcomes(read, remarked(address="2001:db8::5") + modify(1, "cn:= x")))
    assert fact["origin"] == "ip:2001:db8::5"


@pytest.mark.parametrize(
    "other", [{"second": 1773296300}, {"sort": "delete"}, {"second": 1773296221}]
)
def test_the_address_of_another_write_is_none_of_this_one(other: dict[str, Any]) -> None:
    """After a restart of the server somebody else would be blamed."""
    (fact,) = facts(outcomes(read, remarked(**other) + modify(1, "cn:= x")))
    assert "origin" not in fact


def test_the_same_entry_is_the_same_fact_in_every_dump() -> None:
    """Each dump of the log would tell everything anew."""
    first, second = modify(1, f"member:+ {ANNA}"), modify(2, f"member:+ {BEN}")
    alone = facts(outcomes(read, second))
    assert facts(outcomes(read, first + second))[1:] == alone


def test_what_is_no_operation_is_counted_and_what_is_none_refused() -> None:
    """Something would vanish without a count."""
    log = "dn: cn=log\ncn: log\n\n" + operation("add", Start="soon") + modify(1, "member ?")
    found = outcomes(read, log)
    assert skipped(found) == ["an entry that tells of no operation"]
    assert reasons(found) == [
        "expected reqStart such as 20261121234558.000002Z, found another",
        "expected a change such as member:+ VALUE, found another text",
    ]


def test_an_entry_that_cannot_be_read_gives_no_fact_at_all() -> None:
    """Half of a change would stand in the log as the whole of it."""
    found = outcomes(read, modify(1, f"member:+ {ANNA}", "member:+ "))
    assert not facts(found)
    assert reasons(found) == ["expected a member, found nothing"]


def test_the_recorded_logs_give_their_facts() -> None:
    """A real log would be misread."""
    audited = shared("vectors/samples/slapd-auditlog.ldif").read_bytes()
    log = shared("vectors/samples/slapd-accesslog.ldif").read_bytes()
    found = outcomes(read, audited + b"\n" + log)
    told = facts(found)
    assert not reasons(found)
    assert Counter(fact["kind"] for fact in told) == {
        "access.used.v1": 3,
        "access.granted.v1": 1,
    }
    (granted,) = (fact for fact in told if fact["kind"] == "access.granted.v1")
    assert granted["resource"] == "ldap-group/claims-readers"
    assert granted["grantee"] == "person:cn=admin,dc=x"
    assert granted["origin"] == "ip:127.0.0.1"
    assert granted["occurred_at"] == datetime(2026, 11, 21, 23, 45, 58, 420_007, tzinfo=UTC)


def test_logs_of_the_overlays_are_recognised() -> None:
    """People would have to name the format of every log."""
    assert looks_like(operation("add").encode(), "x") > looks_like(b"dn: x\n", "a.ldif") > 0
    assert looks_like(remarked().encode(), "x") > 50
    assert looks_like(b"hello", "x") == 0


def test_numbers_without_end_stop_nothing() -> None:
    """One entry would end the reading of its log for good."""
    found = outcomes(
        read,
        operation("search", 1, Result="9" * 5000)
        + operation("search", 2, Result="0", Entries="9" * 5000)
        + operation("search", 3, Result="0", Entries="4"),
    )
    assert reasons(found) == ["expected reqStart, and a number as reqResult, found another result"]
    assert [fact.get("records_count") for fact in facts(found)] == [None, 4]


def test_a_large_group_is_read_field_by_field_once() -> None:
    """The change of a group of many members would take hours, and hold up all that follows."""
    looked: list[str] = []
    text = Entry.text

    def counted(entry: Entry, name: str) -> str | None:
        looked.append(name)
        return text(entry, name)

    def looks_at(members: int) -> int:
        looked.clear()
        mods = [f"member:+ cn=u{each},dc=example" for each in range(members)]
        with mock.patch.object(Entry, "text", counted):
            assert len(facts(outcomes(read, modify(1, *mods)))) == members
        return len(looked)

    assert looks_at(40) == looks_at(4)
