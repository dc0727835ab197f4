"""The register as Markdown: for a wiki, a ticket, a review of changes.

No value can become markup: what Markdown would read is escaped, line ends become blanks.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Final

from formats.register.letters import activity_title, letters
from formats.register.reasons import finding_words
from formats.register.tables import (
    Table,
    about_table,
    agreement_table,
    sub_processor_table,
)
from formats.register.telling import named_organisation
from formats.register.words import PageLanguage, phrase, shown_moment, word
from projections.art30.content import Activity, Register, controllers_served
from projections.art30.findings import Finding

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>&|~#{}@]|:(?=//)|(?<=www)\.)")
"""What means something inside a line, links that write themselves included; no value begins one.

Source: CommonMark 0.31 §2.4; GitHub Flavored Markdown §6.9 (links that write themselves).
"""
_BLANKS: Final = re.compile(r"\s+")


def register_markdown(
    register: Register, findings: Sequence[Finding], language: PageLanguage, zone: tzinfo
) -> bytes:
    """The document; the same register gives the same bytes."""
    return "\n".join(_document(register, findings, language, zone)).encode()


def escaped(text: str) -> str:
    """The text as Markdown shows it, character by character, on one line."""
    return _MARKUP.sub(r"\\\1", _BLANKS.sub(" ", text).strip())


def _document(
    register: Register, findings: Sequence[Finding], language: PageLanguage, zone: tzinfo
) -> Iterator[str]:
    yield f"# {phrase('title', language)}\n"
    for name, value in about_table(register.standing, language, zone).rows:
        yield f"- {escaped(str(name))}: {escaped(str(value))}"
    yield f"\n## {phrase('controller_part', language)}\n"
    own = register.of_part("controller")
    for activity in own:
        yield from _activity(register, activity, language, zone)
    if not own:
        yield f"{phrase('none_in_part', language)}\n"
    yield f"## {phrase('processor_part', language)}\n"
    served = controllers_served(register)
    for each in served:
        name = each.controller.organisation
        who = named_organisation(register, name, language) if name else each.controller.category
        yield f"### {phrase('on_behalf_of', language)} {escaped(who or '?')}\n"
        for activity in each.activities:
            yield from _activity(register, activity, language, zone)
    if not served:
        yield f"{phrase('none_in_part', language)}\n"
    yield from _table(phrase("agreements", language), agreement_table(register, language, zone))
    yield from _table(
        phrase("sub_processors", language), sub_processor_table(register, language, zone)
    )
    yield f"## {phrase('findings', language)}\n"
    for finding in findings:
        weight = word("weight", finding.weight, language)
        said = escaped(finding_words(finding, language))
        yield f"- {finding.letter} {weight}: {escaped(finding.activity)}: {said}"
    if not findings:
        yield phrase("no_findings", language)
    yield ""


def _activity(
    register: Register, activity: Activity, language: PageLanguage, zone: tzinfo
) -> Iterator[str]:
    yield f"#### {escaped(activity_title(activity, language))}\n"
    since = shown_moment(activity.effective_from, zone)
    yield (
        f"{word('role', activity.role, language)}, {escaped(activity.activity)}, "
        f"{phrase('version', language)} {activity.version}, {phrase('since', language)} "
        f"{escaped(since)}, {phrase('rests_on', language)} {activity.index}\n"
    )
    for line in letters(register, activity, language):
        values = "; ".join(map(escaped, line.values)) or f"*{phrase('none_named', language)}*"
        yield f"- {f'({line.letter}) ' if line.letter else ''}{line.label}: {values}"
    yield ""


def _table(title: str, table: Table) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| {' | '.join(map(escaped, table.headings))} |"
    yield "|" + "---|" * len(table.headings)
    for row in table.rows:
        cells = ("" if cell is None else escaped(str(cell)) for cell in row)
        yield f"| {' | '.join(cells)} |"
    yield ""
