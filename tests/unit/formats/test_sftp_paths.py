"""Paths as internal-sftp writes them, read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.sftp_paths import path_of


def _written(path: str) -> str:
    """As the server writes a path that can be shown."""
    return "".join(
        "\\\\" if byte == ord("\\") else chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
        for byte in path.encode()
    )


@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")))
def test_a_path_that_can_be_shown_is_read_back(path: str) -> None:
    """A file would have one name on the server and another in the program that handles it."""
    assert path_of(_written(path)) == path


@pytest.mark.parametrize(
    "written",
    [
        "/in/plain name.csv",
        r"/in/caf\351.csv",
        r"/in/two\nlines.csv",
        r"/in/bell\a",
        r"/in/\000",
        r"/in/\401",
        "/in/ends\\",
        r"/in/\342\200\256gpj.exe",
    ],
)
def test_what_cannot_be_shown_stays_as_it_was_written(written: str) -> None:
    """A name would act on the screen of whoever looks, or not be text at all."""
    assert path_of(written) == written


@given(st.text())
def test_every_path_has_a_name(written: str) -> None:
    """One odd name would end the reading of a log."""
    assert path_of(written) == written or path_of(written).isprintable()
