"""The page ``docs/reference/settings.md``: every setting, from the classes that have them."""

import ast
import inspect
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from ledger.serve_settings import ServeSettings
from ledger.setting_sources import TABLE, VARIABLE_PREFIX, expectation
from ledger.settings import Settings

_PREFACE = f"""\
# Settings

Generated from the code by `make docs`. `zegel config show` prints those in force, each with where
it comes from; secrets are never printed.

A home keeps its settings in `zegel.toml`. What is said nearer to the command wins: **default**,
then the **file**, then the **environment**, then a **flag**. A setting that is not known, or not of
its type, is refused by name, and nothing starts.

| variable | what it says |
|---|---|
| `ZEGEL_HOME` | the home; as `--home` |
| `ZEGEL_LOG` | one of the logs of the home; as `--log` |
| `ZEGEL_DATABASE` | the database of the home; as `--database` |
| `ZEGEL_KEY_PASSPHRASE` | the passphrase of the signing key; only here, never in a file or a flag |
| `ZEGEL_KEY_PASSPHRASE_FILE` | a file that holds it, as a service manager hands it over |
| `ZEGEL_TOKEN_PIN` | the PIN of a hardware token; likewise |
| `ZEGEL_OUTPUT` | the form of answers |
| `{VARIABLE_PREFIX}…` | a setting of the service, its name in capitals: `{VARIABLE_PREFIX}PORT` |

Time-stamp authorities and witnesses have tables of their own: see
[anchoring](../how-to/anchor-checkpoints.md).

## The log

At the top of `zegel.toml`; `zegel init` writes them. A further log of a home has a file of its own,
`logs/NAME/zegel.toml`; what that does not say is taken from the home, but for `origin` and
`of_checkpoints`: see [many logs](../how-to/many-logs.md).

| setting | default | what it says |
|---|---|---|
"""

_SERVICE = f"""
## The service

In the table `[{TABLE}]` of `zegel.toml`; `none` says that an optional setting is not set, and a
list in a variable is parted by commas.

    [{TABLE}]
    host = "0.0.0.0"
    tls_cert = "tls/chain.pem"
    tls_key = "tls/key.pem"

| setting | may be | default | what it says |
|---|---|---|---|
"""


def settings_page() -> str:
    """The whole page, in the order of the classes."""
    log, service = _explained(Settings), _explained(ServeSettings)
    of_log = [
        f"| `{each.name}` | {_shown(each)} | {log.get(each.name, _OF_LOG.get(each.name, ''))} |"
        for each in fields(Settings)
    ]
    of_service = [
        f"| `{each.name}` | {expectation(each)} | {_shown(each)} | {service[each.name]} |"
        for each in fields(ServeSettings)
    ]
    return _PREFACE + "\n".join(of_log) + "\n" + _SERVICE + "\n".join(of_service) + "\n"


_OF_LOG = {"origin": "The name of the log; it can never change."}


def _explained(owner: type) -> Mapping[str, str]:
    """The text below each field of a class, by name: Python itself does not keep it."""
    (found,) = ast.parse(inspect.getsource(owner)).body
    assert isinstance(found, ast.ClassDef)  # noqa: S101 - the source of a class
    texts: dict[str, str] = {}
    for statement, after in zip(found.body, found.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            said = " ".join(str(after.value.value).split())
            texts[statement.target.id] = said.replace("`None`", "not set")
    return texts


def _shown(of: "Field[Any]") -> str:
    if of.default is None or of.default == ():
        return "none"
    if isinstance(of.default, bool):
        return f"`{str(of.default).lower()}`"
    if isinstance(of.default, tuple):
        return f"`{','.join(of.default)}`"
    return f"`{of.default}`" if isinstance(of.default, str | int | float) else ""
