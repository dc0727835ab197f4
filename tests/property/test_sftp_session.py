"""Laws of SFTP sessions, over any steps in any order."""

from random import Random
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from formats.sftp_session import SftpSessions

_PATHS: Final = ("/a", "/b", "/a.part")
_STEPS: Final = st.one_of(
    st.sampled_from(
        [
            "session opened for local user anna from [192.0.2.14]",
            "session closed for local user anna from [192.0.2.14]",
            "sent status Failure",
            "sent status Success",
            'opendir "/"',
        ]
    ),
    st.builds('remove name "{}"'.format, st.sampled_from(_PATHS)),
    st.builds('rename old "{}" new "{}"'.format, st.sampled_from(_PATHS), st.sampled_from(_PATHS)),
    st.builds(
        '{}close "{}" bytes read {} written {}'.format,
        st.sampled_from(["", "forced "]),
        st.sampled_from(_PATHS),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
)
_SESSION: Final = st.lists(_STEPS, max_size=12)
Fact = tuple[int, int, dict[str, Any]]


def facts_of(lines: list[tuple[str, str]]) -> dict[str, list[Fact]]:
    """The facts of each process, with the number of the step that tells of them."""
    sessions: SftpSessions[int] = SftpSessions()
    seen = {"7": 0, "8": 0}
    facts: dict[str, list[Fact]] = {"7": [], "8": []}
    for pid, message in lines:
        told = sessions.follow(("gateway", pid), message, seen[pid], None)
        facts[pid] += [(fact.place, fact.ordinal, fact.values) for fact in told.facts]
        seen[pid] += 1
    return facts


@given(_SESSION, _SESSION, st.randoms(use_true_random=False))
def test_sessions_beside_each_other_tell_what_each_tells_alone(
    first: list[str], second: list[str], random: Random
) -> None:
    """What one customer does would change what is told of another."""
    left, right = [("7", step) for step in first], [("8", step) for step in second]
    mixed: list[tuple[str, str]] = []
    while left or right:
        mixed.append((left if left and (not right or random.random() < 0.5) else right).pop(0))
    alone = facts_of([("7", step) for step in first])["7"]
    assert facts_of(mixed)["7"] == alone


@given(_SESSION)
def test_each_line_tells_a_fact_at_most_once(steps: list[str]) -> None:
    """A file would be received, or deleted, twice."""
    facts = facts_of([("7", step) for step in steps])["7"]
    places = [(place, ordinal) for place, ordinal, _ in facts]
    assert len(set(places)) == len(places)


@given(_SESSION)
def test_every_file_that_came_whole_is_received_once_its_session_ends(steps: list[str]) -> None:
    """A file would be on the server that nobody knows of."""
    opened, closed = (
        f"session {word} for local user anna from [192.0.2.14]" for word in ("opened", "closed")
    )
    within = [step for step in steps if not step.startswith("session ")]
    facts = facts_of([("7", step) for step in (opened, *within, closed)])["7"]
    kinds = [values["kind"] for _, _, values in facts]
    came = [
        values
        for _, _, values in facts
        if values["kind"] == "exchange.performed" and values["direction"] == "in"
    ]
    assert kinds.count("file.received") == len(came)
