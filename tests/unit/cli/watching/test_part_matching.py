"""Files keep the part that they hold, whatever they are called by now."""

from dataclasses import replace
from pathlib import Path

from cli.watching.part_matching import has_more, parts_of_files
from cli.watching.rotated_files import FoundFile
from cli.watching.source_state import Part


def file(
    name: str, identity: str, inode: int, size: int = 100, *, packed: bool = False
) -> FoundFile:
    return FoundFile(Path(name), identity, 1, inode, size, 0, packed)


def part(identity: str, inode: int, offset: int = 50) -> Part:
    return Part(identity=identity, device=1, inode=inode, offset=offset)


def test_a_renamed_file_keeps_its_part() -> None:
    """It would be read again from its beginning, or not to its end."""
    old, new = part("a", 1), part("b", 2)
    found = parts_of_files([file("log.1", "a", 1), file("log", "b", 2)], [old, new])
    assert found == {Path("log.1"): old, Path("log"): new}


def test_a_copy_is_known_by_its_first_line() -> None:
    """What was copied aside before the log was cut off would be recorded under new ids."""
    old = part("a", 1)
    found = parts_of_files([file("log.1", "a", 9), file("log", "b", 1, 10)], [old])
    assert found == {Path("log.1"): old}


def test_files_that_begin_alike_are_told_apart_by_their_inodes() -> None:
    """The newer file would be taken for the older one, and its beginning left out."""
    old, new = part("a", 1), part("a", 2)
    found = parts_of_files([file("log.1", "a", 1), file("log", "a", 2)], [old, new])
    assert found == {Path("log.1"): old, Path("log"): new}
    found = parts_of_files([file("log.1", "a", 1), file("log", "a", 3)], [old])
    assert found == {Path("log.1"): old}


def test_a_file_that_became_shorter_is_another_one() -> None:
    """What was written after a log was cut off would be skipped."""
    old = part("a", 1, offset=90)
    assert parts_of_files([file("log", "a", 1, 80)], [old]) == {}
    found = parts_of_files([file("log.1", "a", 2, 95), file("log", "a", 1, 80)], [old])
    assert found == {Path("log.1"): old}


def test_a_compressed_file_is_never_too_short() -> None:
    """What was compressed would be read again as if it were new."""
    old = part("a", 1, offset=90)
    packed = file("log.2.gz", "a", 7, 20, packed=True)
    assert parts_of_files([packed], [old]) == {Path("log.2.gz"): old}
    assert has_more(packed, old)
    old.finish(20)
    assert not has_more(packed, old)


def test_more_than_was_read_is_seen() -> None:
    """Lines of a program that still writes into a renamed file would be lost."""
    old = part("a", 1, offset=90)
    assert has_more(file("log.1", "a", 1, 91), old)
    assert not has_more(file("log.1", "a", 1, 90), old)
    old.finish(95)
    assert not has_more(file("log.1", "a", 1, 95), old)
    assert has_more(file("log.1", "a", 1, 96), old)


def test_a_file_that_was_written_anew_below_its_heading_holds_no_part() -> None:
    """A log that was cut off and grew beyond what was read would be gone on with in its middle."""
    old = part("a", 1)
    old.note_head(b"heading\nfirst line\n")
    anew = replace(file("log", "a", 1), head=b"heading\nother line\nand more\n")
    aside = replace(file("log.1", "a", 9), head=b"heading\nfirst line\nand more\n")
    assert parts_of_files([aside, anew], [old]) == {Path("log.1"): old}
