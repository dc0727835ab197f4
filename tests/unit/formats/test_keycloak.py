"""What events of Keycloak become."""

import io
import json
from dataclasses import replace

import pytest

from formats import syslog
from formats.keycloak import looks_like, read
from tests.golden import expected, golden, told
from tests.unit.formats.sources import context_of, facts, outcomes, reasons, skipped, warnings

ACT = {
    "id": "a-1",
    "time": 1773299822123,
    "realmId": "claims",
    "operationType": "CREATE",
    "resourceType": "REALM_ROLE_MAPPING",
    "resourcePath": "users/u-1/role-mappings/realm",
    "authDetails": {"userId": "u-9", "ipAddress": "192.0.2.14"},
    "representation": '[{"id":"r-1","name":"reader"},{"id":"r-2","name":"writer"}]',
}


def of(**members: object) -> str:
    """One act in JSON, with other members."""
    return json.dumps({**ACT, **members})


@pytest.mark.parametrize("name", ["keycloak-admin", "keycloak-logins"])
def test_golden_files_stay_as_they_are_read(name: str) -> None:
    """A change of the reader would tell other facts, or under other ids, of the same source."""
    source = {"keycloak-admin": ".json", "keycloak-logins": ".ndjson"}[name]
    assert told(outcomes(read, golden(name + source))) == expected(f"{name}.told.ndjson")


@pytest.mark.parametrize("file", ["keycloak-admin.json", "keycloak-logins.ndjson"])
def test_representations_tokens_and_addresses_of_pages_are_not_kept(file: str) -> None:
    """Secrets and data of accounts would be sealed for ever."""
    kept = json.dumps([each.get("event") for each in told(outcomes(read, golden(file)))])
    for secret in ("do not keep", "anna@example.org", "state=secret", "token_id"):
        assert secret not in kept


def test_a_role_is_taken_away_in_the_grant_that_gave_it() -> None:
    """A grant would stand for ever, and its end belong to none."""
    given, gone = (
        {fact["grant_id"]: fact for fact in facts(outcomes(read, of(operationType=operation)))}
        for operation in ("CREATE", "DELETE")
    )
    assert list(given) == list(gone)
    assert {fact["kind"] for fact in given.values()} == {"access.granted.v1"}
    assert {fact["kind"] for fact in gone.values()} == {"access.revoked.v1"}


def test_each_role_of_one_act_has_an_id_that_does_not_depend_on_the_others() -> None:
    """Two roles given at once would be told as one."""
    first, second = facts(outcomes(read, of()))
    assert first["event_id"] != second["event_id"]
    (alone,) = facts(outcomes(read, of(representation='[{"id":"r-2","name":"writer"}]')))
    assert alone["event_id"] == second["event_id"]


def test_an_act_without_its_representation_says_that_the_role_is_not_told() -> None:
    """Rights would be given without a trace where Keycloak leaves representations out."""
    found = outcomes(read, of(representation=None))
    (fact,) = facts(found)
    assert (fact["kind"], fact["resource"]) == ("access.granted.v1", "claims/role")
    assert warnings(found) == ["which role is not told: Keycloak left out the representation"]


def test_an_event_without_id_is_known_by_its_content() -> None:
    """An event that is fetched twice would be recorded twice."""
    once, again = (
        facts(outcomes(read, text))
        for text in (of(id=None), of(id=None, note="") + "\n" + of(id=None))
    )
    assert once[0]["event_id"] == again[2]["event_id"]
    assert once[0]["event_id"] != again[0]["event_id"]


