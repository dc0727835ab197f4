"""How many subject keys per second a key file and a token wrap and unwrap, in one run.

    python -m benchmarks.key_stores

Makes a token of SoftHSM in a temporary folder, which has to be installed.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import UUID, uuid4

from ledger.vault.key_stores import KeyPlace, create_keys
from ledger.vault.keys import KEY_BYTES, KeyStore, WrappedKey
from ledger.vault.token_uri import TokenUri

KEYS: Final = 5_000
ROUNDS: Final = 5
MODULE: Final = "/usr/lib/softhsm/libsofthsm2.so"
PIN: Final = "4711"


def main() -> int:
    """Prints medians and spread; both stores take turns."""
    with TemporaryDirectory() as folder:
        stores = {
            "key file": _made(Path(folder, "keys.json")),
            "token (SoftHSM)": _made(_token(Path(folder))),
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in stores}
        for _ in range(ROUNDS):
            for name, store in stores.items():
                found[name].append(_measured(store))
    for name, rounds in found.items():
        for what, rates in zip(("wrapped", "unwrapped"), zip(*rounds, strict=True), strict=True):
            print(
                f"{name:16} {what:10} {statistics.median(rates):>9,.0f} keys/s "
                f"({min(rates):,.0f} to {max(rates):,.0f})"
            )
    return 0


def _made(place: KeyPlace) -> KeyStore:
    return create_keys(place, "log.example/benchmark", os.urandom)


def _token(folder: Path) -> TokenUri:
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    os.environ.update(SOFTHSM2_CONF=str(settings), ZEGEL_TOKEN_PIN=PIN)
    command = ["softhsm2-util", "--init-token", "--free", "--label", "zegel", "--pin", PIN]
    subprocess.run(  # noqa: S603 - words of our own, and the folder just made
        [*command, "--so-pin", "8765"], check=True, capture_output=True
    )
    return TokenUri.parse(f"pkcs11:token=zegel?module-path={MODULE}")


def _measured(store: KeyStore) -> tuple[float, float]:
    """Keys per second, wrapped and unwrapped."""
    subjects = [(uuid4(), os.urandom(KEY_BYTES)) for _ in range(KEYS)]
    wrapped: list[tuple[UUID, WrappedKey]] = []

    def wrap() -> None:
        wrapped.extend((each, store.wrap(each, key)) for each, key in subjects)

    def unwrap() -> None:
        for subject_id, key in wrapped:
            store.unwrap(subject_id, *key)

    return _rate(wrap), _rate(unwrap)


def _rate(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return KEYS / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
