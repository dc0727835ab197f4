"""What is exported to SIEMs stays as it is, to the byte."""

import pytest

from formats.export import export_format
from tests.golden import golden
from tests.ocsf_records import PROVENANCE, records_of
from tests.unit.formats.export.exported_story import STORY


@pytest.mark.parametrize("name", ["ocsf", "ecs", "cef"])
def test_golden_files_stay_as_they_are_written(name: str) -> None:
    """A rule or dashboard that was built on a field would find it elsewhere, or no more."""
    chosen = export_format(name)
    written = b"".join(chosen.write(records_of(STORY), PROVENANCE))
    assert written == golden(f"story{chosen.suffix}")
