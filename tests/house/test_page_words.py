"""Every word of the page is there in Dutch, once, and none is left over."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

import service.page

PAGE: Final = Path(service.page.__file__).parent
CATALOGUES: Final = sorted((PAGE / "locale" / "nl").glob("*.po"))
_METHODS: Final = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS: Final = {
    "**/templates/**.html": {"extensions": "jinja2.ext.do", "silent": "false", "trimmed": "true"}
}

Key = tuple[str | None, str]


def _used() -> Iterator[tuple[Key, str]]:
    """Each message of templates and code, with where it stands."""
    found = extract_from_dir(
        PAGE, method_map=_METHODS, options_map=_OPTIONS, keywords=DEFAULT_KEYWORDS
    )
    for name, line, message, _comments, context in found:
        first = message if isinstance(message, str) else message[0]
        yield (context, first), f"{name}:{line}"


def _catalogue(path: Path) -> Catalog:
    return read_po(BytesIO(path.read_bytes()), locale="nl")


def _messages(path: Path) -> Iterator[tuple[Key, Message]]:
    for message in _catalogue(path):
        if message.id:
            first = message.id if isinstance(message.id, str) else message.id[0]
            yield (message.context, first), message


def test_every_message_has_dutch_words() -> None:
    """Somebody who reads Dutch would meet English words on the page."""
    known = {key for path in CATALOGUES for key, message in _messages(path) if message.string}
    missing = sorted({f"{place}: {key[1]!r}" for key, place in _used() if key not in known})
    assert not missing, "\n".join(missing)


def test_no_message_is_left_over() -> None:
    """Translators would work on words that nobody reads."""
    used = {key for key, _ in _used()}
    left = [
        f"{path.name}: {key[1]!r}"
        for path in CATALOGUES
        for key, _ in _messages(path)
        if key not in used
    ]
    assert not left, "\n".join(left)


def test_words_agree_across_catalogues() -> None:
    """The last catalogue that is read would decide what another area says."""
    first: dict[Key, tuple[str, object]] = {}
    clashes = []
    for path in CATALOGUES:
        for key, message in _messages(path):
            name, told = first.setdefault(key, (path.name, message.string))
            if told != message.string:
                clashes.append(f"{key[1]!r}: {name} says {told!r}, {path.name} {message.string!r}")
    assert not clashes, "\n".join(clashes)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_a_catalogue_is_in_order(path: Path) -> None:
    """A doubtful or broken translation would be shown, or none at all."""
    for message in _catalogue(path):
        assert not message.fuzzy, message.id
        problems = [] if not message.id else list(message.check(_catalogue(path)))
        assert not problems, (message.id, problems)
