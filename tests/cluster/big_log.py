"""A long log in an archive, the command that looks at it, and somebody who changes a record."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.sample import batches
from ledger.archive.layout import SEGMENT_RECORDS
from ledger.home import Home
from tests.cluster.standalone import PYTHON
from tests.command_line import clean_environment

SECONDS: Final = 1_800
"""A command that hangs must not hang the run."""


@dataclass(frozen=True)
class BigLog:
    """A home whose log has so many records."""

    home: Path
    records: int

    @property
    def archive(self) -> Path:
        """Where its segments are."""
        return self.home / "archive"

    def command(self, *words: str) -> list[str]:
        """A command on this home, run by the Python that has PySpark."""
        return [str(PYTHON), "-m", "cli.main", "--home", str(self.home), *words]

    def answered(self, *words: str) -> subprocess.CompletedProcess[str]:
        """What the command answered."""
        return subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            env=clean_environment(),
            timeout=SECONDS,
            check=False,
        )

    def run(self, *words: str) -> str:
        """What a command wrote that must succeed."""
        done = self.answered(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def verified(self, *words: str) -> tuple[int, dict[str, Any]]:
        """The exit code of `zegel verify` and its report."""
        done = self.answered("verify", "--json", *words)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    @contextmanager
    def altered_record(self, index: int) -> Iterator[None]:
        """One byte of one sealed record is another one, as long as this is open."""
        first = index // SEGMENT_RECORDS * SEGMENT_RECORDS
        path = self.archive / "segments" / f"{first:012d}.parquet"
        before = path.read_bytes()
        table = pq.read_table(path)
        sealed = table.column("sealed").to_pylist()
        sealed[index - first] = sealed[index - first].replace(b'"read"', b'"reaD"')
        place = table.schema.get_field_index("sealed")
        changed = table.set_column(place, table.schema.field(place), pa.array(sealed, pa.binary()))
        pq.write_table(changed, path, compression="zstd", row_group_size=8_192)
        try:
            yield
        finally:
            path.write_bytes(before)


def made_log(home: Path, count: int) -> BigLog:
    """A log of so many measured events, whose sealed records stand in its archive."""
    made = BigLog(home, count)
    made.run("init", "--no-roles", "--origin", "log.example/big")
    with closing(Home(home).open_ledger()) as ledger:
        for batch in batches(count):
            ledger.record_many(batch)
    made.run("seal")
    made.run("archive", "--to", str(made.archive))
    made.run("archive", "move", "--yes")
    return made
