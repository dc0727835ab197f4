"""The URL of a question to the history says the whole question, and nothing else."""

from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from service.page.history.parameters import MOST_ON_PAGE, PATH, HistoryParameters

typed = st.text(min_size=1, max_size=40)
optional = st.none() | typed
kinds = st.lists(typed, max_size=4, unique=True)
questions = st.builds(
    HistoryParameters,
    since=optional, until=optional, around=optional, within=optional, kind=kinds, without=kinds,
    system=optional, actor=optional, ip=optional, subject=optional, looked_at=optional,
    grep=optional, as_known=optional, reverse=st.booleans(), cursor=optional,
    limit=st.integers(1, MOST_ON_PAGE),
)  # fmt: skip


def read(address: str) -> HistoryParameters:
    """The question that a URL asks, as the service reads it."""
    found = parse_qs(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
    several = {"kind", "without"}
    return HistoryParameters.model_validate(
        {name: values if name in several else values[0] for name, values in found.items()}
    )


@given(questions)
def test_a_question_comes_back_from_its_url(asked: HistoryParameters) -> None:
    """Whoever is sent a link would be shown the answer to another question."""
    address = asked.address()
    assert (read(address) if "?" in address else HistoryParameters.model_validate({})) == asked


@given(questions, typed)
def test_what_is_added_can_be_taken_away(asked: HistoryParameters, kind: str) -> None:
    """Removing a filter would remove others with it, or leave it there."""
    added = asked.added("kind", kind)
    assert kind in added.kind
    assert added.cursor is None
    removed = added.removed("kind", kind)
    assert removed.kind == [each for each in asked.kind if each != kind]
    assert removed.without == asked.without


def test_no_question_has_no_parameters() -> None:
    """The plain page would have a second URL."""
    assert HistoryParameters.model_validate({}).address() == PATH
