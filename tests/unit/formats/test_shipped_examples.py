"""What the repository itself gives to import: the log of the demonstration, the page for people."""

import io
import re
from collections import Counter
from pathlib import Path
from typing import Final

from formats import FORMATS, detect
from formats.reading import Translated
from tests.unit.formats.sources import context_of, facts, reasons

PROJECT: Final = Path(__file__).resolve().parents[3]


def test_the_log_of_the_demonstration_has_intruders_and_one_login() -> None:
    """The demonstration would tell a story that its log does not hold."""
    raw = (PROJECT / "cli" / "demo_data" / "auth.log").read_bytes()
    language = detect(raw[:4096], "auth.log")
    assert language is FORMATS["openssh"]
    found = list(language.read(io.BytesIO(raw), context_of(zone="UTC", year=2025)))
    events = facts(found)
    attempts: Counter[str] = Counter()
    for fact in events:
        attempts[fact.get("ip", "")] += fact.get("attempts", 0)
    (login,) = (fact for fact in events if fact["kind"] == "access.used.v1")
    assert not reasons(found)
    assert [count for _, count in attempts.most_common(4)] == [17, 9, 6, 5]
    assert login["origin"] not in attempts
    assert len(found) == raw.count(b"\n") == 119


def test_the_examples_of_the_page_can_be_imported() -> None:
    """People would copy an example that does not work."""
    page = (PROJECT / "docs" / "how-to" / "import-logs.md").read_text("utf-8")
    examples = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    languages = set()
    for example in examples:
        language = detect(example.encode(), "")
        assert language is not None
        (only,) = language.read(io.BytesIO(example.encode()), context_of())
        assert isinstance(only, Translated)
        languages.add(language.name)
    assert languages == {"cloudevents", "ndjson"}


def test_the_page_names_every_format() -> None:
    """People would not learn that a format can be read."""
    page = (PROJECT / "docs" / "how-to" / "import-logs.md").read_text("utf-8")
    headings = re.findall(r"^## .*", page, re.MULTILINE)
    named = [name for heading in headings for name in re.findall(r"`([\w-]+)`", heading)]
    assert sorted(named) == sorted(FORMATS)
