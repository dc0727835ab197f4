"""One promise of the page with its explanation: rule, settings, coverage, figures, events."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from formats.promise_report.document import (
    Bar,
    FindingText,
    ItemText,
    Mark,
    Measurement,
    Panel,
    ReadingText,
    Setting,
    Stretch,
)
from formats.promise_report.finding_words import (
    finding_settle,
    finding_state,
    finding_words,
)
from formats.promise_report.measures import measured
from formats.promise_report.reasons import need_kinds, reason_words
from formats.promise_report.story import (
    SIGNS,
    Story,
    ToldEvent,
    broken_since,
    events_under,
    item_counts,
    measure_unit,
)
from formats.promise_report.words import ReportWords
from projections.promises.answers import Figures, Item, ParameterInForce, Verdict
from projections.promises.rule_words import coverage_words, rule_words, setting_words

_TOKEN: Final = re.compile(r"#[0-9a-f]{26}(?=[0-9a-f]{6}\b)")


def short_token(text: str) -> str:
    """The same, with the tokens of people in it by their last characters."""
    return _TOKEN.sub("#…", text)


class Teller:
    """Tells promises in one language."""

    def __init__(
        self, words: ReportWords, strip_since: datetime | None, strip_until: datetime
    ) -> None:
        """Remembers the language, and between which moments the strips lie."""
        self.words = words
        self._since = strip_since
        self._until = strip_until

    def mark(self, verdict: Verdict) -> Mark:
        """A verdict with its word and sign."""
        return Mark(verdict, self.words.say(f"verdict.{verdict}"), SIGNS[verdict])

    def anchor(self, story: Story) -> str:
        """Where the promise stands in the page."""
        return f"promise-{story.verdict.promise_id.lower()}"

    def panel(self, story: Story) -> Panel:
        """A promise with everything that explains it."""
        verdict, language = story.verdict, self.words.language
        settings = {each.name: each for each in verdict.parameters}
        needs = need_kinds(verdict)
        rules = (*verdict.rules, *(rule for each in verdict.readings for rule in each.rules))
        systems = dict.fromkeys(system for rule in rules for system in rule.needs_coverage)
        left = story.total - len(story.items)
        more = self.words.say(
            "items.more", count=self.words.counted(left), promise=verdict.promise_id
        )
        return Panel(
            anchor=self.anchor(story),
            name=verdict.promise_id,
            mark=self.mark(verdict.verdict),
            waived=self.words.say("waived") if verdict.waived else "",
            words=story.text.words[language],
            counts=self._counts(story),
            strip=tuple(self._strip(story)),
            strip_title=self._strip_title(),
            reasons=tuple(reason_words(each, language, needs) for each in verdict.reasons),
            settle=tuple(reason_words(each, language, needs) for each in verdict.settle),
            findings=tuple(self._findings(story)),
            facts=tuple((name, value) for name, value in self._facts(story) if value),
            rules=tuple(rule_words(rule, language, settings) for rule in verdict.rules),
            coverage=coverage_words(list(systems), language),
            readings=tuple(self._readings(story)),
            settings=tuple(self._setting(each, story) for each in verdict.parameters),
            gaps=tuple(self._gaps(story)),
            measured=tuple(self._figures(each) for each in verdict.figures),
            items=tuple(self._item(each, story) for each in story.items),
            more=more if left > 0 else "",
        )

    def _counts(self, story: Story) -> str:
        return ", ".join(
            f"{self.words.counted(count)} {self.mark(word).word}"
            for word, count in item_counts(story.verdict).items()
            if count
        )

    def _facts(self, story: Story) -> Iterator[tuple[str, str]]:
        say, verdict, oldest = self.words.say, story.verdict, story.verdict.oldest_break
        yield say("statement"), story.text.statement or verdict.policy_id or ""
        yield say("place"), story.text.place or ""
        yield say("quote"), f"“{story.text.quote}”" if story.text.quote else ""
        yield say("text"), say(f"text.{story.text.source}")
        yield say("organisation"), verdict.organisation or ""
        yield say("judged"), self._counts(story) or say("judged.none")
        if oldest is not None:
            at = self.words.instant(broken_since(oldest), exact=True)
            yield say("oldest_break"), say("oldest_break.told", at=at, index=oldest.index)
        yield say("due"), self.words.instant(verdict.due_at, exact=True) if verdict.due_at else ""
        since = self.words.instant(verdict.since)
        if verdict.until is None:
            yield say("in_force"), say("in_force.from", since=since)
        else:
            until = self.words.instant(verdict.until)
            yield say("in_force"), say("in_force.between", since=since, until=until)
        yield say("rests_on"), ", ".join(str(index) for index in verdict.rests_on)

    def _findings(self, story: Story) -> Iterator[FindingText]:
        for each in story.findings:
            yield FindingText(
                gravity=each.gravity,
                state=finding_state(each, self.words),
                told=finding_words(each, self.words),
                settle=finding_settle(each, self.words),
            )

    def _readings(self, story: Story) -> Iterator[ReadingText]:
        verdict = story.verdict
        settings = {each.name: each for each in verdict.parameters}
        for each in verdict.readings:
            standing = "open" if each.name in verdict.open_readings else "compared"
            standing = "counts" if verdict.reading == each.name else standing
            title = self.words.say("reading", reading=each.name)
            found = verdict.by_reading.get(each.name)
            yield ReadingText(
                f"{title} ({self.words.say(f'reading.{standing}')})",
                None if found is None else self.mark(found),
                tuple(rule_words(rule, self.words.language, settings) for rule in each.rules),
            )

    def _setting(self, parameter: ParameterInForce, story: Story) -> Setting:
        told = setting_words(parameter, self.words.language)
        index = parameter.set_by_index
        event = None if index is None else story.events.get(index)
        source = ""
        if event is not None and event.recorded_at is not None:
            at = self.words.instant(event.recorded_at)
            who = short_token(event.actor or "")
            name = "parameter.set_by" if who else "parameter.set"
            source = self.words.say(name, index=index, at=at, who=who)
        return Setting(parameter.name, told or self.words.say("parameter.unset"), source)

    def _gaps(self, story: Story) -> Iterator[str]:
        for gap in story.verdict.coverage_gaps:
            since = self.words.instant(gap.since)
            if gap.until is None:
                yield self.words.say("gap.open", system=gap.system, since=since)
            else:
                until, index = self.words.instant(gap.until), gap.lost_index
                told = {"system": gap.system, "since": since, "until": until}
                yield (
                    self.words.say("gap", **told)
                    if index is None
                    else self.words.say("gap.lost", index=index, **told)
                )

    def _figures(self, figures: Figures) -> Measurement:
        say = self.words.say
        title = f"{say('measured')}{f': {figures.part_name}' if figures.part_name else ''}"
        note = reason_words(figures.limit_reason or "", self.words.language)
        if not figures.count:
            return Measurement(title=title, intro=say("measured.none"), bars=(), note=note)
        named = {
            "least": figures.least,
            "p50": figures.p50,
            "p95": figures.p95,
            "most": figures.most,
            "limit": figures.limit,
        }
        values = {say(f"measured.{name}"): value for name, value in named.items()}
        highest = max([1, *(value for value in named.values() if value is not None)])
        bars = [
            Bar(
                name,
                measured(value, figures.unit, self.words.language),
                _percent(value, highest),
                is_limit=name == say("measured.limit"),
            )
            for name, value in values.items()
            if value is not None
        ]
        bars += [
            Bar(
                short_token(name),
                measured(value, figures.unit, self.words.language),
                _percent(value, highest),
            )
            for name, value in figures.groups
        ]
        many = "measured.value" if figures.count == 1 else "measured.values"
        intro = say(many, count=self.words.counted(figures.count))
        return Measurement(title=title, intro=intro, bars=tuple(bars), note=note)

    def _item(self, item: Item, story: Story) -> ItemText:
        event = story.events.get(item.index)
        place = [self.words.say("item.record", index=item.index)]
        if item.part_name or len(story.verdict.rules) > 1:
            place.append(item.part_name or self.words.say("item.part", part=item.part + 1))
        if item.reading is not None:
            place.append(self.words.say("reading", reading=item.reading))
        return ItemText(
            mark=self.mark(item.verdict),
            moment=self.words.instant(item.occurred_at, exact=True),
            place=" · ".join(place),
            sentence="" if event is None else short_token(event.sentences[self.words.language]),
            lines=tuple(self._item_lines(item, story, event)),
        )

    def _item_lines(self, item: Item, story: Story, event: ToldEvent | None) -> Iterator[str]:
        say, language = self.words.say, self.words.language
        needs = need_kinds(story.verdict)
        if event is not None and event.recorded_at is not None:
            yield say("item.recorded", at=self.words.instant(event.recorded_at, exact=True))
        if item.due_at is not None:
            yield say("item.due", at=self.words.instant(item.due_at, exact=True))
        if item.verdict == "broken" and broken_since(item) != item.occurred_at:
            yield say("broken_since", at=self.words.instant(broken_since(item), exact=True))
        if item.measure is not None:
            yield say(
                "item.measured", value=measured(item.measure, measure_unit(item, story), language)
            )
        if item.reason:
            yield f"{say('item.why')}: {reason_words(item.reason, language, needs)}"
        if item.settle:
            yield f"{say('item.settle')}: {reason_words(item.settle, language, needs)}"
        under, left = events_under(item, story)
        for beside in under:
            told = short_token(beside.sentences[language])
            if beside.occurred_at is not None:
                told = f"{self.words.instant(beside.occurred_at, exact=True)}, {told}"
            yield say("item.rests_on", index=beside.index, told=told)
        if left:
            yield say("item.rests_on.more", indexes=", ".join(map(str, left)))

    def _strip(self, story: Story) -> Iterator[Stretch]:
        if self._since is None or not story.strip:
            return
        width = (self._until - self._since) / len(story.strip)
        for place, verdict in enumerate(story.strip):
            begins = self.words.instant(self._since + place * width)
            mark = None if verdict is None else self.mark(verdict)
            told = self.words.say("strip.nothing") if mark is None else mark.word
            yield Stretch(mark, f"{begins}: {told}")

    def _strip_title(self) -> str:
        if self._since is None:
            return ""
        since, until = self.words.instant(self._since), self.words.instant(self._until)
        return self.words.say("strip", since=since, until=until)


def _percent(value: int, highest: int) -> int:
    """The share of the highest value; never nothing for what is not nothing."""
    return max(1, round(100 * value / highest)) if value > 0 else 0
