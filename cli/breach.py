"""`zegel breach`: a case from the first signal to its end, and what is known of it."""

from typing import Final

import click

from cli.lazy import Entry, LazyGroup

EXAMPLES: Final = (
    "zegel breach open B-7 --cause phishing --suspected-by person:soc@example.nl",
    (
        "zegel breach aware B-7 --aware-at 'yesterday 14:00' --basis 'mailbox read' "
        "--decided-by person:dpo@example.nl"
    ),
    "zegel breach show B-7",
)
TABLE: Final = {
    "open": Entry("cli.breach_steps:open_case", "Begin a case: there is reason to look."),
    "signal": Entry("cli.breach_signal:signal", "Record a signal that belongs to a case."),
    "facts": Entry("cli.breach_steps:facts", "Record what became known, or changed."),
    "assess": Entry("cli.breach_assess:assess", "Assess the risk; ENISA's severity is proposed."),
    "aware": Entry("cli.breach_steps:aware", "Decide from which moment you are aware."),
    "decide": Entry("cli.breach_steps:decide", "Decide whether somebody is told, and why."),
    "notify": Entry("cli.breach_notify:notify", "Record the first notice: authority, controller."),
    "supplement": Entry("cli.breach_notify:supplement", "Record a later phase of a notice."),
    "inform-subjects": Entry(
        "cli.breach_steps:inform_subjects", "Record that the people were told."
    ),
    "answer": Entry("cli.breach_steps:answer", "Record what the authority asked or ordered."),
    "measure": Entry("cli.breach_steps:measure", "Record what was done against it."),
    "rule-out": Entry("cli.breach_steps:rule_out", "Decide that there was no breach."),
    "close": Entry("cli.breach_steps:close", "Decide that the handling is complete."),
    "show": Entry("cli.breach_show:show", "Show one case with its clocks."),
    "told": Entry("cli.breach_told:told", "Show what had been told to whom by a moment."),
    "timeline": Entry("cli.breach_timeline:timeline", "Show a case and what is around it."),
    "reach": Entry("cli.breach_reach:reach", "Show how far an incident reached."),
    "dossier": Entry("cli.breach_dossier:dossier", "Write everything as a document."),
    "list": Entry("cli.breach_register:list_cases", "List every case, ruled-out ones too."),
}


@click.group(
    cls=LazyGroup,
    table=TABLE,
    examples=EXAMPLES,
    short_help="Handle a breach: steps, clocks, register.",
)
def breach() -> None:
    """Handle a breach: steps, clocks, register.

    BREACH is your own id of the case; the first step makes it. A step that contradicts what is
    recorded is warned about and recorded nevertheless. A wrong step is replaced by another one
    with --corrects; both stay visible.
    """
