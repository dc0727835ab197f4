"""A rule of a promise in words, in Dutch and English, made from the rule itself.

The words follow from the rule alone and from the parameters in force, so that what people read is
what the machine checks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from ledger.events.promise import Comparison, NeedRole, PromiseRule, RuleKind
from ledger.units import SystemId
from projections.promises.answers import ParameterInForce
from projections.promises.rule_grammar import Grammar
from projections.promises.rule_nouns import Form, Language

_NEGATIVE: Final[frozenset[Comparison]] = frozenset({"absent", "not-in"})


def rule_words(
    rule: PromiseRule,
    language: Language,
    settings: Mapping[str, ParameterInForce] | None = None,
) -> str:
    """One part of a promise as a sentence or a few.

    Args:
        rule: As it was declared.
        language: `nl` or `en`.
        settings: The parameters in force by name; `None`: nothing is known of them, so that a
            parameter is told by its name.
    """
    grammar = Grammar(language, settings)
    told = [_SENTENCES[rule.rule_kind](rule, grammar), *_remarks(rule, grammar)]
    return " ".join(each[0].upper() + each[1:] for each in told)


def promise_words(
    rules: Iterable[PromiseRule],
    language: Language,
    settings: Mapping[str, ParameterInForce] | None = None,
) -> tuple[str, ...]:
    """Every part of a promise in words, in their order; all must be kept."""
    return tuple(rule_words(rule, language, settings) for rule in rules)


def setting_words(parameter: ParameterInForce, language: Language) -> str:
    """What a parameter is set to, with its unit; nothing where nobody has set it."""
    grammar = Grammar(language)
    value, unit = parameter.value, parameter.unit
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and unit not in {None, "events"}:
        return grammar.amount(value, str(unit))
    values = value if isinstance(value, tuple) else (value,)
    told = ", ".join(str(each) if isinstance(each, str) else grammar.value(each) for each in values)
    return told or (str(unit) if unit is not None else "")


def coverage_words(systems: Sequence[SystemId], language: Language) -> str:
    """That a promise counts as kept only while sources are connected; nothing where none are."""
    if not systems:
        return ""
    grammar = Grammar(language)
    named = grammar.all_of(systems)
    return grammar.said(
        f"Telt alleen als nagekomen zolang {named} als aangesloten is opgegeven.",
        f"Counts as kept only while {named} is declared connected.",
    )


def _never(rule: PromiseRule, grammar: Grammar) -> str:
    if rule.where and all(each.test in _NEGATIVE for each in rule.where):
        subject = _subject(rule, grammar, "every")
        clauses = (grammar.main(grammar.predicate(each, negated=True)) for each in rule.where)
        return f"{subject} {grammar.all_of(clauses)}."
    if not rule.where:
        told = grammar.selected(rule.for_each, "every")
        return grammar.said(f"verboden is {told}.", f"forbidden is {told}.")
    subject = _subject(rule, grammar, "no")
    clauses = (grammar.main(grammar.predicate(each)) for each in rule.where)
    return f"{subject} {grammar.any_of(clauses)}."


def _subset(rule: PromiseRule, grammar: Grammar) -> str:
    if not rule.where:
        subject = _subject(rule, grammar, "every")
        return subject + grammar.said(" is in orde.", " is in order.")
    clauses = (grammar.main(grammar.predicate(each)) for each in rule.where)
    return f"{_subject(rule, grammar, 'every')} {grammar.all_of(clauses)}."


def _only_if(rule: PromiseRule, grammar: Grammar) -> str:
    required = _needs(rule, grammar, "required")
    forbidden = _options(_needs(rule, grammar, "forbidden"), grammar)
    if not required:
        no_subject = grammar.selected(rule.for_each, "no")
        return grammar.said(
            f"{no_subject} als dan geldt: {forbidden}.",
            f"{no_subject} if by then there is {forbidden}.",
        )
    told = _subject(rule, grammar, "every")
    options = _options(required, grammar)
    told += grammar.said(f" vereist op dat moment {options}.", f" needs at that moment {options}.")
    if forbidden:
        told += grammar.said(
            f" Het mag niet als dan geldt: {forbidden}.",
            f" It may not be if by then there is {forbidden}.",
        )
    return told


def _deadline(rule: PromiseRule, grammar: Grammar) -> str:
    subject = _subject(rule, grammar, "every").rstrip(",")
    told = grammar.said("na", "after") + f" {subject}: "
    told += _options(_needs(rule, grammar, "answer"), grammar)
    terms = _needs(rule, grammar, "term")
    if rule.within is not None:
        within = grammar.limit(rule.within)
        told += grammar.said(f", binnen {within}", f", within {within}")
    elif terms:
        term = _options(terms, grammar)
        told += grammar.said(f", binnen de termijn van {term}", f", within the term of {term}")
    for end in _needs(rule, grammar, "end"):
        told += grammar.said(f", en vóór {end}", f", and before {end}")
    return told + "." + _relief(rule, grammar)


def _relief(rule: PromiseRule, grammar: Grammar) -> str:
    """What ends, suspends or lengthens a duty."""
    told = ""
    excuses = _needs(rule, grammar, "excuse")
    if excuses:
        named = grammar.any_of(excuses)
        told += grammar.said(f" Niet nodig na {named}.", f" Not needed after {named}.")
    for need in rule.needs:
        if need.role == "extension":
            named = _options(grammar.needs([need]), grammar)
            term = grammar.said("de verlengde termijn", "the extended term")
            if need.within is not None:
                term = grammar.limit(need.within)
            told += grammar.said(
                f" Na {named} geldt {term}.", f" After {named}, {term} counts instead."
            )
    holds = _needs(rule, grammar, "hold")
    if holds:
        named = grammar.any_of(holds)
        told += grammar.said(
            f" De termijn rust tijdens {named}.", f" The term is suspended during {named}."
        )
    return told


def _interval_state(rule: PromiseRule, grammar: Grammar) -> str:
    states = _options(_needs(rule, grammar, "state"), grammar)
    return grammar.said(
        f"er geldt zonder onderbreking {states}.", f"there is at all times {states}."
    )


def _metric(rule: PromiseRule, grammar: Grammar) -> str:
    measure = rule.measure
    every = _subject(rule, grammar, "every").rstrip(",")
    if measure is None:
        return grammar.said(f"er wordt gemeten bij {every}.", f"measured of {every}.")
    field = "" if measure.field is None else grammar.field(measure.field).definite
    answers = _options(_needs(rule, grammar, "answer"), grammar)
    told = {
        "field": grammar.said(f"gemeten: {field} van {every}", f"measured: {field} of {every}"),
        "elapsed": grammar.said(
            f"gemeten: de tijd van {every} tot {answers}",
            f"measured: the time from {every} to {answers}",
        ),
        "events": grammar.said(f"geteld: {every}", f"counted: {every}"),
        "distinct": grammar.said(
            f"geteld: de verschillende waarden van {field}, over {every}",
            f"counted: the different values of {field}, over {every}",
        ),
    }[measure.of]
    if measure.group is not None:
        told += grammar.said(", per ", ", for each ") + grammar.field(measure.group).words
    if measure.per is not None:
        calendar = {"month": ("kalendermaand", "calendar month"), "year": ("jaar", "year")}
        dutch, english = calendar[measure.per]
        told += grammar.said(f", per {dutch}", f", in each {english}")
    if measure.limit is None:
        return told + grammar.said("; er is geen grens.", "; there is no limit.")
    limit = grammar.limit(measure.limit)
    return told + grammar.said(f"; hoogstens {limit}.", f"; at most {limit}.")


_SENTENCES: Final[Mapping[RuleKind, Callable[[PromiseRule, Grammar], str]]] = {
    "deadline": _deadline,
    "never": _never,
    "only-if": _only_if,
    "subset": _subset,
    "interval-state": _interval_state,
    "metric": _metric,
}


def _subject(rule: PromiseRule, grammar: Grammar, form: Form) -> str:
    """What is judged; Dutch closes a relative clause with a comma before the verb."""
    timed = rule.rule_kind in {"deadline", "metric"}
    told = grammar.selected(rule.for_each, form, timed=timed)
    return f"{told}," if grammar.language == "nl" and rule.for_each[-1].where else told


def _needs(rule: PromiseRule, grammar: Grammar, role: NeedRole) -> list[str]:
    return grammar.needs(need for need in rule.needs if need.role == role)


def _options(told: Sequence[str], grammar: Grammar) -> str:
    """Other events of which one suffices; long ones are set apart."""
    if any("," in each for each in told):
        return f"; {grammar.said('of', 'or')} ".join(told)
    return grammar.any_of(told)


def _remarks(rule: PromiseRule, grammar: Grammar) -> list[str]:
    """What is exempt, and what cannot be judged."""
    told = []
    if rule.unless:
        clauses = [grammar.relative(grammar.predicate(each)) for each in rule.unless]
        listed = grammar.any_of(clauses)
        told.append(grammar.said(f"Uitgezonderd: wat {listed}.", f"Exempt: what {listed}."))
    if rule.told_by:
        fields = grammar.any_of(grammar.field(each).words for each in rule.told_by)
        told.append(
            grammar.said(
                f"Niet te beoordelen waar dit ontbreekt: {fields}.",
                f"Cannot be judged where this is missing: {fields}.",
            )
        )
    return told
