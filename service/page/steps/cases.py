"""The two kinds of cases whose steps are recorded from the page, and one case that is asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote
from uuid import UUID

from formats.steps.breach import BREACH_STEPS
from formats.steps.plan import StepPlan
from formats.steps.request import REQUEST_STEPS
from ledger.case_names import case_name
from ledger.errors import BadRequest, NotFound
from ledger.events import Event
from ledger.ledger import Ledger
from projections.cases.contradictions import breach_contradictions, request_contradictions
from projections.cases.reading import find_case
from projections.cases.warned import Warned
from service.access.caller import Caller


@dataclass(frozen=True, slots=True)
class CaseKind:
    """What cases of one kind have in common."""

    word: Literal["breach", "request"]
    path: str
    """Of the page that lists them."""
    steps: Mapping[str, StepPlan]
    first: str
    """The step that begins a case."""
    contradictions: Callable[[Ledger, str, UUID | None, Event], list[Warned]]

    def plan(self, step: str) -> StepPlan:
        """The plan of a step.

        Raises:
            NotFound: cases of this kind have no such step.
        """
        found = self.steps.get(step)
        if found is None:
            raise NotFound(f"step: expected one of {', '.join(self.steps)}, found {step!r}")
        return found


BREACH: Final = CaseKind("breach", "/breaches", BREACH_STEPS, "open", breach_contradictions)
REQUEST: Final = CaseKind("request", "/requests", REQUEST_STEPS, "receive", request_contradictions)
CASE_KINDS: Final[Mapping[str, CaseKind]] = {each.word: each for each in (BREACH, REQUEST)}


@dataclass(frozen=True, slots=True)
class CaseAsked:
    """One case as somebody named it; a new one has no stream yet."""

    kind: CaseKind
    asked: str | None
    """By the id of its source, or by its stream; `None`: a new one."""
    stream: UUID | None = None

    @property
    def path(self) -> str:
        """Of the page that shows it; of the list, for a new one."""
        return self.kind.path if self.asked is None else case_path(self.kind.word, self.asked)


def find_asked(ledger: Ledger, kind: CaseKind, asked: str | None) -> CaseAsked:
    """The case that a path names; blocking.

    Raises:
        NotFound: no event names such a case.
    """
    stream = None if asked is None else find_case(ledger, kind.word, asked)
    return CaseAsked(kind, asked, stream)


def name_to_record(ledger: Ledger, case: CaseAsked) -> str:
    """The id under which a step of a case that is there is recorded: that of its source; blocking.

    Raises:
        BadRequest: it was erased, and the case was asked for by its stream.
    """
    if case.asked is None or case.stream is None:
        raise BadRequest("case: expected one that is recorded, found a new one")
    if ledger.case_stream(case.kind.word, case.asked) == case.stream:
        return case.asked
    name = case_name(ledger, case.kind.word, case.stream)
    if name is None:
        raise BadRequest(
            f"{case.kind.word}: expected the id by which its source calls it, as the log's own "
            f"copy was erased; found {case.asked}"
        )
    return name


def case_path(word: str, name: str) -> str:
    """The path of the page of a case, by the id of its source or by its stream."""
    return f"{CASE_KINDS[word].path}/{quote(name, safe='')}"


def may_record(caller: Caller, plan: StepPlan) -> bool:
    """Whether somebody may record a step: decisions are for those who may decide."""
    return caller.may("record") and (not plan.decides or caller.may("decide"))
