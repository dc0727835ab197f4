"""What the pages about JSON sources show is what their readers make of it."""

import re
from pathlib import Path
from typing import Final

import pytest

from formats import cloudtrail, keycloak, windows_security
from formats.reading import Read
from tests.unit.formats.sources import facts, outcomes

PAGES: Final = Path(__file__).parents[3] / "docs" / "how-to" / "connect"
_EXAMPLE: Final = re.compile(
    r"```json\n(?P<record>.*?)```\s+is an? `(?P<kind>[a-z._]+)` of `(?P<resource>[^`]+)` "
    r"to\s+`(?P<grantee>[^`]+)`",
    re.DOTALL,
)


@pytest.mark.parametrize(
    ("page", "read"),
    [
        ("keycloak.md", keycloak.read),
        ("active-directory.md", windows_security.read),
        ("cloudtrail.md", cloudtrail.read),
    ],
)
def test_the_example_of_a_page_becomes_what_it_says(page: str, read: Read) -> None:
    """A page would promise what the reader does not do."""
    found = _EXAMPLE.search((PAGES / page).read_text())
    assert found is not None
    (fact,) = facts(outcomes(read, found["record"]))
    told = (fact["kind"], fact["resource"], fact["grantee"])
    assert told == (f"{found['kind']}.v1", found["resource"], found["grantee"])
