"""Lines that could not be read are kept for their owner alone."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from cli.quarantine_files import KeptLine, QuarantineFile, quarantine_files
from ledger.errors import FormatError

LINE = KeptLine(
    place="line 2",
    reason="expected a time, found none",
    raw_base64=b"secret \xff",
    source_identity="ab",
    format="openssh",
    offset=10,
    end_offset=20,
)
OTHER = replace(LINE, place="line 9", offset=80, end_offset=90)


@pytest.fixture
def file(tmp_path: Path) -> QuarantineFile:
    return QuarantineFile(tmp_path / "quarantine" / "4f1c.ndjson")


def test_a_line_is_kept_as_it_was(file: QuarantineFile) -> None:
    """The operator could not repair what the program could not read."""
    assert file.append([LINE, OTHER]) == 2
    assert list(file.read()) == [LINE, OTHER]
    assert file.name == "4f1c"


def test_nobody_else_may_open_it(file: QuarantineFile) -> None:
    """A line that names people would lie open, from the start or after somebody loosened it."""
    file.append([LINE])
    assert file.path.stat().st_mode & 0o077 == 0
    assert file.path.parent.stat().st_mode & 0o077 == 0
    file.path.chmod(0o644)
    file.append([OTHER])
    assert file.path.stat().st_mode & 0o077 == 0
    file.rewrite(lambda line: line)
    assert file.path.stat().st_mode & 0o077 == 0


def test_a_line_that_is_kept_again_is_given_once(file: QuarantineFile) -> None:
    """A run that was interrupted would double what could not be read."""
    file.append([LINE, OTHER])
    file.append([LINE, replace(OTHER, reason="another")])
    assert [line.place for line in file.read()] == ["line 2", "line 9"]


def test_what_a_crash_left_half_written_is_cut_off(file: QuarantineFile) -> None:
    """The next line would be glued to the rest of one, and neither could be read."""
    file.append([LINE])
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + b'{"place":"line 3","rea')
    assert list(file.read()) == [LINE]
    file.append([OTHER])
    assert list(file.read()) == [LINE, OTHER]


def test_a_file_without_a_whole_line_begins_anew(file: QuarantineFile) -> None:
    """A crash at the first line would leave a file that nobody can add to."""
    file.path.parent.mkdir()
    file.path.write_bytes(b'{"place":')
    file.append([LINE])
    assert list(file.read()) == [LINE]


def test_no_file_appears_without_a_line(file: QuarantineFile) -> None:
    """Every import would leave an empty file."""
    assert file.append([]) == 0
    assert not file.path.parent.exists()
    assert list(file.read()) == []


def test_what_there_is_no_room_for_is_not_kept(file: QuarantineFile) -> None:
    """A peer that sends rubbish all day would fill the disk."""
    file.append([LINE])
    size = file.path.stat().st_size
    assert file.append([OTHER, OTHER], most_bytes=size + size) == 1
    assert file.append([OTHER], most_bytes=size) == 0
    assert list(file.read()) == [LINE, OTHER]


def test_lines_change_or_go_all_or_nothing(file: QuarantineFile) -> None:
    """What was read would be tried again for ever, or what was not would be lost."""
    file.append([LINE, OTHER])
    file.rewrite(lambda line: replace(line, reason="new") if line.key == LINE.key else None)
    assert list(file.read()) == [replace(LINE, reason="new")]

    def fails(_line: KeptLine) -> KeptLine:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        file.rewrite(fails)
    assert [line.reason for line in file.read()] == ["new"]
    assert [each.name for each in quarantine_files(file.path.parent)] == ["4f1c"]


def test_an_empty_file_goes(file: QuarantineFile) -> None:
    """A list of what is kept would show sources of which nothing is."""
    file.append([LINE])
    file.rewrite(lambda _line: None)
    assert list(file.path.parent.iterdir()) == []


def test_a_file_that_was_changed_by_hand_is_refused_by_line(file: QuarantineFile) -> None:
    """Lines would vanish from a replay because one before them is broken."""
    file.append([LINE])
    with file.path.open("ab") as more:
        more.write(b"mine\n")
    with pytest.raises(FormatError, match="line 2: expected a line that Zegel kept"):
        list(file.read())
    before = file.path.read_bytes()
    with pytest.raises(FormatError):
        file.rewrite(lambda _line: None)
    assert file.path.read_bytes() == before


def test_a_line_of_an_earlier_version_is_read(file: QuarantineFile) -> None:
    """After an upgrade the old lines would be a broken file."""
    file.path.parent.mkdir()
    file.path.write_text('{"place":"line 2","reason":"why","raw_base64":"c2VjcmV0"}\n')
    (line,) = file.read()
    assert (line.place, line.raw_base64, line.format) == ("line 2", b"secret", None)
