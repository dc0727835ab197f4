"""The timeline as a picture: valid, inside its frame, nothing over anything else."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Final
from uuid import UUID
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from formats.breach_dossier.picture import Drawn, timeline_svg
from formats.breach_dossier.picture_labels import Wanted, placed_labels, text_width
from formats.breach_dossier.picture_scale import LEFT, RIGHT, WIDTH, Scale, ticks
from formats.breach_dossier.words import Words
from ledger.units import Index
from projections.cases.clock import Clock, Done, Duty, Start, judged
from projections.deadlines import Anchor, compute
from projections.investigation.timeline import Entry
from tests.breach_dossiers import entry_of
from tests.case_steps import NOON, hours, step

WORDS: Final = Words("nl", ZoneInfo("Europe/Amsterdam"))
SPANS: Final = (
    timedelta(0),
    timedelta(minutes=4),
    timedelta(hours=9),
    timedelta(days=4),
    timedelta(days=200),
    timedelta(days=4000),
)
KINDS: Final = (
    ("breach.facts_updated", {"records": 1}),
    ("breach.measure_taken", {"aim": "containment"}),
    ("breach.assessed", {"risk": "high"}),
    ("breach.awareness_determined", {"aware_at": NOON.isoformat()}),
    ("incident.signalled", {"source": "siem"}),
)
SVG: Final = "{http://www.w3.org/2000/svg}"


def _entries(count: int, span: timedelta, part: str | None = None) -> list[Entry]:
    """So many lines, spread unevenly over a span."""
    found = []
    for number in range(count):
        kind, fields = KINDS[number % len(KINDS)]
        share = (number * number % 97) / 97
        hour = span.total_seconds() / 3600 * share
        made = step(number, kind, hour=hour, **fields)
        own = "signal" if kind.startswith("incident") else "step"
        found.append(entry_of(made, part or own))
    return sorted(found, key=lambda entry: entry.occurred_at)


def _clock(done: float | None) -> Clock:
    duty = Duty(
        case=UUID(int=1),
        case_kind="breach",
        duty="tell the authority",
        rule_id="gdpr-33-1",
        start=Start(name="aware", at=NOON, index=Index(1)),
        done=None if done is None else Done(hours(done), Index(2)),
    )
    return judged(duty, compute("gdpr-33-1", {"aware": Anchor(at=NOON)}), hours(200))


def _drawn(entries: list[Entry], clock: Clock | None) -> Drawn:
    drawn = timeline_svg(entries, clock, WORDS)
    assert drawn is not None
    return drawn


def _numbers(element: ET.Element) -> tuple[list[float], list[float]]:
    """Every place of an element, along and down."""
    along, down = [], []
    for name in ("x", "x1", "x2", "cx"):
        along += [float(element.get(name, "1"))] if element.get(name) else []
    for name in ("y", "y1", "y2", "cy"):
        down += [float(element.get(name, "1"))] if element.get(name) else []
    if element.get("width") and element.tag == f"{SVG}rect":
        along.append(along[0] + float(element.get("width", "0")))
    for text in (element.get("points"), element.get("d")):
        numbers = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", text or "")]
        along += numbers[::2]
        down += numbers[1::2]
    return along, down


@pytest.mark.parametrize("span", SPANS, ids=str)
@pytest.mark.parametrize("count", [1, 3, 14, 40])
@pytest.mark.parametrize("done", [None, 50, 100], ids=["open", "in time", "late"])
def test_everything_lies_inside(count: int, span: timedelta, done: float | None) -> None:
    """A label or mark would be cut off at the edge of the page."""
    root = ET.fromstring(_drawn(_entries(count, span), _clock(done)).svg)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    assert (width, height) == (WIDTH, float(root.attrib["height"]))
    assert height < WIDTH
    for element in root.iter():
        along, down = _numbers(element)
        assert all(0 <= each <= width for each in along), ET.tostring(element)
        assert all(0 <= each <= height for each in down), ET.tostring(element)
        if element.tag == f"{SVG}text":
            left, right = _extent(element)
            assert 0 <= left <= right <= width, element.text


def _extent(element: ET.Element) -> tuple[float, float]:
    size = int(element.attrib["font-size"])
    x, wide = float(element.attrib["x"]), text_width(element.text or "", size)
    shift = {"start": 0.0, "middle": wide / 2, "end": wide}[element.get("text-anchor", "start")]
    return x - shift, x - shift + wide


@pytest.mark.parametrize("span", SPANS, ids=str)
@pytest.mark.parametrize("count", [1, 3, 14, 40])
def test_no_text_lies_over_another(count: int, span: timedelta) -> None:
    """Two labels would be unreadable."""
    root = ET.fromstring(_drawn(_entries(count, span), _clock(100)).svg)
    texts = [element for element in root.iter(f"{SVG}text") if element.text]
    for one, other in combinations(texts, 2):
        if abs(float(one.attrib["y"]) - float(other.attrib["y"])) < 11:
            (left, right), (start, end) = _extent(one), _extent(other)
            assert right <= start or end <= left, (one.text, other.text)


def test_no_stem_crosses_words() -> None:
    """A line would strike a label through."""
    wanted = [
        Wanted(number % 3, LEFT + number * 17.5, LEFT + number * 17.5, "een opschrift", "step", 1)
        for number in range(40)
    ]
    placed = placed_labels(wanted)
    assert len(placed) > 10
    for low in placed:
        for high in placed:
            if high.row > low.row:
                assert not low.left < high.x < low.right


def test_what_has_no_room_is_counted() -> None:
    """A reader would think that the picture tells of every step by name."""
    few = _drawn(_entries(5, timedelta(days=4)), None)
    assert few.unlabelled == 0
    crowded = _drawn(_entries(40, timedelta(minutes=4)), None)
    assert crowded.unlabelled > 0
    assert crowded.svg.count("<circle") + crowded.svg.count("<polygon") >= 40


def test_important_steps_keep_their_labels() -> None:
    """In a crowded picture the moment of awareness would be the one without a name."""
    many = [entry_of(step(n, "breach.facts_updated", hour=n / 3, records=n)) for n in range(60)]
    others = [
        entry_of(step(100 + n, "breach.measure_taken", hour=n / 3 + 0.1, aim="prevention"))
        for n in range(60)
    ]
    decided = entry_of(step(90, "breach.awareness_determined", hour=9, aware_at=NOON.isoformat()))
    entries = sorted([*many, *others, decided], key=lambda entry: entry.occurred_at)
    drawn = _drawn(entries, None)
    assert drawn.unlabelled > 0
    assert WORDS.short("breach.awareness_determined.v1") in drawn.svg


def test_marks_differ_without_colour() -> None:
    """In black and white a signal would look like a step, and a corrected step like any other."""
    steps = [
        entry_of(step(1, "breach.suspected")),
        entry_of(step(2, "breach.suspected", hour=4, corrected_by=3)),
        entry_of(step(4, "incident.signalled", hour=2, source="siem"), "signal"),
    ]
    svg = _drawn(steps, _clock(100)).svg
    assert re.search(r'<circle[^>]*fill="#ffffff"', svg)
    assert re.search(r'<circle[^>]*fill="#2b5c8a"', svg)
    assert "<polygon" in svg
    assert "stroke-dasharray" in svg  # what was too late of the 72 hours


def test_hostile_texts_stay_texts() -> None:
    """A kind that a later version knows could draw what it wants into the evidence."""
    entry = entry_of(step(1, "breach.suspected"))
    hostile = Entry(
        index=entry.index,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        part="step",
        kind='x"><script>alert(1)</script>&.v1',
        event=entry.event,
        system=None,
    )
    root = ET.fromstring(_drawn([hostile], None).svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "line", "circle", "text", "rect", "path", "polygon")
    }


def test_nothing_gives_no_picture() -> None:
    """An empty frame would stand in the dossier."""
    assert timeline_svg([], None, WORDS) is None


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_few_moments_are_marked_below(span: timedelta) -> None:
    """A line without any time could not be read, and neither one that is full of them."""
    found = list(ticks(Scale(NOON, NOON + span), WORDS))
    assert 1 <= len(found) <= 8
    assert all(LEFT <= tick.x <= RIGHT for tick in found)


_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (_FIRST, _LAST),
        (_FIRST, _FIRST + timedelta(days=400)),
        (_LAST - timedelta(days=30), _LAST),
        (_LAST, _LAST),
        (_FIRST, _FIRST),
    ],
)
def test_the_ends_of_the_calendar_are_drawn(first: datetime, last: datetime) -> None:
    """A window that somebody left as good as open would end in a fault."""
    found = list(ticks(Scale(first, last), WORDS))
    assert len(found) <= 8
    assert all(LEFT <= tick.x <= RIGHT for tick in found)
