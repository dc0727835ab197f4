"""Brings names to the disk: a file that is durable is lost all the same while its name is not."""

import os
from pathlib import Path


def sync_names(folder: Path) -> None:
    """Returns when what was made, renamed and removed in a folder is durable.

    Raises:
        OSError: the disk does not take it.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
