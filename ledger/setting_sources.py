"""Where each setting of the service comes from: default < file < environment < flag.

Invariant: whatever is not known by name, or not of the type and range of its setting, is refused
with its place; nothing is guessed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, fields
from types import NoneType, UnionType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from ledger.errors import BadRequest
from ledger.serve_settings import ServeSettings

TABLE: Final = "serve"
VARIABLE_PREFIX: Final = "ZEGEL_SERVE_"
NONE: Final = "none"
"""How a file, a variable or a flag says that an optional setting is not set."""

_WORDS: Final[Mapping[str, bool]] = {"true": True, "false": False}

Source = Literal["default", "home", "file", "environment", "flag"]
"""`home`: the file of the home around a further log of it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One setting with its value and where that came from."""

    name: str
    value: object
    source: Source


def choose(
    table: Mapping[str, object],
    environment: Mapping[str, str],
    flags: Mapping[str, object],
    *,
    place: str = "zegel.toml",
) -> tuple[Chosen, ...]:
    """Every setting of the service, in the order of `ServeSettings`.

    Args:
        table: The table `[serve]` as TOML gave it.
        environment: In which `ZEGEL_SERVE_PORT` and the like are looked up.
        flags: By name; `None`: not given.
        place: The file, for messages.

    Raises:
        BadRequest: one is not known, not of its type or out of its range.
    """
    known = {each.name: each for each in fields(ServeSettings)}
    given: dict[str, tuple[object, Source]] = {}
    for source, found, where in (
        ("file", table, f"{place}: {TABLE}."),
        ("environment", _variables(environment), VARIABLE_PREFIX),
        ("flag", {name: value for name, value in flags.items() if value is not None}, "--"),
    ):
        for name, value in found.items():
            shown = _shown(where, name)
            if name not in known:
                raise BadRequest(f"{shown}: expected one of {', '.join(known)}, found it")
            given[name] = _checked(known[name], value, shown), source  # type: ignore[assignment]
    return tuple(
        Chosen(name, *given.get(name, (each.default, "default"))) for name, each in known.items()
    )


def settings_of(chosen: tuple[Chosen, ...]) -> ServeSettings:
    """What was chosen, as settings."""
    return ServeSettings(**{each.name: each.value for each in chosen})  # type: ignore[arg-type]


def serve_table(found: Mapping[str, object], place: str) -> Mapping[str, object]:
    """The table `[serve]` of a settings file; empty where there is none.

    Raises:
        BadRequest: it is no table.
    """
    table = found.get(TABLE, {})
    if not isinstance(table, dict):
        raise BadRequest(
            f"{place}: {TABLE}: expected a table headed [{TABLE}], found {table!r:.80}"
        )
    return table


def expectation(of: "Field[Any]") -> str:
    """What a setting may be, in words."""
    kind, optional = _kind(of)
    least, most = of.metadata.get("least"), of.metadata.get("most")
    said = {
        bool: "true or false",
        int: f"a whole number from {least} to {most}",
        float: f"a number from {least} to {most}",
        str: "a text",
        tuple: "a list of texts",
    }[kind]
    return f"{said}, or {NONE}" if optional else said


def _variables(environment: Mapping[str, str]) -> dict[str, object]:
    return {
        name.removeprefix(VARIABLE_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(VARIABLE_PREFIX)
    }


def _shown(where: str, name: str) -> str:
    if where == VARIABLE_PREFIX:
        return f"{where}{name.upper()}"
    return f"{where}{name.replace('_', '-')}" if where == "--" else f"{where}{name}"


def _checked(of: "Field[Any]", found: object, place: str) -> object:
    kind, optional = _kind(of)
    if optional and found == NONE:
        return None
    value = _read(kind, found) if isinstance(found, str) and kind is not str else found
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if kind is tuple and isinstance(value, list | tuple):
        value = tuple(value)
    if not _is_of(kind, value) or not _is_within(of, value):
        raise BadRequest(f"{place}: expected {expectation(of)}, found {found!r:.80}")
    return value


def _read(kind: type, text: str) -> object:
    """A text from a variable as what it stands for; itself where it stands for nothing."""
    try:
        if kind is bool:
            return _WORDS.get(text.lower(), text)
        if kind is tuple:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        return kind(text)
    except ValueError:
        return text


def _is_of(kind: type, value: object) -> bool:
    if kind is tuple:
        return isinstance(value, tuple) and all(isinstance(each, str) and each for each in value)
    if kind is str:
        return isinstance(value, str) and value != ""
    # A bool is an int in Python, and `true` is no port.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _is_within(of: "Field[Any]", value: object) -> bool:
    if not of.metadata or not isinstance(value, int | float):
        return True
    return bool(of.metadata["least"] <= value <= of.metadata["most"])


def _kind(of: "Field[Any]") -> tuple[type, bool]:
    """The type of a setting, and whether it may be unset."""
    hint = get_type_hints(ServeSettings)[of.name]
    optional = isinstance(hint, UnionType) and NoneType in get_args(hint)
    (kind,) = _parts(hint) if optional else (hint,)
    return get_origin(kind) or kind, optional


def _parts(hint: UnionType) -> Iterator[type]:
    return (each for each in get_args(hint) if each is not NoneType)
