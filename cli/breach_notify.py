"""`zegel breach notify` and `supplement`: notices to the authority and to controllers."""

from typing import Final

import click

from cli.breach_steps import contradictions
from cli.case_step import StepCommand, StepPlan
from cli.options import write_examples

_PHASES: Final = {"final": {"notice_kind": "final"}, "withdrawal": {"notice_kind": "withdrawal"}}


class _Addressees(click.Group):
    """A group whose help ends with examples."""

    def __init__(self, name: str, text: str, commands: list[click.Command]) -> None:
        super().__init__(
            name,
            help=text,
            short_help=text.partition("\n")[0],
            commands={str(command.name): command for command in commands},
        )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the examples of every command."""
        examples = [
            example
            for command in self.commands.values()
            if isinstance(command, StepCommand)
            for example in command.examples
        ]
        write_examples(examples, formatter)
        super().format_epilog(ctx, formatter)


def _notice(name: str, kind: str, text: str, examples: tuple[str, ...]) -> StepCommand:
    plan = StepPlan(kind, text, examples, preset={"notice_kind": "initial"})
    return StepCommand(name, plan, contradictions)


def _phase(name: str, kind: str, text: str, examples: tuple[str, ...]) -> StepCommand:
    plan = StepPlan(kind, text, examples, preset={"notice_kind": "supplement"}, flags=_PHASES)
    return StepCommand(name, plan, contradictions)


notify: Final = _Addressees(
    "notify",
    "Record the first notice of a breach; it may be incomplete and stops the clock.\n\n"
    "--content names the items of GDPR art. 33(3) that the notice holds: nature, contact-point, "
    "consequences, measures. What is missing stays open until a supplement holds it.",
    [
        _notice(
            "authority",
            "breach.authority_notified",
            "Record that the supervisory authority was told; if late, with --reasons-for-delay.",
            (
                (
                    "zegel breach notify authority B-7 --authority ap --content nature "
                    "--content contact-point --reference 2026-1234 --evidence form.pdf"
                ),
            ),
        ),
        _notice(
            "controller",
            "breach.controller_notified",
            "Record that a controller was told, by you as its processor.",
            ("zegel breach notify controller B-7 --controller gemeente-x --content nature",),
        ),
    ],
)
supplement: Final = _Addressees(
    "supplement",
    "Record a later phase of a notice: more of what art. 33(3) asks, the end, or a withdrawal.",
    [
        _phase(
            "authority",
            "breach.authority_notified",
            "Record that the supervisory authority was told more.",
            (
                (
                    "zegel breach supplement authority B-7 --authority ap --content consequences "
                    "--content measures --final"
                ),
            ),
        ),
        _phase(
            "controller",
            "breach.controller_notified",
            "Record that a controller was told more.",
            ("zegel breach supplement controller B-7 --controller gemeente-x --content measures",),
        ),
    ],
)
