"""Any case gives a dossier, in any language, as a page and as a PDF."""

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.breach_dossier.blocks import Picture, Table
from formats.breach_dossier.page import dossier_page
from formats.breach_dossier.pdf import dossier_pdf
from formats.subject_copy.words import LANGUAGES, Language
from ledger.personal import WITHHELD
from projections.cases.reading import Step
from tests.breach_dossiers import document_of
from tests.case_steps import NOON, hours, step

WORDS = st.one_of(
    st.just(WITHHELD),
    st.text(max_size=60),
    st.sampled_from(["#eval(1)", "</p><script>", "\x00\u202e", "x" * 500]),
)
SLUGS = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,8}){0,3}", fullmatch=True)
HOURS = st.floats(-2000, 2000, allow_nan=False)
MOMENTS = st.one_of(
    HOURS.map(lambda hour: hours(hour).isoformat()),
    st.sampled_from(["0001-01-01T00:30:00+14:00", "9999-12-31T23:59:59Z", "1969-12-31T23:00:00Z"]),
)
ITEMS = st.lists(
    st.sampled_from(["nature", "contact-point", "consequences", "measures"]), unique=True
)
SCORES = st.lists(
    st.builds(
        lambda name, value: {"name": name, "hundredths": value},
        st.sampled_from(["dpc", "ei", "confidentiality", "malicious", "other"]),
        st.integers(-100, 500),
    ),
    max_size=5,
    unique_by=lambda score: score["name"],
)
ANCHORS = st.lists(
    st.fixed_dictionaries(
        {
            "anchor": st.sampled_from(["dpo-informed", "processor-aware", "first-signal"]),
            "at": MOMENTS,
        }
    ),
    max_size=3,
)
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "breach.suspected": {"cause": SLUGS, "summary": WORDS, "anchors": ANCHORS, "processor": SLUGS},
    "breach.awareness_determined": {"aware_at": MOMENTS, "basis": WORDS, "anchors": ANCHORS},
    "breach.facts_updated": {
        "nature": SLUGS,
        "records": st.integers(0, 10**12),
        "subjects_minimum": st.integers(0, 500),
        "started_at": MOMENTS,
        "subject_categories": st.lists(SLUGS, max_size=4),
        "unintelligible": st.booleans(),
        "summary": WORDS,
    },
    "breach.assessed": {
        "risk": st.sampled_from(["none", "risk", "high"]),
        "method": SLUGS,
        "scores": SCORES,
        "basis": WORDS,
    },
    "breach.notification_decided": {
        "addressee": st.sampled_from(["authority", "controller", "subjects"]),
        "notify": st.booleans(),
        "ground": st.sampled_from(["required", "risk-unlikely", "unintelligible"]),
        "reason": WORDS,
    },
    "breach.authority_notified": {
        "authority": SLUGS,
        "notice_kind": st.sampled_from(["initial", "supplement", "final", "withdrawal"]),
        "content": ITEMS,
        "notified_at": MOMENTS,
        "reasons_for_delay": WORDS,
    },
    "breach.controller_notified": {"controller": SLUGS, "notice_kind": st.just("initial")},
    "breach.subjects_notified": {
        "manner": st.sampled_from(["direct", "public"]),
        "count": st.integers(0, 10**6),
        "channel": SLUGS,
    },
    "breach.authority_responded": {
        "authority": SLUGS,
        "response": st.sampled_from(["information-request", "order", "closing"]),
        "due_at": MOMENTS,
        "details": WORDS,
    },
    "breach.measure_taken": {
        "aim": st.sampled_from(["containment", "prevention"]),
        "measure": SLUGS,
    },
    "breach.ruled_out": {"basis": WORDS},
    "breach.closed": {"reason": WORDS},
}
REQUIRED = {
    *("aware_at", "risk", "addressee", "notify", "authority", "notice_kind", "controller"),
    *("manner", "response", "aim"),
}


@st.composite
def any_case(draw: st.DrawFn) -> list[Step]:
    """Steps in the order of the world, some of them taken back."""
    steps = []
    for index in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(sorted(FIELDS)))
        fields = {
            name: draw(found)
            for name, found in FIELDS[kind].items()
            if name in REQUIRED or draw(st.booleans())
        }
        taken_back = 90 if draw(st.integers(0, 5)) == 0 else None
        steps.append(step(index, kind, hour=draw(HOURS), corrected_by=taken_back, **fields))
    return sorted(steps, key=lambda each: (each.event.occurred_at, each.index))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(any_case(), st.sampled_from(LANGUAGES), HOURS, st.booleans())
def test_any_case_gives_a_page(
    steps: list[Step],
    language: Language,
    as_of: float,
    shows_words: bool,  # noqa: FBT001 - drawn by Hypothesis
) -> None:
    """A combination of steps that nobody thought of would leave an authority without a dossier."""
    document = document_of(steps, language, as_of=hours(as_of), shows_words=shows_words)
    assert dossier_page(document).startswith(b"<!doctype html>")
    for block in document.blocks:
        if isinstance(block, Picture):
            ET.fromstring(block.svg)
        if isinstance(block, Table):
            assert all(len(row) == len(block.headings) for row in block.rows)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_case(), WORDS)
def test_any_case_gives_a_pdf(steps: list[Step], name: str) -> None:
    """Typst would refuse a document that the page shows."""
    document = document_of(steps, name=name, shows_words=True)
    made_at = NOON + timedelta(days=30)
    assert dossier_pdf(document, [], made_at).startswith(b"%PDF-")
