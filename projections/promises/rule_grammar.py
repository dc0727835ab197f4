"""The words of a rule in Dutch and English: kinds, fields, conditions, amounts and other events."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, TypeVar

import msgspec

from ledger.errors import BadRequest
from ledger.events.promise import Condition, Limit, Need, Pairing, Scalar, Selector
from projections.deadlines.rule_book import newest_of
from projections.deadlines.rules import AddPeriod, AddTime, ReadingSpec, Rule
from projections.promises.answers import ParameterInForce
from projections.promises.needs import is_told_by_detectors
from projections.promises.rule_nouns import (
    Form,
    Language,
    Noun,
    field_noun,
    indefinite,
    is_plural,
    kind_noun,
    unit_word,
)

Said = TypeVar("Said", str, tuple[str, str])

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class Predicate(NamedTuple):
    """What is said of an event: Dutch puts the verb last in a relative clause."""

    verb: str
    complement: str


class Grammar:
    """Parts of sentences in one language, with the parameters in force filled in."""

    def __init__(
        self, language: Language, settings: Mapping[str, ParameterInForce] | None = None
    ) -> None:
        """Words of a language.

        Args:
            language: `nl` or `en`.
            settings: The parameters in force by name; `None`: nothing is known of them.
        """
        self.language: Language = language
        self.settings = settings

    def said(self, dutch: Said, english: Said) -> Said:
        """What is said in the language, of two."""
        return dutch if self.language == "nl" else english

    def any_of(self, told: Iterable[str]) -> str:
        """Texts joined by `or`."""
        return _joined(list(told), self.said("of", "or"))

    def all_of(self, told: Iterable[str]) -> str:
        """Texts joined by `and`."""
        return _joined(list(told), self.said("en", "and"))

    def kind(self, kind: str) -> Noun:
        """What an event of a kind is."""
        return kind_noun(kind, self.language)

    def field(self, path: str) -> Noun:
        """What a field of an event is called."""
        return field_noun(path, self.language)

    def selected(self, selectors: Sequence[Selector], form: Form, *, timed: bool = False) -> str:
        """Events of some kinds, with what is asked of them.

        Args:
            selectors: Of which an event fits one.
            form: `every`, `a` or `no` event.
            timed: Whether it is told from which of its moments a term runs.
        """
        return self.any_of(self._one_selector(each, form, timed=timed) for each in selectors)

    def _one_selector(self, selector: Selector, form: Form, *, timed: bool) -> str:
        nouns = [self.kind(kind) for kind in selector.kinds]
        told = self.any_of(noun.form(form) for noun in nouns)
        if timed and selector.at is not None:
            moment = self.field(selector.at).definite
            told += self.said(f" (gerekend vanaf {moment})", f" (counted from {moment})")
        if selector.where:
            clauses = (self.relative(self.predicate(each)) for each in selector.where)
            told += f" {nouns[-1].relative} {self.all_of(clauses)}"
        return told

    def main(self, predicate: Predicate) -> str:
        """A predicate in a sentence of its own."""
        return f"{predicate.verb} {predicate.complement}"

    def relative(self, predicate: Predicate) -> str:
        """A predicate in a relative clause."""
        if self.language == "nl":
            return f"{predicate.complement} {predicate.verb}"
        return self.main(predicate)

    def predicate(self, condition: Condition, *, negated: bool = False) -> Predicate:
        """What a condition says of an event, or, negated, its opposite where that has one."""
        field = self.field(condition.field)
        test = _OPPOSITES[condition.test] if negated else condition.test
        if test == "present":
            return Predicate(self.said("noemt", "names"), field.definite)
        if test == "absent":
            named = field.definite
            return Predicate(*self.said(("noemt", f"{named} niet"), ("does not name", named)))
        if test in {"at-most", "at-least"}:
            return self._bounded(condition, field)
        if condition.parameter is None and all(isinstance(each, bool) for each in condition.values):
            return self._answered(condition, field, negated=test == "not-in")
        return self._named(condition, test, field)

    def _named(self, condition: Condition, test: str, field: Noun) -> Predicate:
        """For a field with words in it."""
        values = self._values(condition)
        as_field = self.said(f"als {field.words}", f"as {field.words}")
        if test == "not-in":
            verb, no = self.said(("noemt", "geen "), ("does not name", ""))
            return Predicate(verb, f"{no}{values} {as_field}")
        several = len(condition.values) != 1
        only = self.said("alleen ", "only ") if several and test in {"equals", "in"} else ""
        among = self.said("onder meer ", "among others ") if several and test == "any-in" else ""
        return Predicate(self.said("noemt", "names"), f"{only}{among}{values} {as_field}")

    def _bounded(self, condition: Condition, field: Noun) -> Predicate:
        words = {"at-most": ("hoogstens", "at most"), "at-least": ("minstens", "at least")}
        bound = words[condition.test][0 if self.language == "nl" else 1]
        article = "een" if self.language == "nl" else indefinite(field.words)
        of = self.said("van", "of")
        return Predicate(
            self.said("heeft", "has"),
            f"{article} {field.words} {of} {bound} {self._values(condition)}",
        )

    def _answered(self, condition: Condition, field: Noun, *, negated: bool) -> Predicate:
        """For a field that is yes or no."""
        told = self.any_of(
            self.said("ja", "yes") if bool(each) is not negated else self.said("nee", "no")
            for each in condition.values
        )
        return Predicate(
            self.said("zegt", "says"),
            self.said(f"{told} bij “{field.words}”", f"{told} to “{field.words}”"),
        )

    def _values(self, condition: Condition) -> str:
        if condition.parameter is not None:
            return self._parameter(condition.parameter)
        return self.any_of(self.value(each) for each in condition.values)

    def value(self, value: Scalar) -> str:
        """A value: numbers with separators, words as the sources write them."""
        if isinstance(value, bool):
            return self.said("ja", "yes") if value else self.said("nee", "no")
        if isinstance(value, int):
            return self.number(value)
        return f"“{value[:12]}…”" if _DIGEST.fullmatch(value) else f"“{value}”"

    def number(self, number: int) -> str:
        """A number with the thousands separator of the language."""
        text = f"{number:,}"
        return text.replace(",", ".") if self.language == "nl" else text

    def amount(self, number: int, unit: str) -> str:
        """A number of units: `1 month`, `14 working days`."""
        word = unit_word(unit, self.language, several=number != 1)
        return f"{self.number(number)} {word}"

    def limit(self, limit: Limit) -> str:
        """How much is allowed, with the rule or the parameter that says so."""
        if limit.rule is not None:
            return self._book_rule(limit.rule)
        if limit.parameter is not None:
            return self._parameter(limit.parameter, limit.unit)
        if limit.amount is None:
            return self.said("een onbepaalde termijn", "an open term")
        if limit.unit is None or limit.unit == "events":
            return self.number(limit.amount)
        return self.amount(limit.amount, limit.unit)

    def _parameter(self, name: str, unit: str | None = None) -> str:
        """The value of a parameter, and that it is one; `N` where it is not known."""
        word = self.said("instelling", "setting")
        found = None if self.settings is None else self.settings.get(name)
        if found is None or found.value is None:
            missing = self.settings is not None
            mark = self.said(", niet ingesteld", ", not set") if missing else ""
            units = unit_word(unit, self.language, several=True) if unit else ""
            told = f"N {units}".rstrip()
            return f"{told} ({word} {name}{mark})"
        unit = found.unit or unit
        values = found.value if isinstance(found.value, tuple) else (found.value,)
        if len(values) == 1 and type(values[0]) is int and unit not in {None, "events"}:
            return f"{self.amount(values[0], str(unit))} ({word} {name})"
        return f"{self.any_of(self.value(each) for each in values)} ({word} {name})"

    def _book_rule(self, rule_id: str) -> str:
        """The period of a rule of the rule book, and its name."""
        named = self.said(f"regel {rule_id}", f"rule {rule_id}")
        try:
            rule = newest_of(rule_id)
        except BadRequest:
            return self.said(f"de termijn van {named}", f"the term of {named}")
        leading = [each for each in rule.readings if _leads_at_first(each)]
        periods = self._periods(rule, leading[0]) if leading else []
        if not periods:
            return self.said(f"de termijn van {named}", f"the term of {named}")
        return f"{self.all_of(periods)} ({named})"

    def _periods(self, rule: Rule, reading: ReadingSpec) -> list[str]:
        defaults = {spec.name: spec.default for spec in rule.parameters}
        told = []
        for step in reading.steps:
            if isinstance(step, AddTime | AddPeriod):
                amount = defaults.get(step.amount) if isinstance(step.amount, str) else step.amount
                if amount is None:
                    return []
                told.append(self.amount(int(amount), step.unit))
        return told

    def needs(self, needs: Iterable[Need]) -> list[str]:
        """Other events of which one suffices; those that differ in one pairing are told as one."""
        grouped: dict[bytes, list[Need]] = {}
        for need in needs:
            alike = msgspec.structs.replace(need, pairs=need.pairs[1:], name=None)
            grouped.setdefault(msgspec.json.encode(alike), []).append(need)
        return [
            self._need(alike[0], [need.pairs[0] for need in alike if need.pairs])
            for alike in grouped.values()
        ]

    def _need(self, need: Need, firsts: Sequence[Pairing]) -> str:
        told = self.selected(need.opens, "a")
        if firsts:
            comma = "," if need.opens[-1].where or len(firsts) > 1 else ""
            told += f"{comma} {self.any_of(self._paired(each) for each in firsts)}"
            told += self._pairs(need.pairs[1:])
        told = self._counted(need, told)
        if need.lasting is not None:
            span = self.limit(need.lasting)
            told += self.said(f", in de {span} ervoor", f", in the {span} before")
        if need.role == "required" and need.within is not None:
            span = self.limit(need.within)
            begun = self.said(f"minstens {span} eerder begonnen", f"begun at least {span} before")
            told += f", {begun}"
        if need.once:
            told += self.said(", alleen hiervoor gebruikt", ", used for this one alone")
        if need.closes:
            ends = self.selected(need.closes, "a")
            told += self.said(f", niet beëindigd door {ends}", f", not ended by {ends}")
        return told

    def _counted(self, need: Need, told: str) -> str:
        """How many of what a need asks for must stand, and by what they are counted."""
        times = None
        if need.at_least_parameter is not None:
            times = self._parameter(need.at_least_parameter)
        elif need.at_least is not None and need.at_least > 1:
            times = self.number(need.at_least)
        if times is not None:
            told = self.said(f"minstens {times} maal {told}", f"at least {times} times {told}")
        if need.weight is not None:
            weight = self.field(need.weight).definite
            told += self.said(f", geteld naar {weight}", f", counted by {weight}")
        if times is not None and is_told_by_detectors(need):
            told += self.said(", zoals één programma ze telde", ", as one program counted them")
        return told

    def _pairs(self, pairs: Sequence[Pairing]) -> str:
        return "".join(f", {self._paired(each)}" for each in pairs)

    def _the_same(self, field: Noun) -> str:
        word = {"de": "dezelfde", "het": "hetzelfde"}.get(field.article, "the same")
        return f"{word} {field.words}"

    def _paired(self, pair: Pairing) -> str:
        mine = self.field(pair.field).definite
        theirs = self.field(pair.of or pair.field)
        if pair.test == "covered":
            among = theirs.definite
            told = self.said(
                f"samen goed voor {mine} bij {among}", f"together covering {mine} by {among}"
            )
        elif pair.of in {None, pair.field}:
            told = self.said(f"met daarin {mine}", f"covering {mine}")
            if pair.test == "equals":
                told = self.said(f"voor {self._the_same(theirs)}", f"for {self._the_same(theirs)}")
        elif pair.test == "within" or is_plural(pair.of or pair.field):
            among = theirs.definite
            told = self.said(f"met {mine} bij {among}", f"with {mine} among {among}")
        else:
            told = self.said(f"met {mine} als {theirs.words}", f"with {mine} as {theirs.words}")
        if pair.silence_fits:
            told += self.said(" (als die er een noemt)", " (if it names any)")
        return told


_OPPOSITES: Final = {
    "present": "absent",
    "absent": "present",
    "not-in": "in",
    "in": "not-in",
    "equals": "not-in",
    "any-in": "not-in",
    "at-most": "at-most",
    "at-least": "at-least",
}
"""The opposite of a test; of a bound it is never asked."""


def _leads_at_first(reading: ReadingSpec) -> bool:
    """Whether it leads while only what must be given is given."""
    return reading.otherwise == "leading" or (reading.standing == "leading" and not reading.when)


def _joined(told: Sequence[str], word: str) -> str:
    if len(told) <= 1:
        return "".join(told)
    return f"{', '.join(told[:-1])} {word} {told[-1]}"
