"""What the filters of the history are called, in the language of the visitor."""

from collections.abc import Callable


def filter_words(_: Callable[[str], str]) -> dict[str, str]:
    """The name of each filter, by its parameter."""
    return {
        "since": _("From"),
        "until": _("Until"),
        "around": _("Around record"),
        "within": _("Within"),
        "kind": _("Kind"),
        "without": _("Leave out"),
        "system": _("System"),
        "actor": _("Acting person"),
        "ip": _("IP address"),
        "subject": _("About"),
        "looked_at": _("Who looked at"),
        "grep": _("Pattern"),
        "as_known": _("As known on"),
        "reverse": _("Order"),
        "limit": _("Records on a page"),
    }


def window_words(_: Callable[[str], str]) -> dict[str, str]:
    """The windows until now that one click asks for, by what they ask; and those beside one."""
    return {
        "-1h": _("Last hour"),
        "-24h": _("24 hours"),
        "-7d": _("7 days"),
        "-30d": _("30 days"),
        "": _("All time"),
        "earlier": _("Earlier"),
        "wider": _("Wider"),
        "later": _("Later"),
    }


def words_for_scripts(_: Callable[[str], str]) -> dict[str, str]:
    """What the live tail and the histogram say, by the names that their scripts have for it."""
    return {
        "follow": _("Follow live"),
        "pause": _("Pause"),
        "resume": _("Go on"),
        "stop": _("Stop following"),
        "following": _("Following live: new records come on top."),
        "paused": _("Paused. New records are kept aside: {count}."),
        "came": _("New records: {count}."),
        "lost": _("The connection broke; trying again."),
        "ended": _("Following has ended. Load the page again to go on."),
        "drag": _("Drag over the bars to choose a window."),
        "records": _("records"),
    }
