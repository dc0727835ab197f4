"""Instants and windows as people read them: to the second, with their offset."""

from datetime import UTC, datetime, tzinfo


def show_instant(instant: datetime, zone: tzinfo) -> str:
    """An instant for people, to the second, with its offset (`Z` in UTC)."""
    shown = instant.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if zone is UTC:
        return shown.removesuffix("+00:00") + "Z"
    return shown.removesuffix(":00") if shown[-6] in "+-" else shown  # +01, as ISO 8601 allows


def show_window(since: datetime | None, until: datetime | None, zone: tzinfo) -> str:
    """A half-open window as it was understood; an open end is left open."""
    start = f"from {show_instant(since, zone)}" if since else ""
    end = f"until {show_instant(until, zone)}" if until else ""
    return " ".join(part for part in (start, end) if part)
