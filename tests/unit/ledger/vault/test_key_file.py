"""The key file: written once and whole, readable by its owner only."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import StoreUnavailable
from ledger.private_files import write_new_file
from ledger.vault.key_file import FileKeys, create_key_file, read_key_file
from ledger.vault.local_keys import LocalKeys


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "vault.key.json"
    create_key_file(path, LocalKeys.fresh("log.example/1", os.urandom))
    return path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Keys that change on their way through the file would make every value unreadable."""
    keys = LocalKeys.fresh("log.example/1", os.urandom)
    create_key_file(tmp_path / "key", keys)
    assert read_key_file(tmp_path / "key", os.urandom) == keys


def test_only_the_owner_may_read(key_file: Path) -> None:
    """A key file that others can read would open every personal value to them."""
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_open_to_others_is_refused_with_the_remedy(key_file: Path, mode: int) -> None:
    """Keys that others may have read would be used as if nothing were wrong."""
    key_file.chmod(mode)
    with pytest.raises(StoreUnavailable, match=f"found mode {mode:04o}.*chmod 600"):
        read_key_file(key_file, os.urandom)


def test_an_existing_file_is_never_overwritten(key_file: Path) -> None:
    """Overwriting keys would destroy every personal value encrypted under them."""
    before = key_file.read_bytes()
    with pytest.raises(StoreUnavailable, match="never overwritten"):
        create_key_file(key_file, LocalKeys.fresh("log.example/1", os.urandom))
    assert key_file.read_bytes() == before
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """An operator would not learn which file to restore."""
    with pytest.raises(StoreUnavailable, match=r"absent\.json cannot be read"):
        read_key_file(tmp_path / "absent.json", os.urandom)


_KEY = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
_WHOLE = (
    b'{"format":"zegel/keys","version":1,"origin":"o","epoch":1,"epoch_keys":{"1":"'
    + _KEY
    + b'"},"lookup_secret":"'
    + _KEY
    + b'"}'
)


def test_the_whole_document_of_the_next_test_is_a_key_file(tmp_path: Path) -> None:
    """The next test would pass for files that are refused for another reason."""
    write_new_file(tmp_path / "key", _WHOLE)
    assert read_key_file(tmp_path / "key", os.urandom).epoch == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"{}",
        b"[1]",
        _WHOLE.replace(b'"version":1', b'"version":3'),
        _WHOLE.replace(b'"epoch":1', b'"epoch":2'),
        _WHOLE.replace(b"zegel/keys", b"other/keys"),
        _WHOLE.replace(_KEY, b"AAAA", 1),
        _WHOLE.replace(_KEY, b"not base64", 1),
    ],
)
def test_something_else_than_a_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A damaged key file would surface as some other error, far from its cause."""
    write_new_file(tmp_path / "key", content)
    with pytest.raises(StoreUnavailable, match="expected a key file of Zegel"):
        read_key_file(tmp_path / "key", os.urandom)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A disk problem while keys are made would show as an unexpected failure."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        create_key_file(tmp_path / "file" / "key", LocalKeys.fresh("o", os.urandom))


def test_a_file_of_the_old_form_is_read_and_upgraded_when_it_changes(tmp_path: Path) -> None:
    """Logs that were made before keys had generations could not be opened, or not be rotated."""
    path = tmp_path / "key"
    write_new_file(path, _WHOLE)
    keys = FileKeys(path, os.urandom)
    assert (keys.epoch, keys.generation, path.read_bytes()) == (1, 1, _WHOLE)
    check, look_up = keys.check(1), keys.lookup_key("index")
    keys.advance(2)
    assert msgspec.json.decode(path.read_bytes())["version"] == 2
    again = FileKeys(path, os.urandom)
    assert (again.generation, again.check(1), again.lookup_key("index")) == (2, check, look_up)


def test_the_check_of_an_old_log_is_what_it_always_was(tmp_path: Path) -> None:
    """A database that was made before keys had generations would refuse its own keys."""
    write_new_file(tmp_path / "key", _WHOLE)
    found = FileKeys(tmp_path / "key", os.urandom).check(1)
    assert found.hex() == "82d1be7f8c305b5fc9f35c699972c1fad514cddc7a715bd67d15e1ac5025eab6"


@pytest.mark.parametrize("step", ["os.fsync", "pathlib.Path.replace"])
def test_a_crash_while_it_is_replaced_leaves_the_old_file_whole(
    key_file: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """There would be a moment without keys, in which a crash loses every personal value."""
    keys = FileKeys(key_file, os.urandom)
    before = key_file.read_bytes()

    def crash(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(step, crash)
        with pytest.raises(StoreUnavailable, match="cannot be written: Input/output error"):
            keys.begin_epoch(2)
    assert key_file.read_bytes() == before
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]
    assert FileKeys(key_file, os.urandom).begin_epoch(2) == 2


def test_a_replaced_file_is_still_its_owners_alone(key_file: Path) -> None:
    """The first erasure or rotation would open the keys to everybody on the machine."""
    FileKeys(key_file, os.urandom).begin_epoch(2)
    assert key_file.stat().st_mode & 0o777 == 0o600


@given(steps=st.lists(st.sampled_from(["advance", "begin", "destroy"]), max_size=12))
def test_any_history_of_keys_is_read_back(steps: list[str]) -> None:
    """Some order of erasures and rotations would leave a file that says something else."""
    with TemporaryDirectory() as folder:
        keys = FileKeys.create(Path(folder, "key"), "log.example/1", os.urandom)
        for step in steps:
            generation = keys.generation + 1
            if step == "advance":
                keys.advance(generation)
            elif step == "begin":
                keys.begin_epoch(generation)
            else:
                keys.destroy_epochs(frozenset(keys.epochs) - {keys.epoch}, generation)
        again = FileKeys(keys.path, os.urandom)
        assert (again.generation, again.epochs) == (len(steps) + 1, keys.epochs)
        assert again.check(again.generation) == keys.check(keys.generation)
