"""`zegel register`: the register of GDPR art. 30 and the list of who processes on whose behalf."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel register show --as-of 2026-01-01",
    "zegel register diff 2026-01-01 2026-07-01",
    "zegel register export --columns ap -o register.xlsx",
)
TABLE: Final = {
    "show": Entry("cli.register_show:show", "Show the register, letter by letter."),
    "check": Entry("cli.register_show:check", "List what is not filled in."),
    "diff": Entry("cli.register_diff:diff", "Show what changed between two dates."),
    "resolve": Entry("cli.register_versions:resolve", "Say which version was in force at a time."),
    "history": Entry("cli.register_versions:history", "List every version of one activity."),
    "processors": Entry(
        "cli.register_processors:processors", "List agreements and sub-processors."
    ),
    "export": Entry("cli.register_export:export", "Write the register as a file."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Show, compare and export the Art. 30 register.",
)
def register() -> None:
    """Show, compare and export the register of processing activities: GDPR art. 30(1) and 30(2).

    The register is what was recorded as processing_activity.registered, amended and retired, with
    the organisations, data protection officers and agreements that it names, as of any date and as
    it was known at any. Names, contacts and words are withheld unless --identities asks for them.
    A register that is filled in does not show that anybody complies.
    """
