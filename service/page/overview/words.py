"""The words that the script of the overview shows, in the language of the visitor."""

from collections.abc import Callable


def countdown_words(_: Callable[[str], str]) -> dict[str, str]:
    """Each word by the name that the script has for it; `{…}` stands for a value."""
    return {
        "left": _("{span} left"),
        "late": _("{span} late"),
        "overdue": _("overdue"),
        "passed": _("A deadline has passed: {duty}"),
        "day": _("d"),
        "hour": _("h"),
        "minute": _("min"),
        "second": _("s"),
    }
