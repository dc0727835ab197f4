"""Anybody with the log's key can mirror it over HTTP, and check every record of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from ledger.mirror import mirror_files
from ledger.notes.checkpoint import open_checkpoint
from ledger.notes.proof_file import decode_proof, verify_proof
from ledger.notes.tile_paths import encode_path
from ledger.notes.tiles import bundles_of
from ledger.proofs import verify_consistency, verify_inclusion
from ledger.pruning import carry_out, range_below, undone
from ledger.record import leaf_hash
from ledger.verification.findings import FindingLog
from ledger.verification.mirror_check import MirrorCheck
from service.context import Context
from tests.grants import grant
from tests.pruned_home import ARCHIVE, decide, used
from tests.served import client_of, seal, served_context


def add(context: Context, count: int) -> None:
    """More records."""
    context.ledger.record_many([grant(grant_id=f"G-{number}") for number in range(count)])


@pytest.fixture
def sealed(tmp_path: Path, database_url: str) -> Iterator[Context]:
    """A log of 600 records under a checkpoint, and ten that no checkpoint covers."""
    with served_context(tmp_path, database_url) as context:
        add(context, 600)
        seal(context)
        add(context, 10)
        yield context


def read(client: TestClient, path: str) -> bytes:
    """A file of the mirror, as the check of bundles asks for files."""
    answer = client.get(f"/{path}")
    if answer.status_code != 200:
        raise KeyError(path)
    return answer.content


@contextmanager
def work_of(context: Context) -> Iterator[list[str]]:
    """Statements that go to the database meanwhile, and connections that are taken for them."""
    engine = context.ledger.log.engine
    found: list[str] = []

    def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
        found.append(text)

    def connection(*_: object) -> None:  # each look-up through the driver itself takes one
        found.append("connection")

    listeners = (("before_cursor_execute", statement), ("checkout", connection))
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield found
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


def test_a_mirror_over_http_verifies(sealed: Context) -> None:
    """An auditor would have to trust the service for what it hands out."""
    client = client_of(sealed)
    terms = tuple(sealed.terms())
    note = read(client, "checkpoint")
    checkpoint = open_checkpoint(note, [term.key for term in terms], terms=terms)
    assert checkpoint.size == 600
    findings = FindingLog()
    check = MirrorCheck(lambda path: read(client, path), checkpoint, findings)
    check.check([encode_path(each) for each in bundles_of(checkpoint.size)])
    assert not findings.counts
    assert (check.tiles_checked, check.entries_checked) == (4, 600)


def test_the_mirror_is_that_of_the_command_line(sealed: Context) -> None:
    """Two mirrors of one log would differ."""
    client = client_of(sealed)
    for path, content in mirror_files(sealed.ledger.log, sealed.terms()):
        assert read(client, path) == content


def test_nothing_of_it_is_recorded(sealed: Context) -> None:
    """Anybody could fill the log by reading public evidence."""
    size = sealed.ledger.head().size
    client = client_of(sealed)
    for path in ("checkpoint", "tile/0/000", "tile/entries/000", "v1/proofs/7"):
        assert client.get(f"/{path}").status_code == 200
    assert client.get("/v1/proofs/consistency?from=3").status_code == 200
    assert client.get("/tile/0/00").status_code == 404
    assert sealed.ledger.head().size == size


@pytest.mark.parametrize(
    "path",
    [
        "0/0", "0/00", "0/0000", "00/000", "64/000", "0/x000/000", "0/000.p/0", "0/000.p/256",
        "0/000.p/01", "0/-01", "entries/0", "data/000", "0/000/", "0/000%2e", "",
        "0/x999/x999/x999/x999/x999/x999/x999/999",
    ],
)  # fmt: skip
def test_each_tile_has_one_path(sealed: Context, path: str) -> None:
    """Caches would hold one tile under several names."""
    assert client_of(sealed).get(f"/tile/{path}").status_code == 404


def test_tiles_end_where_the_checkpoint_does(sealed: Context) -> None:
    """What nobody signed yet could be taken back, and would still be in caches."""
    client = client_of(sealed)
    for path in ("0/002.p/88", "0/002.p/1", "entries/002.p/88", "1/000.p/2"):
        assert client.get(f"/tile/{path}").status_code == 200
    for path in ("0/002.p/89", "0/002", "0/003.p/1", "entries/002.p/90", "1/000.p/3", "2/000.p/1"):
        assert client.get(f"/tile/{path}").status_code == 404


def test_a_partial_tile_of_an_older_checkpoint_stays_what_it_was(sealed: Context) -> None:
    """A client between two checkpoints would find its tile changed."""
    client = client_of(sealed)
    before = client.get("/tile/0/002.p/88").content
    seal(sealed)
    assert client.get("/tile/0/002.p/88").content == before
    assert client.get("/tile/0/002.p/98").content.startswith(before)


def test_it_says_how_long_it_may_be_kept(sealed: Context) -> None:
    """A checkpoint would be kept for ever, or every tile be asked for again."""
    client = client_of(sealed)
    kept = {
        "/checkpoint": ("text/plain; charset=utf-8", "public, max-age=5"),
        "/tile/0/000": ("application/octet-stream", "public, max-age=31536000, immutable"),
        "/tile/entries/001": ("application/octet-stream", "public, max-age=31536000, immutable"),
        "/v1/proofs/7": ("text/plain; charset=utf-8", "public, max-age=300"),
        "/v1/proofs/consistency?from=3&to=9": (
            "application/json", "public, max-age=31536000, immutable",
        ),
        "/v1/proofs/consistency?from=3": ("application/json", "public, max-age=5"),
    }  # fmt: skip
    for path, (media_type, control) in kept.items():
        answer = client.get(path)
        assert answer.headers["content-type"] == media_type
        assert answer.headers["cache-control"] == control
        again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in client.get("/tile/0/999").headers["cache-control"]


def test_a_log_that_was_never_sealed_has_nothing_to_show(tmp_path: Path) -> None:
    """A client would get a failure, or records that nobody signed."""
    with served_context(tmp_path) as context:
        add(context, 3)
        client = client_of(context)
        for path in ("checkpoint", "tile/0/000.p/3", "v1/proofs/0", "v1/proofs/consistency?from=1"):
            assert client.get(f"/{path}").status_code == 404


def test_what_was_pruned_is_gone_and_the_rest_is_proven(tmp_path: Path, database_url: str) -> None:
    """A client would take a hole for a fault, or lose the proofs of what is kept."""
    with served_context(tmp_path, database_url) as context:
        context.ledger.record_many([used() for _ in range(600)])
        seal(context)
        decide(context.ledger, range_below(context.ledger.log, 256, 600))
        seal(context)
        pruning = undone(context.ledger.log)
        assert pruning is not None
        carry_out(context.ledger, pruning, tuple(context.terms()))
        require_pruned_mirror(context)


def require_pruned_mirror(context: Context) -> None:
    """Passes if what is below index 256 is gone for good reason, and the rest is there."""
    client = client_of(context)
    for path in ("tile/0/000", "tile/entries/000", "v1/proofs/7"):
        answer = client.get(f"/{path}")
        assert answer.status_code == 410
        assert ARCHIVE not in answer.text
    assert client.get("/tile/1/000.p/2").status_code == 200
    assert client.get("/v1/proofs/300").status_code == 200
    assert client.get("/v1/proofs/consistency?from=256").status_code == 200


@pytest.mark.parametrize("index", [0, 255, 256, 599])
def test_a_proof_convinces_whoever_has_the_key(sealed: Context, index: int) -> None:
    """The service would have to be believed."""
    client = client_of(sealed)
    terms = tuple(sealed.terms())
    keys = [term.key for term in terms]
    sealed_bytes = client_of(sealed, "auditor").get(f"/v1/events/{index}/raw").content
    proof = decode_proof(client.get(f"/v1/proofs/{index}").content)
    checkpoint = verify_proof(
        proof, leaf_hash(sealed_bytes), index, lambda note: open_checkpoint(note, keys, terms=terms)
    )
    found = client.get(f"/v1/proofs/{index}", headers={"Accept": "application/json"}).json()
    hashes = [bytes.fromhex(each) for each in found["hashes"]]
    leaf = bytes.fromhex(found["leaf_hash"])
    verify_inclusion(leaf, index, found["size"], hashes, bytes.fromhex(found["root"]))
    assert (found["size"], bytes.fromhex(found["root"])) == (checkpoint.size, checkpoint.root)
    assert found["checkpoint"].encode() == client.get("/checkpoint").content


@pytest.mark.parametrize(("old", "new"), [(1, 600), (256, 600), (255, 257), (600, 600), (7, 8)])
def test_the_log_only_grew(sealed: Context, old: int, new: int) -> None:
    """Whoever has an older checkpoint could not tell whether history was changed."""
    found = client_of(sealed).get(f"/v1/proofs/consistency?from={old}&to={new}").json()
    roots = [bytes.fromhex(found[name]) for name in ("from_root", "to_root")]
    hashes = [bytes.fromhex(each) for each in found["hashes"]]
    verify_consistency(old, roots[0], new, roots[1], hashes)


@pytest.mark.parametrize(
    ("asked", "status"),
    [("from=0", 400), ("from=601", 400), ("from=9&to=3", 400), ("from=3&to=601", 404), ("", 400),
     ("from=3&more=1", 400)],
)  # fmt: skip
def test_sizes_that_cannot_be_proven_are_refused(sealed: Context, asked: str, status: int) -> None:
    """A client would get hashes that prove nothing."""
    assert client_of(sealed).get(f"/v1/proofs/consistency?{asked}").status_code == status


def test_what_it_costs_does_not_grow_with_the_log(tmp_path: Path, database_url: str) -> None:
    """Anybody could keep a database busy that has a long history."""
    asked = ("/checkpoint", "/tile/0/000", "/tile/entries/000", "/v1/proofs/7")
    costs = []
    with served_context(tmp_path, database_url) as context:
        for more in (700, 3_300):  # as many levels of tiles
            add(context, more)
            seal(context)
            with work_of(context) as work:
                assert [client_of(context).get(path).status_code for path in asked] == [200] * 4
            costs.append(len(work))
    assert costs[0] == costs[1]
    assert costs[0] < 60
