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


def expected_words(_: Callable[[str], str]) -> dict[str, str]:
    """What each filter expects, by its parameter; said where something else was typed."""
    time = _(
        "Write a time such as 2026-11-20, 14:00, yesterday, -2h, 3d or @41, that of record 41."
    )
    kinds = _("Choose kinds or groups of kinds from the list.")
    identity = _("Write person:NAME, ip:ADDRESS, data-subject:TYPE:ID or a token.")
    return {
        "since": time,
        "until": time,
        "as_known": time,
        "kind": kinds,
        "without": kinds,
        "actor": identity,
        "ip": _("Write an IPv4 or IPv6 address, or its token."),
        "subject": identity,
        "looked_at": identity,
        "around": _("Write the index or the event id of one record, and no window beside it."),
        "within": _("Write a span such as 24h or 3d, and a record that it is around."),
        "grep": _("Write a pattern of RE2 of at most 256 characters."),
        "limit": _("Choose a number of the list."),
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
    }
