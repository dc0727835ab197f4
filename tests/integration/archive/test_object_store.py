"""An archive in an S3-compatible store is one as in a folder; the store is moto's, on loopback."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import boto3  # type: ignore[import-untyped]  # without a description of its types
import pytest
from moto.server import ThreadedMotoServer

from ledger.archive.archive_check import check_archive
from ledger.archive.place import ArchivePlace
from ledger.errors import BadRequest, StoreUnavailable
from tests.archived_home import ArchivedHome
from tests.sealed_home import ORIGIN


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """The address of a store that runs as long as the tests of this file."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(store: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A bucket of this test, reached as an operator sets it up: by the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", store)
    monkeypatch.setenv("FSSPEC_S3_ENDPOINT_URL", store)
    name = f"zegel-{abs(hash(tmp_path)) % 10**9}"
    boto3.client("s3", endpoint_url=store).create_bucket(Bucket=name)
    return f"s3://{name}/archive"


@pytest.fixture
def stored(small_home: ArchivedHome, bucket: str) -> ArchivedHome:
    """A home whose archive is in the bucket."""
    small_home.place = bucket
    small_home.write_archive()
    return small_home


def test_the_store_holds_what_a_folder_would(stored: ArchivedHome, tmp_path: Path) -> None:
    """An archive could not be copied from a store to a disk and still be one."""
    remote = ArchivePlace(stored.place)
    stored.place = str(tmp_path / "folder")
    stored.write_archive()
    local = ArchivePlace(stored.place)
    paths = remote.paths("segments")
    assert paths == local.paths("segments")
    assert len(paths) == 12
    assert {path: remote.read(path) for path in paths} == {path: local.read(path) for path in paths}
    assert not remote.is_local


def test_it_is_read_as_one_history(stored: ArchivedHome) -> None:
    """What is in the store would be missing from answers."""
    stored.decide()
    with closing(stored.open()) as ledger:
        before = list(ledger.log.scan())
    verified = stored.verify()
    assert stored.carry_out() == 256
    with closing(stored.open()) as ledger:
        assert list(ledger.log.scan()) == before
    assert stored.verify() == verified
    assert verified.outcome == "valid"
    report = check_archive(stored.place, ORIGIN, stored.signing.terms())
    assert (report.outcome, report.records_checked) == ("valid", 256)


def test_what_was_changed_there_is_found(stored: ArchivedHome, store: str) -> None:
    """Whoever can write into the store could rewrite history."""
    path = "segments/000000000064.parquet"
    raw = ArchivePlace(stored.place).read(path)
    bucket, _, prefix = stored.place.removeprefix("s3://").partition("/")
    boto3.client("s3", endpoint_url=store).put_object(
        Bucket=bucket, Key=f"{prefix}/{path}", Body=raw.replace(b"access", b"excess", 1) + b"x"
    )
    report = check_archive(stored.place, ORIGIN, stored.signing.terms())
    assert report.outcome == "broken"
    assert any(path in one.place for one in report.findings)


def test_nothing_there_is_overwritten(stored: ArchivedHome, tmp_path: Path) -> None:
    """A second log would destroy the archive of the first."""
    other = tmp_path / "other"
    other.write_bytes(b"something else")
    with pytest.raises(BadRequest, match="nothing was overwritten"):
        ArchivePlace(stored.place).write("segments/000000000064.parquet", other)


def test_a_store_that_does_not_answer_is_named(stored: ArchivedHome) -> None:
    """An answer would be shorter, or the reason a riddle."""
    bucket, _, _ = stored.place.removeprefix("s3://").partition("/")
    missing = ArchivePlace(f"s3://{bucket}-gone/archive")
    with pytest.raises(StoreUnavailable, match=f"archive s3://{bucket}-gone/archive"):
        missing.read("segments/000000000000.manifest")
