"""What may be chosen about a format of exports."""

import pytest

from formats.export import export_format
from formats.export.settings import chosen_settings
from ledger.errors import BadRequest


@pytest.mark.parametrize("value", ["..", ".", "../x", "/etc", "a/b", "a\nb", ""])
@pytest.mark.parametrize("name", ["source", "region", "account"])
def test_no_setting_leads_out_of_its_folder(name: str, value: str) -> None:
    """Files of a lake would lie beside it, and unpacking one would write elsewhere."""
    with pytest.raises(BadRequest, match=f"--set {name}: expected"):
        chosen_settings(export_format("parquet"), [f"{name}={value}"])


def test_a_setting_may_have_dots_inside() -> None:
    """Names of hosts and of ARNs could not be chosen."""
    chosen = chosen_settings(export_format("parquet"), ["account=log.example.org:1"])
    assert chosen["account"] == "log.example.org:1"
