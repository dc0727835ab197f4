"""What somebody chose about a format of exports, as `NAME=VALUE`."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from formats.export.writing import ExportFormat
from ledger.errors import BadRequest


def chosen_settings(chosen: ExportFormat, typed: Iterable[str]) -> Mapping[str, str]:
    """The value of every setting of a format, by its name: as typed, else its default.

    Raises:
        BadRequest: a text is no `NAME=VALUE`, the format has no such setting, or not that value.
    """
    found = {name: setting.default for name, setting in chosen.settings.items()}
    for each in typed:
        name, equals, value = each.partition("=")
        if not equals or name not in found:
            names = ", ".join(f"{known}=VALUE" for known in found) or "none for this format"
            raise BadRequest(f"--set: expected {names}, found {each!r}")
        allowed = chosen.settings[name].allowed
        if allowed.fullmatch(value) is None:
            raise BadRequest(f"--set {name}: expected {allowed.pattern}, found {value!r}")
        found[name] = value
    return MappingProxyType(found)
