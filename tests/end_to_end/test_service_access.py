"""Keys at the terminal and people with tokens, against a service that runs beside it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import Answer, zegel_here
from tests.issuers import AUDIENCE, OTHER_EC_KEY, Issuer, issuing
from tests.running_service import RunningService, make_home, make_key, running_service

_ASKED = "/v1/events"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as made:
        yield made


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, issuer: Issuer) -> Iterator[RunningService]:
    home = make_home(tmp_path_factory.mktemp("access") / "home")
    with running_service(
        home,
        "--no-grpc",
        ZEGEL_SERVE_OIDC_ISSUER=issuer.url,
        ZEGEL_SERVE_OIDC_AUDIENCE=AUDIENCE,
    ) as made:
        yield made


def run(home: Path, *arguments: str) -> Answer:
    """What a command answered."""
    return zegel_here("--home", home, *arguments)


def ask(service: RunningService, credential: str, path: str = _ASKED, **headers: str) -> int:
    """The status of an answer."""
    return service.get(path, Authorization=f"Bearer {credential}", **headers)[0]


def events(home: Path, *filters: str) -> list[dict[str, object]]:
    """The events that match, with tokens."""
    answer = run(home, "log", *filters)
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line)["event"] for line in answer.stdout.splitlines()]


def test_a_key_is_shown_once_and_works_until_it_is_revoked(service: RunningService) -> None:
    """A program could not be let in, or not be put out while the service runs."""
    key = make_key(service.home, "dashboard", "reader")
    public = key.partition(".")[0]
    assert ask(service, key) == 200
    listed = run(service.home, "api-key", "list", "--json")
    (row,) = (each for each in json.loads(listed.stdout)["keys"] if each["key"] == public)
    assert (row["name"], row["roles"], row["state"]) == ("dashboard", ["reader"], "in force")
    assert row["last_used_on"] is not None
    assert key not in listed.stdout
    revoked = run(service.home, "api-key", "revoke", public, "--reason", "done")
    assert revoked.returncode == 0, revoked.stderr
    assert ask(service, key) == 401
    again = run(service.home, "api-key", "revoke", public)
    assert again.returncode == 2
    assert "in force" in again.stderr
    ended = run(service.home, "api-key", "list", "--all", "--json")
    states = {each["key"]: each["state"] for each in json.loads(ended.stdout)["keys"]}
    assert states[public] == "revoked"
    assert public not in run(service.home, "api-key", "list", "--csv").stdout


def test_a_person_gets_in_by_the_roles_of_the_log(service: RunningService, issuer: Issuer) -> None:
    """The issuer would decide who may read the log, or a role outlive its revocation."""
    token = issuer.token({"sub": "p.pietersen"})
    assert ask(service, token) == 403
    person = "person:p.pietersen"
    assert run(service.home, "role", "grant", person, "reader").returncode == 0
    assert ask(service, token) == 200
    listed = run(service.home, "role", "list", "--json").stdout
    assert ["reader"] in [each["roles"] for each in json.loads(listed)["roles"]]
    assert run(service.home, "role", "revoke", person).returncode == 0
    assert ask(service, token) == 403


def test_a_token_that_does_not_hold_is_refused(service: RunningService, issuer: Issuer) -> None:
    """Anybody could make a token, or use one that is over or for another service."""
    for token in (
        issuer.token(key=OTHER_EC_KEY, header={"kid": "ec-1"}),
        issuer.token({"exp": 1_000}),
        issuer.token({"aud": "another"}),
        issuer.token(without="exp"),
    ):
        assert ask(service, token) == 401


def test_a_question_and_a_refusal_are_both_in_the_log(service: RunningService) -> None:
    """Nobody could tell who asked, or who tried."""
    key = make_key(service.home, "curious", "reader")
    answered = len(events(service.home, "--kind", "log.read"))
    refused = len(events(service.home, "--kind", "access.attempt_denied"))
    assert ask(service, key) == 200
    assert ask(service, key, "/metrics") == 403
    reading = events(service.home, "--kind", "log.read")[answered:]
    assert [each["actor_kind"] for each in reading] == ["service"]
    assert [each["identities"] for each in reading] == [0]
    denied = events(service.home, "--kind", "access.attempt_denied")[refused:]
    assert [(each["act"], each["action"]) for each in denied] == [("administer", "no-permission")]


def test_identities_need_a_role_a_case_and_a_purpose(
    service: RunningService, issuer: Issuer
) -> None:
    """Somebody could look at people without saying why, or leave no case behind."""
    person = "person:i.investigator"
    token = issuer.token({"sub": "i.investigator"})
    path = f"{_ASKED}?identities=true&purpose=incident-investigation"
    assert run(service.home, "role", "grant", person, "reader").returncode == 0
    assert ask(service, token, path) == 403
    assert run(service.home, "role", "grant", person, "investigator").returncode == 0
    assert ask(service, token, path) == 400
    assert ask(service, token, f"{_ASKED}?identities=true", **{"Zegel-Case": "14"}) == 400
    assert ask(service, token, path, **{"Zegel-Case": "2026-14"}) == 200
    shown = run(
        service.home, "log", "--kind", "log.read", "--identities", "--purpose", "audit", "--json"
    )
    notes = [json.loads(line)["event"].get("note") for line in shown.stdout.splitlines()]
    assert "case 2026-14" in notes
    looked = run(service.home, "log", "--looked-at", person).stdout.splitlines()
    assert looked, "expected the reading that showed the investigator among others"


def test_secrets_stand_nowhere(tmp_path: Path, issuer: Issuer) -> None:
    """Whoever reads the log of the service, or its files, could use keys and tokens."""
    home = make_home(tmp_path / "home")
    token = issuer.token({"sub": "secret-person"})
    with running_service(
        home,
        "--no-grpc",
        ZEGEL_SERVE_OIDC_ISSUER=issuer.url,
        ZEGEL_SERVE_OIDC_AUDIENCE=AUDIENCE,
    ) as service:
        key = make_key(home, "quiet", "reader")
        assert ask(service, key) == 200
        assert ask(service, token) == 403
        assert ask(service, f"{key}x") == 401
        assert service.stop() == 0
    secrets = (key.partition(".")[2], *token.split(".")[1:])
    said = "".join(service.log)
    assert "secret-person" not in said
    assert not [secret for secret in secrets if secret in said]
    for file in (path for path in home.rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], file


def test_what_was_counted_is_in_the_log_after_a_stop(tmp_path: Path) -> None:
    """A service that is stopped would forget how often somebody tried."""
    home = make_home(tmp_path / "home")
    with running_service(home, "--no-grpc") as service:
        assert {ask(service, f"zegel_{number:032x}.{'A' * 43}") for number in range(5)} == {401}
        assert service.stop() == 0
    denied = events(home, "--kind", "access.attempt_denied")
    assert [each["attempts"] for each in denied] == [1, 4]
    assert run(home, "verify").returncode == 0
