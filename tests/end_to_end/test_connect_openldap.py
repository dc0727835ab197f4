"""A real slapd with the configuration of the page: who came in, who got and lost which right."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from tests.command_line import clean_environment, zegel_here
from tests.page_transcripts import in_shell
from tests.real_round import blocks_of
from tests.real_slapd import ADMIN, PASSWORD, SUFFIX, Slapd, require_slapd, running_slapd

ANNA, BEN = (f"cn={name},ou=people,{SUFFIX}" for name in ("anna", "ben"))
GROUP: Final = f"cn=claims-readers,{SUFFIX}"
DIRECTORY: Final = f"""\
dn: {SUFFIX}
changetype: add
objectClass: organization
objectClass: dcObject
dc: example
o: Example

dn: ou=people,{SUFFIX}
changetype: add
objectClass: organizationalUnit
ou: people

dn: {ANNA}
changetype: add
objectClass: inetOrgPerson
cn: anna
sn: Jansen
userPassword: of-anna

dn: {GROUP}
changetype: add
objectClass: groupOfNames
cn: claims-readers
member: {ANNA}
"""


def on_group(change: str) -> str:
    return f"dn: {GROUP}\nchangetype: modify\n{change}"


def play(server: Slapd) -> None:
    """What people do to the directory."""
    server.configure(
        blocks_of("openldap", "ldif")[0].replace("/var/lib/ldap/log", str(server.folder / "log"))
    )
    server.change(DIRECTORY)
    server.change(on_group(f"add: member\nmember: {BEN}\n"))
    as_anna = ("ldapwhoami", "-x", "-H", server.address, "-D", ANNA)
    server.run(*as_anna, "-w", "of-anna")
    server.run(*as_anna, "-w", "guessed", code=49)
    more = on_group(f"add: member\nmember: cn=mallory,{SUFFIX}\n")
    server.change(more, name=ANNA, password="of-anna", code=50)
    server.change(on_group(f"replace: member\nmember: {BEN}\nmember: {ADMIN}\n"))
    server.change(f"dn: {GROUP}\nchangetype: modrdn\nnewrdn: cn=readers\ndeleteoldrdn: 1\n")
    server.change(f"dn: cn=readers,{SUFFIX}\nchangetype: delete\n")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The home and the history after the command of the page was run twice."""
    require_slapd()
    folder = tmp_path_factory.mktemp("slapd")
    home = folder / "home"
    made = zegel_here("--home", home, "init", "--no-roles", "--origin", "log.example/ldap")
    assert made.returncode == 0, made.stderr
    with running_slapd(folder) as server:
        play(server)
        command = blocks_of("openldap", "sh")[1].replace(
            "/var/lib/ldap/log", str(server.folder / "log")
        )
        command = command.replace("slapcat", f"/usr/sbin/slapcat -F {server.settings}")
        answers = [in_shell(command, folder, {"ZEGEL_HOME": str(home)}) for _ in range(2)]
    for answer in answers:
        assert answer.returncode == 0, answer.stdout
    summaries = [json.loads(answer.stdout.splitlines()[-1]) for answer in answers]
    assert summaries[0]["unreadable"] == 0
    assert summaries[1]["recorded"] == summaries[1]["conflicts"] == 0
    shown = zegel_here(
        *("--home", home, "log", "--json", "--identities", "--purpose", "test"),
        **clean_environment(),
    )
    assert shown.returncode == 0, shown.stderr
    found = [json.loads(line) for line in shown.stdout.splitlines()]
    return home, [each for each in found if each["event"].get("system") == "directory"]


def test_every_change_of_a_group_is_told_with_who_made_it(
    told: tuple[Path, list[dict[str, Any]]],
) -> None:
    """Somebody would have had a right, and the log not know from when to when."""
    changes = [
        (each["kind"].split(".")[1], each["event"]["grantee"], each["event"]["actor"])
        for each in told[1]
        if each["kind"] in {"access.granted.v1", "access.revoked.v1"}
    ]
    admin, anna, ben = (f"person:{name}" for name in (ADMIN, ANNA, BEN))
    assert changes == [
        ("granted", anna, admin),
        ("granted", ben, admin),
        ("granted", admin, admin),
        ("revoked", anna, admin),
        ("revoked", ben, admin),
        ("revoked", admin, admin),
    ]


def test_logins_and_refusals_are_told(told: tuple[Path, list[dict[str, Any]]]) -> None:
    """Who guesses passwords, or tries to get a right, would not be seen."""
    refused = [each["event"] for each in told[1] if each["kind"] == "access.attempt_denied.v1"]
    assert [(each["act"], each["actor"]) for each in refused] == [
        ("log-in", f"person:{ANNA}"),
        ("change", f"person:{ANNA}"),
    ]
    logins = Counter(
        each["event"]["actor"] for each in told[1] if each["event"].get("act") == "log-in"
    )
    assert logins[f"person:{ANNA}"] == 3
    assert logins[f"person:{ADMIN}"] == 5


def test_writes_have_the_address_from_which_they_came(
    told: tuple[Path, list[dict[str, Any]]],
) -> None:
    """Nobody could tell from where a right was given."""
    granted = [each["event"] for each in told[1] if each["kind"] == "access.granted.v1"]
    assert {each.get("origin") for each in granted} == {"ip:127.0.0.1"}


def test_no_password_comes_in(told: tuple[Path, list[dict[str, Any]]]) -> None:
    """The log would hold what opens the directory."""
    assert "of-anna" not in json.dumps(told[1])
    assert PASSWORD not in json.dumps(told[1])


def test_in_the_end_nobody_holds_a_right(told: tuple[Path, list[dict[str, Any]]]) -> None:
    """A renamed group would leave rights behind that never end."""
    home, _ = told
    assert zegel_here("--home", home, "rebuild").returncode == 0
    standing = zegel_here("--home", home, "state", "access", "--json")
    assert json.loads(standing.stdout)["rows"] == []
