"""`zegel config`: every setting that is in force, and where it comes from."""

import os
from collections.abc import Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import click

from cli.lazy import Entry, LazyGroup
from cli.options import ZegelCommand, output_options
from cli.output import Column, choose_form, write_rows
from cli.session import Session

if TYPE_CHECKING:
    from ledger.setting_sources import Source

EXAMPLES: Final = (
    "zegel config show",
    "zegel config show --json | jq -r 'select(.source != \"default\") | .name'",
    "ZEGEL_SERVE_PORT=9000 zegel config show",
)
COLUMNS: Final = (
    Column("name", "setting", "word"),
    Column("value", "value"),
    Column("source", "from", "word"),
)
TABLE: Final = {
    "show": Entry("cli.config:show", "Show every setting and where it comes from."),
}
_SECRETS: Final = {
    "key_passphrase": "ZEGEL_KEY_PASSPHRASE",
    "token_pin": "ZEGEL_TOKEN_PIN",
}
_MASK: Final = "***"


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Show every setting and where it comes from.",
)
def config() -> None:
    """Show every setting and where it comes from.

    The file zegel.toml of the home gives way to the environment, and that to what is typed. What a
    further log of a home does not say in a file of its own is taken from the home.
    """


@click.command("show", cls=ZegelCommand, examples=EXAMPLES, short_help=TABLE["show"].short_help)
@output_options
@click.pass_obj
def show(session: Session, /, form: str | None) -> int:
    """Show every setting that is in force, and where it comes from.

    Of a secret it says only whether it is set; a password in the address of a database is masked.
    """
    rows = [*_of_home(session), *_secrets(), *_of_service(session)]
    write_rows(rows, COLUMNS, choose_form(form), session.zone)
    return 0


def _of_home(session: Session) -> Iterator[Mapping[str, Any]]:
    from dataclasses import fields  # noqa: PLC0415 - start time: see cli/app.py

    from ledger.home import DATABASE_VARIABLE, HOME_VARIABLE  # noqa: PLC0415 - likewise

    home = session.open_home()
    settings, found, own = home.settings(), home.all_settings(), home.own_settings()
    source = _typed_or(HOME_VARIABLE, str(session.home or ""), "default")
    yield {"name": "home", "value": str(home.folder), "source": source}
    for each in fields(settings):
        value = getattr(settings, each.name)
        source = _source(each.name, found, own)
        if each.name == "database":
            given = session.typed_database if home.has_own_database else session.database
            value = given or value
            source = _typed_or(DATABASE_VARIABLE, given, source)
        if isinstance(value, str):
            value = without_secret(value)
        yield {"name": each.name, "value": value, "source": source}


def _of_service(session: Session) -> Iterator[Mapping[str, Any]]:
    from ledger.setting_sources import TABLE as SERVE  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.setting_sources import serve_table  # noqa: PLC0415 - likewise

    home = session.open_home()
    own = serve_table(home.own_settings(), str(home.settings_file))
    for each in home.serve_settings({}):
        value = list(each.value) if isinstance(each.value, tuple) else each.value
        source = _source(each.name, {each.name}, own) if each.source == "file" else each.source
        yield {"name": f"{SERVE}.{each.name}", "value": value, "source": source}


def _source(name: str, found: Container[str], own: Container[str]) -> "Source":
    """Which file a setting stands in: that of the log, or that of the home around it."""
    if name in own:
        return "file"
    return "home" if name in found else "default"


def _secrets() -> Iterator[Mapping[str, Any]]:
    for name, variable in _SECRETS.items():
        is_set = bool(os.environ.get(variable))
        source = "environment" if is_set else "default"
        yield {"name": name, "value": "set" if is_set else None, "source": source}


def _typed_or(variable: str, given: str | None, otherwise: "Source") -> "Source":
    """Where a shared option came from: Click fills it from the command line or the variable."""
    if not given:
        return otherwise
    return "environment" if os.environ.get(variable) == given else "flag"


def without_secret(text: str) -> str:
    """The address of a database or token with whatever opens it masked; other texts as they are."""
    from re import sub  # noqa: PLC0415 - start time: see cli/app.py

    masked = sub(r"(?<=://)([^/@:?]*):[^@]*@", rf"\1:{_MASK}@", text)
    return sub(r"(?i)((?:password|pin-value)=)[^&;?]*", rf"\1{_MASK}", masked)
