"""Arguments that are one of a list of words, which a shell can complete."""

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

Words = Callable[[click.Context], Iterable[str]]
"""Gives the words; called only when an argument is checked or completed, as it may load a lot."""


class Word(click.ParamType[str]):
    """A word that a shell can complete, and that must be one of them where the list is closed."""

    def __init__(self, name: str, words: Words, *, closed: bool) -> None:
        """Remembers what the word is called in the help and where the words come from."""
        self.name = name
        self.closed = closed
        self._words = words

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself, when it is one of them."""
        if self.closed and ctx is not None:
            known = list(self._words(ctx))
            if value not in known:
                self.fail(f"expected one of {', '.join(known)}, found {value!r}", param, ctx)
        return value

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002 - Click's signature
        incomplete: str,
    ) -> list[CompletionItem]:
        """The words that begin as typed."""
        return [CompletionItem(word) for word in self._words(ctx) if word.startswith(incomplete)]


def view_word() -> Word:
    """The name of a view."""
    return Word("view", _views, closed=True)


def format_word() -> Word:
    """The name of a format that can be imported."""
    return Word("format", _formats, closed=True)


def export_word() -> Word:
    """The name of a language that the history is exported in."""
    return Word("format", _exports, closed=True)


def kind_word() -> Word:
    """A kind with or without its version, or a group of kinds; the question itself checks it."""
    return Word("kind", _kinds, closed=False)


def system_word() -> Word:
    """The id of a system, completed from those that reported."""
    return Word("system", _systems, closed=False)


def _views(_ctx: click.Context) -> Iterable[str]:
    from projections import VIEWS  # noqa: PLC0415 - start time: see cli/app.py

    return list(VIEWS)


def _formats(_ctx: click.Context) -> Iterable[str]:
    from formats import FORMATS  # noqa: PLC0415 - start time: see cli/app.py

    return FORMATS


def _exports(_ctx: click.Context) -> Iterable[str]:
    from formats.export import EXPORTS  # noqa: PLC0415 - start time: see cli/app.py

    return list(EXPORTS)


def _kinds(_ctx: click.Context) -> Iterable[str]:
    from ledger.events import KINDS  # noqa: PLC0415 - start time: see cli/app.py

    return sorted(kind.rpartition(".")[0] for kind in KINDS)


def _systems(ctx: click.Context) -> Iterable[str]:
    from cli.known_systems import known_systems  # noqa: PLC0415 - start time: see cli/app.py
    from cli.session import Session  # noqa: PLC0415 - likewise

    return known_systems(ctx.ensure_object(Session))
