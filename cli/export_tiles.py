"""`zegel export tiles DIR`: the sealed log as files that every tlog-tiles client reads."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from cli.options import ZegelCommand
from cli.output import note
from cli.pruned_note import say_pruned
from cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLES: Final = ("zegel export tiles mirror", "zegel --home audit export tiles /srv/www/log")


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Write the sealed log as a mirror of tiles."
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def tiles(session: Session, /, folder: Path) -> int:
    """Write the sealed log as a mirror of tiles: checkpoint, tiles, entry bundles.

    Sealed records hold no personal data in clear, so the mirror may be served to the public. Files
    that are there already and cannot change are left alone; the checkpoint is written last.
    """
    from ledger.mirror import mirror_files  # noqa: PLC0415 - start time: see cli/app.py

    with session.open_ledger() as ledger:
        say_pruned(ledger)
        written = _write(folder, mirror_files(ledger.log, session.signing_folder().terms()))
    note(f"{folder}: {written} files written")
    return 0


def _write(folder: Path, files: "Iterable[tuple[str, bytes]]") -> int:
    """Writes the files that are not there as they should be; each appears whole or not at all."""
    written = 0
    for name, content in files:
        target = folder / name
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        beside.write_bytes(content)
        beside.replace(target)
        written += 1
    return written