def test_nothing_of_an_act_counts_when_one_of_its_roles_cannot_be_read() -> None:
    """Half an act would look like a whole one."""
    found = outcomes(read, of(representation='[{"id":"r-1","name":"reader"},{"id":"r-2"}]'))
    assert facts(found) == []
    assert reasons(found) == ["name: expected text, found nothing"]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"time": -1}, "time: expected a whole number, 0 or more, found another number"),
        ({"time": True}, "time: expected a whole number, 0 or more, found true or false"),
        ({"time": 10**15}, "time: expected milliseconds since 1970, found a larger number"),
        ({"time": 4102444800000}, "time: expected a time that is not in the future"),
        ({"realmId": None}, "realmId: expected text, found nothing"),
        ({"authDetails": []}, "authDetails: expected an object, found an array"),
        ({"authDetails": {"userId": {}}}, "authDetails.userId: expected text, found an object"),
        ({"representation": "[7]"}, "representation: expected an object or an array of objects"),
    ],
)
def test_what_is_odd_is_refused_by_name(members: dict[str, object], reason: str) -> None:
    """A damaged event would be read as something it does not say."""
    found = outcomes(read, of(**members))
    assert facts(found) == []
    assert reasons(found)[0].startswith(reason)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"representation": "[]"}, "an act that neither gives nor takes"),
        ({"resourceType": "CLIENT", "resourcePath": "clients/c"}, "an act that neither gives nor"),
        ({"resourceType": "USER", "resourcePath": "users/u", "operationType": "UPDATE",
          "representation": "{}"}, "a change of an account that does not tell"),
        ({"resourceType": "USER", "resourcePath": "users/u", "operationType": "ACTION"},
         "an act that neither gives nor takes"),
    ],
)  # fmt: skip
def test_acts_that_are_no_facts_of_ours_are_counted(
    members: dict[str, object], reason: str
) -> None:
    """An act would be told as what it is not, or disappear."""
    (only,) = skipped(outcomes(read, of(**members)))
    assert only.startswith(reason)


@pytest.mark.parametrize(("enabled", "status"), [("true", "active"), ("false", "left")])
def test_an_account_that_is_switched_off_has_left(enabled: str, status: str) -> None:
    """Somebody whose account is closed would count as active."""
    account = {"resourceType": "USER", "resourcePath": "users/u-1", "operationType": "UPDATE"}
    (fact,) = facts(outcomes(read, of(**account, representation=f'{{"enabled":{enabled}}}')))
    assert (fact["status"], fact["person"]) == (status, "person:u-1")


@pytest.mark.parametrize(
    ("details", "method"),
    [
        ({"credential_type": "password"}, "password"),
        ({"credential_type": "otp"}, "multi-factor"),
        ({"credential_type": "password", "identity_provider": "staff"}, "single-sign-on"),
        ({}, None),
    ],
)
def test_logins_say_how_people_proved_who_they_are(
    details: dict[str, str], method: str | None
) -> None:
    """A login by password would pass for one by a second factor."""
    login = {"time": 1, "type": "LOGIN", "realmId": "r", "userId": "u", "details": details}
    (fact,) = facts(outcomes(read, json.dumps(login)))
    assert fact.get("auth_method") == method


def test_an_application_that_there_is_not_is_not_named_in_public() -> None:
    """Whatever a stranger types into a link would be sealed in public."""
    login = {"time": 1, "type": "LOGIN_ERROR", "realmId": "r", "clientId": "jan-jansen"}
    unknown, known = facts(
        outcomes(
            read,
            "\n".join(
                json.dumps({**login, "error": error})
                for error in ("client_not_found", "client_disabled")
            ),
        )
    )
    assert unknown["resource"] == "r/client"
    assert known["resource"] == "r/client/jan-jansen"


def test_an_event_tells_the_same_when_it_comes_by_syslog() -> None:
    """The way in would change what the log says, or under which id."""
    line = f"<14>1 2026-03-12T07:17:02Z sso keycloak 17 - - {of()}\n".encode()
    context = replace(context_of(), programs={"keycloak": read})
    found = facts(syslog.read(io.BytesIO(line), context))
    assert [{**fact, "host": None} for fact in found] == [
        {**fact, "host": None} for fact in facts(outcomes(read, of()))
    ]


def test_other_json_is_not_taken_for_keycloak() -> None:
    """Files of other languages would be read in this one."""
    assert looks_like(b'{"specversion":"1.0","type":"x"}', "keycloak.json") == 0
    assert looks_like(b"realmId", "") == 0
    assert looks_like(of().encode(), "auth.log") > 90
