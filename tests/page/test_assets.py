"""The files of the page."""

from service.context import Context
from service.page.assets import asset_url, assets
from tests.served import client_of


def test_a_file_under_its_hash_is_kept(page_context: Context) -> None:
    """Browsers would fetch every file again, or keep an old one for ever."""
    client = client_of(page_context)
    url = asset_url("style/frame.css")
    assert url is not None
    assert "immutable" in client.get(url).headers["cache-control"]
    plain = client.get("/static/style/frame.css")
    assert plain.headers["cache-control"] == "public, no-cache"
    known = client.get("/static/style/frame.css", headers={"If-None-Match": plain.headers["etag"]})
    assert known.status_code == 304


def test_nothing_else_is_given_away(page_context: Context) -> None:
    """Files beside those of the page could be read by anybody."""
    client = client_of(page_context)
    for path in ("../visit.py", "%2e%2e/visit.py", "style", "", "style/frame.css/"):
        assert client.get(f"/static/{path}").status_code == 404


def test_what_is_missing_has_no_url() -> None:
    """A page would link to a file that set-up could not put there."""
    assert "vendor/nothing.js" not in assets()
    assert asset_url("vendor/nothing.js") is None
