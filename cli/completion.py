"""`zegel completion SHELL`: how a shell completes commands, kinds, views and systems."""

from typing import Final

import click

from cli.options import ZegelCommand

SHELLS: Final = ("bash", "zsh", "fish")
EXAMPLES: Final = (
    'eval "$(zegel completion bash)"',
    "zegel completion zsh > ~/.zfunc/_zegel",
    "zegel completion fish > ~/.config/fish/completions/zegel.fish",
)


@click.command(
    cls=ZegelCommand, examples=EXAMPLES, short_help="Print the completion script of a shell."
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the script by which a shell completes commands, kinds, views and systems."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only needed here

    completer = get_completion_class(shell)
    if completer is None:
        raise click.UsageError(f"shell: expected one of {', '.join(SHELLS)}, found {shell!r}", ctx)
    # The template is filled without `source()`, which would start a shell to ask for its version.
    made = completer(ctx.find_root().command, {}, "zegel", "_ZEGEL_COMPLETE")
    click.echo(made.source_template % made.source_vars())
    return 0
