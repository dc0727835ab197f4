"""`zegel request`: what data subjects ask, from receipt to answer."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel request receive R-12 --right A15 --subject data-subject:customer:4711",
    "zegel request extend R-12 --reasons 'many systems' --notified-at today",
    "zegel request show R-12",
)
TABLE: Final = {
    "receive": Entry("cli.request_steps:receive", "Record that a request came in."),
    "acknowledge": Entry("cli.request_steps:acknowledge", "Record that its receipt was told."),
    "ask-identity": Entry("cli.request_steps:ask_identity", "Record doubt about who asks."),
    "identity-verified": Entry(
        "cli.request_steps:identity_verified", "Record that it is clear who asks."
    ),
    "clarify": Entry("cli.request_steps:clarify", "Record a question what it is about."),
    "clarified": Entry("cli.request_steps:clarified", "Record the answer to that."),
    "extend": Entry("cli.request_steps:extend", "Record that the term was extended, and why."),
    "fulfil": Entry("cli.request_steps:fulfil", "Record that it was granted and answered."),
    "refuse": Entry("cli.request_steps:refuse", "Record that it was refused, and why."),
    "withdraw": Entry("cli.request_steps:withdraw", "Record that it was taken back."),
    "list": Entry("cli.request_show:list_cases", "List every request with what is due."),
    "show": Entry("cli.request_show:show", "Show one request with its clocks."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Handle what data subjects ask: steps and clocks.",
)
def request() -> None:
    """Handle what data subjects ask: access, correction, erasure and the rest.

    REQUEST is your own id of the case; receive makes it. The statutory month and what a privacy
    statement promised run beside each other, and the shorter one leads.
    """
