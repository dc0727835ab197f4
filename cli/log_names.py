"""The names of the logs of a home, as a shell completes them."""

import click

from cli.session import Session


def names_that_begin(ctx: click.Context, incomplete: str) -> list[str]:
    """Those that begin as typed; none where there is no home, or one that cannot be read."""
    from ledger.errors import ZegelError  # noqa: PLC0415 - only a shell asks for it
    from ledger.many_logs.home_logs import log_names  # noqa: PLC0415 - likewise

    try:
        found = log_names(ctx.ensure_object(Session).whole_home())
    except (OSError, ZegelError):
        return []
    return [name for name in found if name.startswith(incomplete)]
