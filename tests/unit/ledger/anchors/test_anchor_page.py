"""What `docs/how-to/anchor-checkpoints.md` tells people to type."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

from ledger.anchors.settings import read_anchor_settings
from ledger.anchors.time_stamps import stamped_bytes, time_stamp_request
from tests.house.tracked_files import PROJECT
from tests.signed_checkpoints import signed_checkpoint
from tests.time_stamping import authority_in, certify

PAGE = (PROJECT / "docs" / "how-to" / "anchor-checkpoints.md").read_text("utf-8")


def test_the_settings_of_the_page_are_understood(tmp_path: Path) -> None:
    """Whoever copies the example would get an error, or other parties than it names."""
    (toml,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "trust").mkdir()
    for name in ("first", "second"):
        (tmp_path / "trust" / f"{name}-tsa.pem").write_bytes(certify(name).pem())
    settings = read_anchor_settings(tomllib.loads(toml), tmp_path)
    assert [one.name for one in settings.authorities] == ["first-tsa", "second-tsa"]
    assert [one.key.name for one in settings.witnesses] == ["witness.example"]


def test_the_command_of_the_page_verifies_a_token(tmp_path: Path) -> None:
    """An auditor who follows the page would find our evidence worthless."""
    (command,) = re.findall(r"^openssl ts -verify .*$", PAGE, re.MULTILINE)
    checkpoint, _ = signed_checkpoint(7)
    authority = authority_in(tmp_path / "tsa")
    token = authority.reply(time_stamp_request(stamped_bytes(checkpoint)).body)
    (tmp_path / "roots.pem").write_bytes(authority.root.pem())
    (tmp_path / "token.tsr").write_bytes(token)
    for note, code in ((checkpoint.raw, 0), (checkpoint.raw + b"\n", 1)):
        (tmp_path / "checkpoint").write_bytes(note)
        done = subprocess.run(
            shlex.split(command), cwd=tmp_path, check=False, capture_output=True, text=True
        )
        assert done.returncode == code, done.stdout + done.stderr
