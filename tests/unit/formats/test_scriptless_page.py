"""What the pages without script share."""

from base64 import b64encode
from hashlib import sha256

import jinja2
import pytest

from formats.scriptless_page import content_policy, page_template

ROOMS = (
    "formats.breach_dossier",
    "formats.promise_report",
    "formats.register",
    "formats.subject_copy",
)


def test_only_the_style_of_the_page_applies() -> None:
    """A page could be made to load or run what somebody wrote into a record."""
    digest = b64encode(sha256(b"p{}").digest()).decode()
    assert content_policy("p{}").split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert content_policy("p{}", also="img-src data:").split("; ")[2] == "img-src data:"


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_escapes_and_names_what_is_missing(room: str) -> None:
    """A value would stand in the page as markup, or a forgotten one as nothing."""
    environment = page_template(room).environment
    shown = environment.from_string("{{ value }}").render(value="<b>")
    assert shown == "&lt;b&gt;"
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string("{{ value }}").render()
