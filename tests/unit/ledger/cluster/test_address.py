"""A worker in another folder finds the same log."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy.engine import make_url

from ledger.cluster.address import address_of
from ledger.ledger import Ledger
from ledger.vault.token_uri import TokenUri


def _ledger(url: str, key_file: object) -> Ledger:
    log = SimpleNamespace(engine=SimpleNamespace(url=make_url(url)))
    made: Any = SimpleNamespace(log=log, key_file=key_file, origin="log.example/a")
    return cast("Ledger", made)


def test_paths_go_from_the_root_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker would look for database and keys in its own folder."""
    monkeypatch.chdir(tmp_path)
    found = address_of(_ledger("sqlite:///home/zegel.db", Path("home/key.json")))
    assert found.database == f"sqlite:///{tmp_path / 'home/zegel.db'}"
    assert found.key_file == tmp_path / "home/key.json"
    assert found.origin == "log.example/a"


def test_a_server_is_named_with_its_password_and_never_shown() -> None:
    """A worker could not log in, or the password would stand in every message."""
    url = "postgresql+psycopg://zegel:secret@db.example/zegel"
    token = TokenUri.parse("pkcs11:token=zegel?module-path=/usr/lib/x.so")
    found = address_of(_ledger(url, token))
    assert (found.database, found.key_file) == (url, token)
    assert "secret" not in repr(found)
