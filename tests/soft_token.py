"""A token in software for tests: SoftHSM, in a temporary folder with a settings file of its own."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

LABEL: Final = "zegel-test"
PIN: Final = "4711"
SETTINGS_VARIABLE: Final = "SOFTHSM2_CONF"
PIN_VARIABLE: Final = "ZEGEL_TOKEN_PIN"
_REQUIRED_VARIABLE: Final = "ZEGEL_TEST_TOOLS"
_MODULES: Final = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
)


def module_path() -> Path:
    """The library of SoftHSM; without one the test is skipped, or fails under `make test`."""
    found = next((path for path in _MODULES if path.exists()), None)
    if found is None or shutil.which("softhsm2-util") is None:
        message = "SoftHSM is not installed; `make test` installs it"
        if os.environ.get(_REQUIRED_VARIABLE):
            pytest.fail(message)
        pytest.skip(message)
    return found


def softhsm_settings(folder: Path) -> Path:
    """A settings file that keeps all tokens below a new folder."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    return settings


def make_token(module: Path) -> str:
    """The `pkcs11:` URI of a new, empty token, in the folder that `SOFTHSM2_CONF` names."""
    command = ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", PIN]
    subprocess.run([*command, "--so-pin", "8765"], check=True, capture_output=True)
    return f"pkcs11:token={LABEL}?module-path={module}"
