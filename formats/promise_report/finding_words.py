"""What is wrong or unclear inside a statement, in words for people, in Dutch and English."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from formats.promise_report.reasons import reason_words
from formats.promise_report.words import ReportWords
from projections.promises.answers import CoverageGap
from projections.promises.finding import (
    Assigned,
    ChangedRules,
    ContradictionCount,
    FindingKind,
    Gravity,
    ReadAs,
    StatementFinding,
)
from projections.promises.rule_words import setting_words

KINDS: Final[tuple[FindingKind, ...]] = (
    "contradiction",
    "flaw",
    "open-parameter",
    "coverage-gap",
    "rules-changed-afterwards",
    "judged-events-taken-back",
)
GRAVITY_SIGNS: Final[dict[Gravity, str]] = {"high": "!", "medium": "~", "low": "✓"}
"""How much hangs on a finding is never told by colour alone."""
MOST_INDEXES: Final = 5


def finding_words(finding: StatementFinding, words: ReportWords) -> str:
    """What is wrong, how it was settled or not, and which events hang on it: sentences."""
    told = [*_what(finding, words), *_standing(finding, words)]
    sentences = ["; ".join(told), *_caught(finding, words)]
    if finding.kind not in {"contradiction", "coverage-gap"}:
        sentences[0] = f"{finding.promise_ids[0]}: {sentences[0]}"
    # A gap begins with the id of a system, which stays as it is.
    first, *others = sentences
    return " ".join([f"{first}.", *(f"{each[0].upper()}{each[1:]}." for each in others)])


def finding_settle(finding: StatementFinding, words: ReportWords) -> tuple[str, ...]:
    """What would settle it, each as somebody would do it; nothing where it is settled."""
    return tuple(reason_words(each, words.language) for each in finding.settle)


def finding_state(finding: StatementFinding, words: ReportWords) -> str:
    """Its state with a sign: `! open`."""
    return f"{GRAVITY_SIGNS[finding.gravity]} {words.say(f'finding.state.{finding.state}')}"


def finding_counts(findings: Sequence[StatementFinding], words: ReportWords) -> str:
    """How many there are of each kind: `2 contradictions, 1 unclear sentence`."""
    counts = Counter(each.kind for each in findings)
    return ", ".join(
        f"1 {words.say(f'finding.{kind}')}"
        if counts[kind] == 1
        else words.say(f"findings.{kind}", count=counts[kind])
        for kind in KINDS
        if counts[kind]
    )


def contradictions_line(count: ContradictionCount, words: ReportWords) -> str:
    """How many contradictions there are and how many are open; empty where there are none."""
    if not count.found:
        return ""
    noun = words.say("contradictions.one" if count.found == 1 else "contradictions")
    left = words.say("contradictions.none_open")
    if count.undecided:
        left = words.say("contradictions.open", count=count.undecided)
    return f"{count.found} {noun}, {left}"


def _what(finding: StatementFinding, words: ReportWords) -> Iterator[str]:
    match finding.kind:
        case "contradiction":
            first, second = finding.promise_ids
            yield words.say("contradiction.what", first=first, second=second)
        case "flaw":
            yield words.say(f"flaw.{finding.flaw}")
        case "coverage-gap" if finding.gap is not None:
            yield _gap(finding.gap, ", ".join(finding.promise_ids), words)
        case "rules-changed-afterwards" if finding.changed is not None:
            yield _changed(finding.changed, words)
        case "judged-events-taken-back":
            yield from _taken_back(finding, words)
        case _:
            return


def _gap(gap: CoverageGap, promises: str, words: ReportWords) -> str:
    told = {"system": gap.system, "since": words.instant(gap.since), "promises": promises}
    if gap.until is None:
        return words.say("finding.gap.open", **told)
    told["until"] = words.instant(gap.until)
    if gap.lost_index is not None:
        return words.say("finding.gap.lost", index=gap.lost_index, **told)
    return words.say("finding.gap", **told)


def _changed(changed: ChangedRules, words: ReportWords) -> str:
    return words.say(
        "finding.changed",
        later=changed.later_index,
        earlier=changed.earlier_index,
        at=words.instant(changed.recorded_at),
        since=words.instant(changed.since),
    )


def _taken_back(finding: StatementFinding, words: ReportWords) -> Iterator[str]:
    """How many, which and by which records; and how many of them were a break."""
    count, told = finding.taken_back_count, finding.taken_back[:MOST_INDEXES]
    more = ", …" if count > len(told) else ""
    pairs = (
        words.say("finding.taken_back.pair", index=each.index, by=each.taken_by_index)
        for each in told
    )
    name = "finding.taken_back.one" if count == 1 else "finding.taken_back"
    yield words.say(name, count=words.counted(count), indexes=f"{', '.join(pairs)}{more}")
    broken = finding.broken_before_count
    if count == 1:
        yield words.say(
            "finding.taken_back.it_broke" if broken else "finding.taken_back.it_did_not"
        )
        return
    name = "finding.taken_back.broken.one" if broken == 1 else "finding.taken_back.broken"
    yield words.say(name, count=words.counted(broken))


def _standing(finding: StatementFinding, words: ReportWords) -> Iterator[str]:
    """How it was settled, or what is left to settle."""
    if finding.state == "waived":
        yield words.say("finding.waived")
    if finding.state == "at-odds":
        yield words.say("contradiction.at_odds")
    yield from _read_as(finding.read_as, words)
    yield from (_assigned(each, words) for each in finding.assigned)


def _read_as(found: Sequence[ReadAs], words: ReportWords) -> Iterator[str]:
    """How each promise is read; those that nobody decided together, where they are alike."""
    undecided: dict[tuple[str, ...], list[str]] = {}
    for each in found:
        if each.reading is None:
            undecided.setdefault(each.readings, []).append(each.promise_id)
            continue
        name = "finding.read.leads" if each.decided_index is None else "finding.read.decided"
        told = {"promise": each.promise_id, "reading": each.reading}
        yield words.say(name, index=each.decided_index, **told)
    either = words.say("finding.or")
    for readings, promises in undecided.items():
        told = {"promises": either.join(promises), "readings": either.join(readings)}
        yield words.say("finding.read.open", **told)


def _assigned(assigned: Assigned, words: ReportWords) -> str:
    parameter = assigned.parameter
    if parameter.value is None:
        return words.say("finding.set.open", parameter=parameter.name)
    name = "finding.set.default" if assigned.is_default else "finding.set.decided"
    value = setting_words(parameter, words.language)
    return words.say(name, parameter=parameter.name, value=value, index=parameter.set_by_index)


def _caught(finding: StatementFinding, words: ReportWords) -> Iterator[str]:
    indexes = list(dict.fromkeys(each.index for each in finding.caught))
    if not indexes:
        return
    shown = ", ".join(map(str, indexes[:MOST_INDEXES]))
    more = ", …" if finding.caught_count > len(indexes[:MOST_INDEXES]) else ""
    name = "finding.caught.one" if finding.caught_count == 1 else "finding.caught"
    yield words.say(name, count=words.counted(finding.caught_count), indexes=f"{shown}{more}")
