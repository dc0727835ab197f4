"""A real slapd: own configuration, data and socket in one folder, gone at the end.

It runs as whoever runs the tests, who may change its configuration over the socket.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.postgres_server import free_port
from tests.stopped_programs import ended_with_us, stopped_at_end

SUFFIX: Final = "dc=example,dc=nl"
ADMIN: Final = f"cn=admin,{SUFFIX}"
PASSWORD: Final = "of-the-admin"
"""Of a server that ends with the test."""
SECONDS: Final = 30
_ENVIRONMENT: Final = os.environ | {"PATH": f"{os.environ['PATH']}:/usr/sbin", "LDAPNOINIT": "1"}
_SETTINGS: Final = """\
dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: {folder}/pid

dn: cn=module{{0}},cn=config
objectClass: olcModuleList
cn: module{{0}}
olcModulePath: /usr/lib/ldap
olcModuleLoad: back_mdb

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

include: file:///etc/ldap/schema/core.ldif
include: file:///etc/ldap/schema/cosine.ldif
include: file:///etc/ldap/schema/inetorgperson.ldif

dn: olcDatabase={{0}}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {{0}}config
olcAccess: to * by dn.exact=gidNumber={gid}+uidNumber={uid},cn=peercred,cn=external,cn=auth manage

dn: olcDatabase={{1}}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {{1}}mdb
olcSuffix: {suffix}
olcDbDirectory: {folder}/data
olcRootDN: {admin}
olcRootPW: {password}
olcAccess: to attrs=userPassword by anonymous auth
olcAccess: to * by users read
"""


@dataclass(frozen=True)
class Slapd:
    """One running server."""

    folder: Path
    port: int

    def run(self, *words: str | Path, stdin: str = "", code: int = 0) -> str:
        """What a program of OpenLDAP answered, which must end with this code."""
        done = subprocess.run(
            words,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env=_ENVIRONMENT,
        )
        assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def configure(self, ldif: str) -> None:
        """Changes the configuration as its owner, over the socket."""
        self.run("ldapmodify", "-Q", "-Y", "EXTERNAL", "-H", self.socket, stdin=ldif)

    def change(
        self, ldif: str, *, name: str = ADMIN, password: str = PASSWORD, code: int = 0
    ) -> None:
        """Changes the directory as somebody, over the network."""
        words = ("ldapmodify", "-x", "-D", name, "-w", password, "-H", self.address)
        self.run(*words, stdin=ldif, code=code)

    @property
    def address(self) -> str:
        """The URL of the server on loopback."""
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def socket(self) -> str:
        """The URL of its socket, over which its owner is known."""
        return f"ldapi://{quote(str(self.folder / 'ldapi'), safe='')}"

    @property
    def settings(self) -> Path:
        """The folder of its configuration."""
        return self.folder / "conf"


def require_slapd() -> None:
    """Skips, or fails where the tools are said to be installed, without a slapd."""
    if shutil.which("slapd", path=_ENVIRONMENT["PATH"]) is None or not shutil.which("ldapmodify"):
        if os.environ.get("ZEGEL_TEST_TOOLS") == "installed":
            pytest.fail("slapd is not installed, although ZEGEL_TEST_TOOLS says so")
        pytest.skip("slapd is not installed; `make test` installs it")


@contextmanager
def running_slapd(folder: Path) -> Iterator[Slapd]:
    """A server with an empty directory, stopped when the block ends."""
    server = Slapd(folder, free_port())
    for name in ("conf", "data", "log"):
        (folder / name).mkdir(mode=0o700)
    settings = _SETTINGS.format(
        folder=folder,
        suffix=SUFFIX,
        admin=ADMIN,
        password=PASSWORD,
        uid=os.geteuid(),
        gid=os.getegid(),
    )
    server.run("slapadd", "-n", "0", "-F", server.settings, stdin=settings)
    addresses = f"{server.address} {server.socket}"
    with (
        subprocess.Popen(
            [*ended_with_us(), "slapd", "-F", server.settings, "-h", addresses, "-d", "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
        ) as process,
        stopped_at_end(process, SECONDS),
    ):
        _wait(server, process)
        yield server


def _wait(server: Slapd, process: subprocess.Popen[bytes]) -> None:
    gives_up_at = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < gives_up_at:
        try:
            server.run("ldapwhoami", "-x", "-H", server.address)
        except AssertionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("slapd did not start")
