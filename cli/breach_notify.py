"""`zegel breach notify` and `supplement`: notices to the authority and to controllers."""

from collections.abc import Mapping
from typing import Any, Final

import click

from cli.breach_steps import contradictions
from cli.case_step import StepCommand, StepHelp
from formats.steps.breach import BREACH_STEPS


class NoticeCommand(StepCommand):
    """Records a notice to whomever its options name: the authority, or a controller."""

    def __init__(self, name: str, told: StepHelp) -> None:
        """Takes the options of a notice to the authority, and `--controller`."""
        super().__init__(name, BREACH_STEPS[name], told, contradictions)
        self.to_controller = BREACH_STEPS[f"{name}-controller"]
        for option in self.params:
            if isinstance(option, click.Option) and option.name == "authority":
                option.help = "organisation, the supervisory authority such as ap"
        self.params.insert(
            2,
            click.Option(
                ["--controller"],
                metavar="VALUE",
                help="organisation, the controller that you tell as its processor",
            ),
        )

    def kind_of(self, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The kind of the notice by its addressee, and the fields that only it has.

        Raises:
            UsageError: neither addressee is named, or both are.
        """
        authority, controller = values.get("authority"), values.get("controller")
        if (authority is None) == (controller is None):
            found = "neither" if authority is None else "both"
            raise click.UsageError(f"expected --authority or --controller, found {found}")
        if controller is None:
            return self.plan.kind, {}
        if values.get("reasons_for_delay") is not None:
            raise click.UsageError("--reasons-for-delay: expected --authority beside it")
        return self.to_controller.kind, {"controller": controller}


notify: Final = NoticeCommand(
    "notify",
    StepHelp(
        "Record the first notice of a breach: to the authority, or to a controller.\n\n"
        "It may be incomplete and stops the clock. --content names the items of GDPR art. 33(3) "
        "that it holds: nature, contact-point, consequences, measures. What is missing stays open "
        "until a supplement holds it. A late notice gives --reasons-for-delay.",
        (
            (
                "zegel breach notify B-7 --authority ap --content nature --content contact-point "
                "--reference 2026-1234 --evidence form.pdf"
            ),
            "zegel breach notify B-7 --controller gemeente-x --content nature",
        ),
    ),
)
supplement: Final = NoticeCommand(
    "supplement",
    StepHelp(
        "Record a later phase of a notice: more of what art. 33(3) asks, the end, or a withdrawal.",
        (
            (
                "zegel breach supplement B-7 --authority ap --content consequences "
                "--content measures --final"
            ),
            "zegel breach supplement B-7 --authority ap --withdrawal",
        ),
        switches={
            "final": "Nothing more will follow.",
            "withdrawal": "It takes the notice back: there was no breach.",
        },
    ),
)
