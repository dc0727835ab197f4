"""Which records are asked for, to be handed to somebody else, and what is opened of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from itertools import islice
from typing import Final
from uuid import UUID

from cli.reader import claim_roles
from ledger.errors import BadRequest
from ledger.evidence import Reading
from ledger.field_choice import NO_FIELD, FieldChoice
from ledger.ledger import Ledger
from ledger.query import EventQuery, full_identity, matching_subject, record_query
from ledger.reading import Opening
from ledger.stored import StoredRecord
from ledger.verification.bundle_layout import MAX_RECORDS

IDENTITY_FILTERS: Final = ("actor", "ip", "subject")
_TYPED: Final = re.compile(r"@?(?P<first>[0-9]{1,17})(?:-@?(?P<last>[0-9]{1,17}))?")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records are asked for, and what their reader may open; all that is given must hold."""

    query: EventQuery
    """The filters of `zegel log`, but for a pattern."""
    case: str | None = None
    """The id of a stream, or NAMESPACE:ID as a source calls the case."""
    places: tuple[range, ...] = ()
    """Runs of indexes, ascending and apart; none given: any index."""
    choice: FieldChoice = NO_FIELD
    """Which personal fields are opened: of the subject, where one is named, else of everybody."""
    is_mirror: bool = False
    """Whether hash tiles and the records beside the chosen ones go along."""

    @property
    def names_people(self) -> bool:
        """Whether the question is about somebody or some case, so that others must not be in it."""
        return self.case is not None or any(getattr(self.query, name) for name in IDENTITY_FILTERS)


def read_places(typed: Sequence[str]) -> tuple[range, ...]:
    """Runs of indexes, ascending and apart, of `12`, `@12` and `15-20` (both ends included).

    Raises:
        BadRequest: a text is none of these, or they name too many records.
    """
    runs = _joined(_run(each) for each in typed)
    found = sum(map(len, runs))
    if found > MAX_RECORDS:
        raise BadRequest(f"records: expected at most {MAX_RECORDS}, found {found}")
    return runs


def _joined(bounds: Iterable[tuple[int, int]]) -> tuple[range, ...]:
    """Starts and stops as runs, ascending; those that touch are one."""
    runs: list[range] = []
    for start, stop in sorted(bounds):
        if runs and start <= runs[-1].stop:
            runs[-1] = range(runs[-1].start, max(runs[-1].stop, stop))
        else:
            runs.append(range(start, stop))
    return tuple(runs)


def _run(typed: str) -> tuple[int, int]:
    match = _TYPED.fullmatch(typed)
    if match is not None:
        start, stop = int(match["first"]), int(match["last"] or match["first"]) + 1
        if start < stop:
            return start, stop
    raise BadRequest(f"records: expected an index such as 12, or a run as 15-20, found {typed!r}")


def asked_records(ledger: Ledger, asked: Asked, size: int) -> list[StoredRecord]:
    """The records that are asked for among the first `size`, in the order of their index.

    Raises:
        BadRequest: there are none or too many, one that was named is missing, or the case is
            unknown.
        RecordsPruned: one that was named was removed.
    """
    found = _matching(ledger, asked, size)
    rows = sorted(islice(found, MAX_RECORDS + 1), key=lambda row: row.index)
    if not 0 < len(rows) <= MAX_RECORDS:
        many = f"more than {MAX_RECORDS}; --since and --until narrow it" if rows else "none"
        raise BadRequest(
            f"question: expected records under the newest checkpoint of size {size}, found {many}"
        )
    return rows


def _matching(ledger: Ledger, asked: Asked, size: int) -> Iterator[StoredRecord]:
    if asked.places and asked.places[-1].stop > size:
        raise BadRequest(
            f"record {asked.places[-1].stop - 1}: expected one under the newest checkpoint of size "
            f"{size}, found none; `zegel seal` makes a newer one"
        )
    if asked.places:
        ledger.log.pruned.require_kept(asked.places[0].start)
    places = asked.places or (range(size),)
    if asked.case is not None:
        places = _of_case(ledger, case_stream(ledger, asked.case), places, size)
    query = record_query(asked.query.below(size), ledger.vault.subjects.find)
    if query is not None:
        for run in places:
            yield from ledger.log.find(replace(query, start=run.start, stop=run.stop))


def _of_case(ledger: Ledger, stream: UUID, places: Sequence[range], size: int) -> tuple[range, ...]:
    """The places of a case among others, as runs."""
    indexes = (row.index for row in ledger.log.scan_stream(stream) if row.index < size)
    chosen = [index for index in indexes if any(index in run for run in places)]
    return _joined((index, index + 1) for index in chosen)


def case_stream(ledger: Ledger, case: str) -> UUID:
    """The stream of a case by its id, or by NAMESPACE:ID as its source calls it.

    Raises:
        BadRequest: no such case is known.
    """
    try:
        return UUID(case)
    except ValueError:
        namespace, colon, source_id = case.partition(":")
    found = ledger.case_stream(namespace, source_id) if colon else None
    if found is None:
        raise BadRequest(
            f"--case: expected the id of a stream, or NAMESPACE:ID such as grant:G-1041, of a case "
            f"that is known, found {case!r}"
        )
    return found


def subjects_of(ledger: Ledger, asked: Asked) -> frozenset[UUID] | None:
    """Under whose keys a field must lie to be opened; `None`: nobody was named, so anybody's."""
    subject = asked.query.subject
    if subject is None:
        return None
    found = matching_subject(full_identity("subject", subject), ledger.vault.subjects.find)
    return frozenset(() if found is None else (found,))


def question_of(ledger: Ledger, asked: Asked) -> dict[str, str]:
    """What was asked for, in words that name nobody and link no two bundles about one person."""
    query = asked.query
    question: dict[str, str] = {}
    for name, instant in (("since", query.since), ("until", query.until)):
        if instant is not None:
            question[name] = f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    for name in IDENTITY_FILTERS:
        typed = getattr(query, name)
        if typed is not None:
            question[name] = f"one {full_identity(name, typed).replace('#', ':').partition(':')[0]}"
    if query.kinds:
        question["kinds"] = ", ".join(query.kinds)
    if query.system is not None:
        question["system"] = query.system
    if asked.case is not None:
        question["case"] = str(case_stream(ledger, asked.case))
    if asked.places:
        question["records"] = shown_places(asked.places)
    if asked.choice and not asked.choice.everything:
        question["fields"] = str(asked.choice)
    return question


def shown_places(places: Sequence[range]) -> str:
    """Runs of indexes as they are typed: `12 15-20`."""
    return " ".join(
        str(run.start) if len(run) == 1 else f"{run.start}-{run.stop - 1}" for run in places
    )


def read_for_export(
    ledger: Ledger, asked: Asked, reading: Reading, rows: Sequence[StoredRecord]
) -> Opening:
    """Records that the fields asked for are shown to somebody; what gives the right to open them.

    Raises:
        NotAuthorised: the reader may not hand out identities; the attempt was recorded.
    """
    claim_roles(ledger)
    return ledger.record_reading(
        reading,
        reading_text(ledger, asked),
        rows,
        subject_ids=subjects_of(ledger, asked),
        fields=asked.choice.grants,
        role="export",
    )


def reading_text(ledger: Ledger, asked: Asked) -> str:
    """The question as it is kept with the one who asked: a token in place of an identity."""
    parts = [asked.query.text(ledger.vault.subjects.find)]
    question = question_of(ledger, asked)
    told = [name for name in ("case", "records", "fields") if name in question]
    parts += [f"{name}={question[name]}" for name in told]
    return f"handed out: {'; '.join(parts)}"
