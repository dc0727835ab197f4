"""Three PostgreSQL servers under Patroni, and the etcd that they ask: on loopback, gone at the end.

Patroni is given `deploy/patroni/node.yml`, the file of the documentation. Everything that was
started is stopped by its process id; the folder with all data goes with it.
"""

import contextlib
import json
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any, Final

from tests.failover.node import HOST, PATIENCE_S, ClusterError, Node, wait_for
from tests.postgres_server import install_programs, unprivileged_launcher

NODES: Final = 3
TIMES: Final = {"ttl": "20", "loop_wait": "3", "retry_timeout": "5"}
"""In seconds. A leader that says nothing keeps its place for `ttl`: 20 is the least."""

_PROJECT: Final = Path(__file__).resolve().parents[2]
_INSTALLER: Final = _PROJECT / "tools" / "debian_packages"
_PORTS: Final = range(20_000, 32_000)
"""No connection gets one of these by chance, so that they are still free after each kill."""


@dataclass(slots=True)
class Cluster:
    """The servers, of which one leads."""

    password: str
    nodes: list[Node] = field(default_factory=list)

    def url(self, *nodes: Node) -> str:
        """The SQLAlchemy URL of the log: on these nodes, else on whichever may write."""
        hosts = "&".join(f"host={HOST}:{each.port}" for each in nodes or self.nodes)
        attributes = "" if nodes else "&target_session_attrs=read-write"
        return f"postgresql://zegel:{self.password}@/zegel?{hosts}{attributes}"

    def wait_until_whole(self) -> Node:
        """The leader, once all servers run and one of the others has all that is acknowledged."""
        try:
            wait_for(self._is_whole, "a leader with its standbys")
        except ClusterError as error:
            raise ClusterError(f"{error}\n{self.logs()}") from error
        (leader,) = [member["name"] for member in self._members() if member["role"] == "leader"]
        return next(node for node in self.nodes if node.name == leader)

    def logs(self) -> str:
        """The end of what each server said."""
        return "\n".join(
            f"--- {node.name}\n{(node.folder / 'log').read_text('utf-8', errors='replace')[-3000:]}"
            for node in self.nodes
        )

    def _is_whole(self) -> bool:
        members = self._members()
        roles = sorted(member["role"] for member in members)
        return (
            roles == ["leader", "replica", "sync_standby"]
            and all(member["state"] in {"running", "streaming"} for member in members)
            and len({member.get("timeline") for member in members}) == 1
        )

    def _members(self) -> list[dict[str, Any]]:
        """What the first Patroni that answers knows of all."""
        for node in self.nodes:
            with contextlib.suppress(OSError, ValueError):
                address = f"http://{HOST}:{node.control_port}/cluster"
                with urllib.request.urlopen(address, timeout=2) as answer:
                    members: list[dict[str, Any]] = json.load(answer)["members"]
                return members
        return []


@contextlib.contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Three servers with a database `zegel` of a role `zegel`, until the block is left.

    Raises:
        ClusterError: they cannot be had, or did not start.
    """
    programs = install_programs()
    _require("patroni", "patroni")
    _require("etcd", "etcd-server")
    folder = Path(tempfile.mkdtemp(prefix="zegel-failover-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        launcher = unprivileged_launcher(folder)
        etcd = stack.enter_context(_running_etcd(folder, launcher))
        cluster = Cluster(secrets.token_hex(16))
        for number in range(1, NODES + 1):
            node = _made_node(folder / f"node{number}", cluster.password, launcher, programs)
            _configure(node, etcd)
            stack.callback(node.stop)
            node.start()
            cluster.nodes.append(node)
        leader = cluster.wait_until_whole()
        leader.ask(f"CREATE ROLE zegel LOGIN PASSWORD '{cluster.password}'")
        leader.ask("CREATE DATABASE zegel OWNER zegel TEMPLATE template0")
        yield cluster


def _made_node(folder: Path, password: str, launcher: Sequence[str], programs: Path) -> Node:
    folder.mkdir()
    _give_to_owner(folder)
    port, control_port = _ports(2)
    return Node(folder.name, folder, port, control_port, password, launcher, programs)


def _configure(node: Node, etcd: str) -> None:
    """Fills in the file of the documentation."""
    values = {
        "name": node.name,
        "address": HOST,
        "port": str(node.port),
        "control_port": str(node.control_port),
        "network": f"{HOST}/32",
        "etcd": etcd,
        "programs": str(node.programs),
        "folder": str(node.folder),
        "password": node.password,
    }
    template = Template((_PROJECT / "deploy" / "patroni" / "node.yml").read_text("utf-8"))
    file = node.folder / "node.yml"
    file.write_text(template.substitute(values | TIMES), encoding="utf-8")
    _give_to_owner(file)


@contextlib.contextmanager
def _running_etcd(folder: Path, launcher: Sequence[str]) -> Iterator[str]:
    """The address of an etcd, until the block is left."""
    port, peer_port = _ports(2)
    client, peer = f"http://{HOST}:{port}", f"http://{HOST}:{peer_port}"
    options = {
        "name": "one",
        "data-dir": str(folder / "etcd"),
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"one={peer}",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    with (folder / "etcd.log").open("ab") as log:
        process = subprocess.Popen(
            [*launcher, "etcd", *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: _answers(client), "etcd")
        yield f"{HOST}:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _answers(client: str) -> bool:
    try:
        with urllib.request.urlopen(f"{client}/health", timeout=2) as answer:
            return bool(json.load(answer)["health"] == "true")
    except (OSError, ValueError):
        return False


def _give_to_owner(path: Path) -> None:
    """Lets the account of the folder above, which runs the servers, have a file or folder."""
    owner = path.parent.stat()
    shutil.chown(path, owner.st_uid, owner.st_gid)
    path.chmod(0o700 if path.is_dir() else 0o600)


def _ports(count: int) -> list[int]:
    found: list[int] = []
    for port in random.Random().sample(_PORTS, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            found.append(port)
        if len(found) == count:
            return found
    raise ClusterError("expected free ports, found none")


def _require(program: str, package: str) -> None:
    """Installs a package of Debian where its program is missing."""
    if shutil.which(program) is None:
        subprocess.run([_INSTALLER, package], check=False, stdin=subprocess.DEVNULL)
    if shutil.which(program) is None:
        raise ClusterError(f"expected {program}, found none; sudo apt-get install {package}")
