"""Which file holds which part of a log that is rotated.

The first line tells, but logs that all begin with one heading begin alike: so a file keeps its part
while it keeps its inode, and only what is left over is matched by the first line alone. A file that
was cut off and written anew keeps the inode and may keep its heading: it holds no part that began
otherwise.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.watching.rotated_files import FoundFile
from cli.watching.source_state import Part


def parts_of_files(files: Sequence[FoundFile], parts: Sequence[Part]) -> Mapping[Path, Part]:
    """The part that each file holds, as far as it holds one; no two files hold the same.

    Args:
        files: As they are now.
        parts: As they are remembered, the newest last.
    """
    held: dict[Path, Part] = {}
    for by_inode in (True, False):
        for file in files:
            if file.path in held:
                continue
            taken = {id(part) for part in held.values()}
            for part in reversed(parts):
                if id(part) not in taken and _may_hold(file, part, by_inode=by_inode):
                    held[file.path] = part
                    break
    return held


def _may_hold(file: FoundFile, part: Part, *, by_inode: bool) -> bool:
    if file.identity != part.identity or not part.begins(file.head):
        return False
    if by_inode and (file.device, file.inode) != (part.device, part.inode):
        return False
    return file.is_packed or file.size >= part.offset


def has_more(file: FoundFile, part: Part) -> bool:
    """Whether a file that was put aside holds more than was read of its part."""
    if file.is_packed:
        return not part.is_finished
    return file.size > (part.size if part.is_finished else part.offset)
