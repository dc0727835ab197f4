"""`zegel policy`: what statements promise, and what was decided about their promises."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel policy publish ragiox-gold.yaml --text statement.txt",
    "zegel policy show ragiox-privacy --as-of 2026-06-30",
    "zegel policy set NXT-10 broken-after-hours=12 --reason 'agreed with the board'",
)
TABLE: Final = {
    "publish": Entry("cli.policy_publish:publish", "Record a statement with its promises."),
    "list": Entry("cli.policy_list:list_policies", "List the statements in force."),
    "show": Entry("cli.policy_show:show", "Show a statement: promises, parameters, or the text."),
    "diff": Entry("cli.policy_diff:diff", "Show what changed between two versions."),
    "set": Entry("cli.policy_decisions:set_parameters", "Set what a statement leaves open."),
    "interpret": Entry("cli.policy_decisions:interpret", "Decide how a promise is read."),
    "waive": Entry("cli.policy_decisions:waive", "Leave a promise unchecked for a time."),
    "schema": Entry("cli.policy_schema:schema", "Print the JSON Schema of statement files."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Publish privacy statements, decide about their promises.",
)
def policy() -> None:
    """Publish privacy statements with their promises, and decide what they leave open.

    A statement file says each promise as rules that are checked against what happened; zegel
    promises shows whether they were kept. Whoever publishes or decides needs the role decide.
    """
