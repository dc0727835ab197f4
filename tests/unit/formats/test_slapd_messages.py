"""What lines of slapd become; the lines have the form in which slapd 2.5.13 wrote them."""

import pytest

from formats.syslog import read
from tests.syslog_messages import older
from tests.unit.formats.sources import facts, outcomes, skipped

ACCEPT = "conn=1001 fd=12 ACCEPT from IP=192.0.2.14:33294 (IP=192.0.2.10:389)"
LOCAL = "conn=1001 fd=12 ACCEPT from PATH=/run/slapd/ldapi (PATH=/run/slapd/ldapi)"
BIND = 'conn=1001 op=0 BIND dn="cn=Anna, dc=x" method=128'
DONE = "conn=1001 op=0 RESULT tag=97 err={} qtime=0.000006 etime=0.000089 text="
CLOSED = "conn=1001 fd=12 closed"


def told(*messages: str) -> str:
    """A log of one server."""
    return "\n".join(older(message, program="slapd", pid="7") for message in messages)


def one_fact(*messages: str) -> dict[str, object]:
    (fact,) = facts(outcomes(read, told(*messages)))
    return fact


def test_a_login_is_told_with_the_address_of_its_connection() -> None:
    """Nobody could tell from where an account was used."""
    fact = one_fact(
        ACCEPT,
        BIND,
        'conn=1001 op=0 BIND dn="cn=Anna, dc=x" mech=SIMPLE bind_ssf=0 ssf=0',
        DONE.format(0),
        "conn=1001 op=1 UNBIND",
        CLOSED,
    )
    assert (fact["kind"], fact["act"]) == ("access.used.v1", "log-in")
    assert (fact["actor"], fact["origin"]) == ("person:cn=anna,dc=x", "ip:192.0.2.14")
    assert (fact["auth_method"], fact["session"]) == ("password", "ldap web-1 conn=1001")
    assert (fact["resource"], fact["parser"]) == ("ldap/web-1", "zegel-slapd/1")


@pytest.mark.parametrize("code", [49, 34])
def test_a_wrong_password_is_an_attempt_from_an_address(code: int) -> None:
    """Somebody who tries passwords would not be seen."""
    begin = BIND if code == 49 else "conn=1001 op=0 do_bind: invalid dn (cn=an)na,dc=x)"
    fact = one_fact(ACCEPT, begin, DONE.format(code))
    assert (fact["kind"], fact["ip"]) == ("intrusion.attempt_detected.v1", "ip:192.0.2.14")
    assert fact["account"] == ("person:cn=anna,dc=x" if code == 49 else "person:cn=an)na,dc=x")
    assert (fact["detector"], fact["detector_rule"]) == ("slapd", "failed-bind")


def test_a_refusal_without_an_address_is_an_attempt_to_use_access() -> None:
    """A refusal on the machine itself would be lost."""
    fact = one_fact(LOCAL, BIND, DONE.format(49))
    assert (fact["kind"], fact["actor"]) == ("access.attempt_denied.v1", "person:cn=anna,dc=x")
    assert fact["note"] == "result 49: invalidCredentials"
    strict = one_fact(ACCEPT, BIND, DONE.format(13))
    assert (strict["kind"], strict["origin"]) == ("access.attempt_denied.v1", "ip:192.0.2.14")


def test_an_operation_beyond_the_rights_of_an_account_is_told_with_its_entry() -> None:
    """Somebody who tries what is not allowed would not be seen."""
    found = facts(
        outcomes(
            read,
            told(
                ACCEPT,
                BIND,
                DONE.format(0),
                'conn=1001 op=1 MOD dn="cn=claims-readers,dc=x"',
                "conn=1001 op=1 MOD attr=member",
                "conn=1001 op=1 RESULT tag=103 err=50 qtime=0.1 etime=0.2 text=",
            ),
        )
    )
    denied = found[1]
    assert (denied["kind"], denied["act"]) == ("access.attempt_denied.v1", "change")
    assert (denied["actor"], denied["object_id"]) == (
        "person:cn=anna,dc=x",
        "cn=claims-readers,dc=x",
    )


def test_connections_do_not_mix_and_begin_anew_with_the_server() -> None:
    """An attempt would be laid at the door of another address."""
    other = ACCEPT.replace("1001", "1002").replace("192.0.2.14", "2001:db8::5")
    found = facts(
        outcomes(
            read,
            told(
                ACCEPT,
                other.replace("IP=2001:db8::5", "IP=[2001:db8::5]"),
                BIND.replace("1001", "1002"),
                BIND,
                DONE.format(49),
                DONE.format(49).replace("1001", "1002"),
                LOCAL,
                BIND,
                DONE.format(49),
            ),
        )
    )
    assert [fact.get("ip") for fact in found] == ["ip:192.0.2.14", "ip:2001:db8::5", None]


def test_all_other_lines_are_counted() -> None:
    """A line would vanish, or a login be counted that is none."""
    found = outcomes(
        read,
        told(
            "slapd starting",
            ACCEPT,
            'conn=1001 op=0 BIND dn="" method=128',
            DONE.format(0),
            'conn=1001 op=1 BIND dn="cn=a" method=163',
            DONE.format(14).replace("op=0", "op=1"),
            'conn=1001 op=2 SRCH base="dc=x" scope=2 deref=0 filter="(objectClass=*)"',
            "conn=1001 op=2 SEARCH RESULT tag=101 err=32 qtime=0.1 etime=0.1 nentries=0 text=",
            DONE.format(49).replace("op=0", "op=9"),
            CLOSED,
        ),
    )
    assert len(skipped(found)) == len(found) == 10
    assert "a login without a name" in skipped(found)
    assert "a step of a login that goes on" in skipped(found)
    assert "the result of an operation whose begin is not in the log" in skipped(found)
