"""Templates, styles and scripts of the page keep what the page promises to browsers."""

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

import service.page
from tests.conformance.node import find_tool

PAGE: Final = Path(service.page.__file__).parent
TEMPLATES: Final = sorted((PAGE / "templates").rglob("*.html"))
STYLES: Final = sorted((PAGE / "static" / "style").glob("*.css"))
SCRIPTS: Final = sorted((PAGE / "static" / "scripts").glob("*.js"))

INLINE: Final = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\shx-on|<script(?![^>]*\s(?:src=|type=\"application/json\"))"
)
"""What a content policy without `unsafe-inline` makes browsers ignore."""
ELSEWHERE: Final = re.compile(
    r"""(?:src|href|action|url\(|@import|from|fetch\()\s*[=(]?\s*["']?(?:https?:)?//"""
)
"""Something that a browser would ask of somebody else."""
COLOUR: Final = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgb|\bhsl")


def _name(path: Path) -> str:
    return path.relative_to(PAGE).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_nothing_stands_inline(path: Path) -> None:
    """A style or a script that browsers must ignore would be missed where it is needed."""
    assert INLINE.search(path.read_text("utf-8")) is None


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES, *SCRIPTS], ids=_name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    """Somebody else would learn who reads the log, or could change what they see."""
    assert ELSEWHERE.search(path.read_text("utf-8")) is None


@pytest.mark.parametrize("path", STYLES, ids=_name)
def test_colours_have_names(path: Path) -> None:
    """A colour that is written out would stay as it is in the dark."""
    if path.name != "frame.css":
        assert COLOUR.search(path.read_text("utf-8")) is None


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_scripts_can_be_read(path: Path) -> None:
    """A browser would skip the whole script."""
    done = subprocess.run(
        [find_tool("node", "nodejs"), "--check", "--input-type=module", "-"],
        input=path.read_text("utf-8"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_scripts_make_no_markup_of_text(path: Path) -> None:
    """A text in the log could become markup in the browser of whoever reads it."""
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function"
    )
    assert forbidden.search(path.read_text("utf-8")) is None


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color:red">',
        "<style>",
        '<a onclick="x()">',
        "<script>run()</script>",
        '<form hx-on:submit="x">',
    ],
)
def test_what_stands_inline_is_found(text: str) -> None:
    """The search would pass whatever it is given."""
    assert INLINE.search(text)


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://elsewhere.example/a.png">',
        "<link href='//elsewhere.example'>",
        "background: url(https://elsewhere.example)",
        'import x from "https://elsewhere.example/x.js"',
    ],
)
def test_what_comes_from_elsewhere_is_found(text: str) -> None:
    """The search would pass whatever it is given."""
    assert ELSEWHERE.search(text)
