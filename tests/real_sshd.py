"""A real sshd with SFTP on loopback: own folder, keys and port, stopped by its process id.

internal-sftp writes to /dev/log and nowhere else. So the server runs in a mount namespace of its
own, in which /dev/log is a socket of the test and a file server's account is there to log in with;
the machine around it stays as it is. Clients come from addresses of 127.0.0.0/8, which all are
ours.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.stopped_programs import ended_with_us, stopped_at_end

SSHD: Final = Path("/usr/sbin/sshd")
ACCOUNT: Final = "transfer"
"""Has the rights of root inside the namespace, and no password that anybody could type."""
SECONDS: Final = 60

_SETTINGS: Final = """\
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host_key
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication yes
PubkeyAuthentication yes
AuthorizedKeysFile {folder}/authorized_keys
MaxStartups 100
"""
_CLIENT: Final = ("-F", "none", "-o", "IdentitiesOnly=yes", "-o", "LogLevel=ERROR")
# A symbolic link instead of a bind mount: the socket may be bound before or after. The folder of
# the tests itself may lie in /dev/shm.
_IN_NAMESPACE: Final = """\
set -eu
folder=$1 socket=$2 settings=$3
mount -t tmpfs -o mode=755 tmpfs "$folder/dev"
for name in null zero full random urandom tty; do
    : > "$folder/dev/$name"
    mount --bind "/dev/$name" "$folder/dev/$name"
done
mkdir "$folder/dev/pts" "$folder/dev/shm"
if [ -d /dev/shm ]; then mount --bind /dev/shm "$folder/dev/shm"; fi
mount --rbind /dev/pts "$folder/dev/pts"
ln -s pts/ptmx "$folder/dev/ptmx"
ln -s "$socket" "$folder/dev/log"
mount --bind "$folder/passwd" /etc/passwd
mount --bind "$folder/shadow" /etc/shadow
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/sshd
mount --rbind "$folder/dev" /dev
exec /usr/sbin/sshd -D -f "$settings"
"""


@dataclass(frozen=True)
class RealSshd:
    """One running server."""

    folder: Path
    port: int

    def _client(self, program: str) -> list[str]:
        """How a client is started that knows the key of the server and no settings of its user."""
        known = f"UserKnownHostsFile={self.folder / 'known_hosts'}"
        return [program, *_CLIENT, "-o", known]

    def sftp(self, *steps: str, origin: str, key: str = "client_key") -> str:
        """What `sftp` answered that took these steps, from an address, with a key."""
        batch = self.folder / f"batch-{origin}"
        batch.write_text("".join(f"{step}\n" for step in steps))
        steps_from = ["-b", str(batch), "-i", str(self.folder / key), "-P", str(self.port)]
        where = ["-o", f"BindAddress={origin}", f"{ACCOUNT}@127.0.0.1"]
        done = subprocess.run(
            [*self._client("sftp"), *steps_from, *where],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=True,
        )
        return done.stdout

    def guess(self, account: str, *, origin: str) -> None:
        """Somebody tried a password that is none."""
        tried = subprocess.run(
            [
                *(*self._client("ssh"), "-b", origin, "-p", str(self.port)),
                *("-o", "PreferredAuthentications=password", "-o", "NumberOfPasswordPrompts=1"),
                *(f"{account}@127.0.0.1", "true"),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=os.environ
            | {"SSH_ASKPASS": str(self.folder / "askpass"), "SSH_ASKPASS_REQUIRE": "force"},
            timeout=SECONDS,
            check=False,
        )
        assert "Permission denied" in tried.stderr, tried.stderr


def require_sshd() -> None:
    """Skips, or fails where the tools are said to be installed, without a server or its right."""
    missing = [name for name in ("sftp", "ssh-keygen", "unshare") if shutil.which(name) is None] + [
        SSHD.name
    ] * (not SSHD.exists())
    if missing:
        if os.environ.get("ZEGEL_TEST_TOOLS") == "installed":
            pytest.fail(f"{missing[0]} is not installed, although ZEGEL_TEST_TOOLS says so")
        pytest.skip(f"{missing[0]} is not installed; `make test` installs it")
    tried = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "true"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if tried.returncode:
        pytest.skip(
            "internal-sftp writes to /dev/log only, and a mount namespace of its own, where that "
            f"is a socket of ours, is not allowed here: {tried.stderr.strip()}"
        )


@contextmanager
def running_sshd(folder: Path, log_socket: Path, settings: str) -> Iterator[RealSshd]:
    """A server that writes its log to a datagram socket, until the block ends.

    Args:
        folder: Empty, for its keys and settings.
        log_socket: What `/dev/log` is for it.
        settings: Further lines of its settings, those under test.
    """
    folder.mkdir()
    port = _free_port()
    _prepare(folder, _SETTINGS.format(port=port, folder=folder) + settings)
    host_key = (folder / "host_key.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host_key}")
    words = ("sh", "-c", _IN_NAMESPACE, "sh", folder, log_socket, folder / "sshd_config")
    with (
        (folder / "stderr").open("wb") as stderr,
        subprocess.Popen(
            [*ended_with_us(), "unshare", "--mount", "--propagation", "private", *words],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=os.environ | {"TZ": "UTC"},
        ) as process,
        stopped_at_end(process, SECONDS),
    ):
        _wait(process, folder, port)
        yield RealSshd(folder, port)


def _prepare(folder: Path, settings: str) -> None:
    for key in ("host_key", "client_key"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", folder / key],
            check=True,
            timeout=SECONDS,
        )
    shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
    (folder / "sshd_config").write_text(settings)
    (folder / "dev").mkdir()
    (folder / "passwd").write_text(
        Path("/etc/passwd").read_text() + f"{ACCOUNT}:x:0:0::{folder}:/bin/sh\n"
    )
    (folder / "shadow").write_text(Path("/etc/shadow").read_text() + f"{ACCOUNT}:*:19000:0:::::\n")
    (folder / "shadow").chmod(0o600)
    (folder / "askpass").write_text("#!/bin/sh\necho not-the-password\n")
    (folder / "askpass").chmod(0o700)


def _wait(process: subprocess.Popen[bytes], folder: Path, port: int) -> None:
    gives_up_at = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < gives_up_at:
        try:
            with socket.create_connection(("127.0.0.1", port), SECONDS) as client:
                if client.recv(4) == b"SSH-":
                    return
        except ConnectionError:
            time.sleep(0.05)
    raise AssertionError(f"sshd did not start: {(folder / 'stderr').read_text()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
