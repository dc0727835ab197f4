"""YAML as plain values whose lines are known.

Only what JSON can say is read: mappings with names, lists, texts, whole numbers, true, false and
null. A date stays a text, and `no` is Norwegian. Refused are tags, anchors and aliases (a few lines
of which can mean gigabytes), a key that comes twice, and a second document.

Source: YAML 1.2.2 §10.2 (JSON schema). The parser is PyYAML; its own rules for texts are not used.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

from ledger.errors import FormatError
from ledger.events.wording import Path, shown

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 40

LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where this build of PyYAML has it: ten times as fast."""

_STANDARD: Final = "tag:yaml.org,2002:"
_TEXT: Final = f"{_STANDARD}str"
_IMPLIED: Final = frozenset(
    _STANDARD + each
    for each in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "map", "seq")
)
"""The tags that a node has where none is written."""
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]*")
_MOST_DIGITS: Final = 18
_WORDS: Final[dict[str, bool | None]] = {
    "true": True,
    "false": False,
    "null": None,
    "~": None,
    "": None,
}


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """A document as plain values, and on which line each of them stands."""

    name: str
    """Of the file, for errors."""
    value: Any
    lines: dict[Path, int]
    """From 1, by the path of the value."""

    def line_of(self, path: Path) -> int:
        """The line of the value at a path, or of the nearest that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(data: bytes, name: str, *, loader: Any = LOADER) -> YamlDocument:  # noqa: ANN401 - a class of PyYAML, C or Python
    """The one document of a file.

    Args:
        data: UTF-8, at most 1 MiB.
        name: Of the file, as errors call it.
        loader: The class of PyYAML that reads it.

    Raises:
        FormatError: it is no such document; file, line and finding are named.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(name, f"a file of at most {MAX_BYTES} bytes", str(len(data)))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(f"{name}, line {line}", "UTF-8", "other bytes") from error
    _refuse_aliases(text, name, loader)
    node = _composed(text, name, loader)
    lines: dict[Path, int] = {}
    return YamlDocument(name, _Values(name, lines).value_of(node, ()), lines)


def _refuse_aliases(text: str, name: str, loader: Any) -> None:  # noqa: ANN401 - as above
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            line = 1 if event.start_mark is None else event.start_mark.line + 1
            anchor = getattr(event, "anchor", None)
            if anchor is not None:
                sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
                raise FormatError(f"{name}, line {line}", "a value in full", f"{sign}{anchor}")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise FormatError(f"{name}, line {line}", f"at most {MAX_DEPTH} levels", "more")
    except yaml.YAMLError as error:
        raise _refused(error, name) from error


def _composed(text: str, name: str, loader: Any) -> yaml.Node:  # noqa: ANN401 - as above
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=loader)
    except yaml.YAMLError as error:
        raise _refused(error, name) from error
    if node is None:
        raise FormatError(f"{name}, line 1", "statement and promises", "an empty file")
    return node


def _refused(error: yaml.YAMLError, name: str) -> FormatError:
    mark = getattr(error, "problem_mark", None)
    place = name if mark is None else f"{name}, line {mark.line + 1}"
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return FormatError(
        place, "YAML of one document", problem.removeprefix("but ").removeprefix("found ")
    )


@dataclass(frozen=True, slots=True)
class _Values:
    """Makes plain values of nodes, and notes their lines."""

    name: str
    lines: dict[Path, int]

    def value_of(self, node: yaml.Node, path: Path) -> Any:  # noqa: ANN401 - YAML may hold any value
        self.lines.setdefault(path, _line(node))
        if node.tag not in _IMPLIED:
            raise FormatError(self._place(node), "a value without a tag", shown(node.tag))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(each, (*path, place)) for place, each in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise FormatError(self._place(key), "a name before the colon", "a list or mapping")
            below = (*path, key.value)
            if key.value in found:
                first = self.lines[below]
                raise FormatError(
                    self._place(key),
                    "each name once",
                    f"{shown(key.value)} a second time, after line {first}",
                )
            self.lines[below] = _line(key)
            found[key.value] = self.value_of(value, below)
        return found

    def _scalar(self, node: yaml.Node) -> str | int | bool | None:
        text = str(node.value)
        is_plain = not getattr(node, "style", None)
        if not is_plain and node.tag != _TEXT:
            raise FormatError(self._place(node), "a value without a tag", shown(node.tag))
        if not is_plain or (node.tag == _TEXT and text not in _WORDS):
            return text
        if _WHOLE.fullmatch(text):
            if len(text.lstrip("-")) > _MOST_DIGITS:
                raise FormatError(self._place(node), "a smaller number", f"{len(text)} digits")
            return int(text)
        return _WORDS.get(text, text)

    def _place(self, node: yaml.Node) -> str:
        return f"{self.name}, line {_line(node)}"


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
