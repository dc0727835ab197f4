"""A group in which every deadline rule is a command by its name, with help of its own."""

from typing import TYPE_CHECKING, Final

import click

from cli.lazy import LazyGroup
from cli.options import ZegelCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    from projections.deadlines.rules import Rule

RULE: Final = "RULE"
"""The entry of the table that stands for all rules; typed as such it names none."""


class RuleGroup(LazyGroup):
    """A group whose commands are its table, and every rule by its name.

    A rule is named by words with a hyphen, a command by one word: they never clash.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the table, or the one that computes, under the name of the rule."""
        name = args[0]
        if name in self.table and name != RULE:
            return super().resolve_command(ctx, args)
        if name not in rule_ids() and not ctx.resilient_parsing:
            known = [*(word for word in self.table if word != RULE), *rule_ids()]
            raise click.exceptions.NoSuchCommand(name, possibilities=known, ctx=ctx)
        return name, self.get_command(ctx, RULE), args[1:]

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """The commands and rules that begin as typed."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only a shell asks

        from projections.deadlines import newest_of  # noqa: PLC0415 - start time: see cli/app.py

        words = [each for each in super().shell_complete(ctx, incomplete) if each.value != RULE]
        rules = [
            CompletionItem(name, help=newest_of(name).title)
            for name in rule_ids()
            if name.startswith(incomplete)
        ]
        return [*rules, *words]


class RuleCommand(ZegelCommand):
    """A command whose help tells what its rule asks for."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes title, duty, anchors and parameters of the rule before the options."""
        for rule in rules_of(ctx):
            with formatter.section(f"{rule.id}: {rule.title}"):
                formatter.write_text(rule.duty)
                formatter.write_text(f"Source: {rule.source}")
            with formatter.section("Anchors"):
                formatter.write_dl(_anchors(rule))
            if rule.parameters:
                with formatter.section("Parameters"):
                    formatter.write_dl([(spec.name, spec.meaning) for spec in rule.parameters])
        super().format_options(ctx, formatter)


def rule_ids() -> "Sequence[str]":
    """The names of the rules, in the order in which they are listed."""
    from projections.deadlines import rule_book  # noqa: PLC0415 - start time: see cli/app.py

    return tuple(rule_book())


def rules_of(ctx: click.Context) -> "list[Rule]":
    """The newest version of the rule that the command line names, if it names one."""
    from projections.deadlines import newest_of  # noqa: PLC0415 - start time: see cli/app.py

    name = ctx.info_name or ""
    return [newest_of(name)] if name in rule_ids() else []


def _anchors(rule: "Rule") -> list[tuple[str, str]]:
    first = rule.first_anchor
    others = [
        (spec.name, spec.meaning + ("" if spec.required else " (optional)"))
        for spec in rule.anchors[1:]
    ]
    return [(f"{first.name} (--from)", first.meaning), *others]
