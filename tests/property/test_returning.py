"""A law of the way back: it never leaves this service."""

from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from service.access.caller import Caller
from service.page.access.arriving import landing
from service.page.returning import own_path

_BASE = "https://zegel.example"
_OURS = r"/(history|breaches)/[a-z0-9-]{1,9}(\?[a-z]=[a-z%0-9]{0,5})?"
_READER = Caller("person:x@test", is_program=False, roles=frozenset({"reader"}))
_WORDS = st.lists(
    st.sampled_from(["/", "\\", "//", "https:", "javascript:", "evil.example", "@", "?", "#", "%2f",
                     "\t", "\n", ".", "..", "login", "history"]) | st.text(max_size=3),
    max_size=8,
).map("".join)  # fmt: skip


def _as_browsers_read(place: str) -> str:
    """A backslash is a slash to them, and tabs and line ends are none (WHATWG URL §4.4)."""
    kept = "".join(each for each in place if each not in "\t\r\n").strip()
    return urljoin(_BASE, kept.replace("\\", "/"))


@given(wanted=_WORDS)
@example(wanted="//evil.example")
@example(wanted="/\\evil.example")
@example(wanted="/\t/evil.example")
def test_no_wish_leads_elsewhere(wanted: str) -> None:
    """A link to our login would end at a page of a stranger that looks like ours."""
    for place in (own_path(wanted), landing(_READER, wanted)):
        assert place is not None
        there = urlsplit(_as_browsers_read(place))
        assert (there.scheme, there.netloc) == ("https", "zegel.example")


@given(wanted=st.from_regex(_OURS, fullmatch=True))
def test_a_page_of_ours_is_come_back_to(wanted: str) -> None:
    """Everybody would have to look again for what they came for."""
    assert landing(_READER, wanted) == wanted
