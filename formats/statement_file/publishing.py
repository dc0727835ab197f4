"""From a statement file to the events that publish it, the same ones each time.

The id of an event follows from what it says and from the event that it takes the place of. So a
file that is published twice gives the receipts of the first time, and one that goes back to what it
said before is recorded anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from formats.statement_file.document import NONE, OpenParameter, PromiseEntry, StatementFile
from ledger.errors import FormatError
from ledger.events import Event, encode_event, kind_of
from ledger.events.policy import PolicyPublished
from ledger.events.promise import Parameter, PromiseDeclared, PromiseParameterSet

DeriveId = Callable[[datetime | None, bytes], UUID]
"""Gives the one event id of an identity: `Ledger.derive_id`."""

Slot = tuple[str, str]
"""What one event takes the place of another in: its kind, and policy, promise or parameter."""

STRETCH_CHARACTERS: Final = 8192
"""As much of a statement as one text of an event holds."""

DEFAULT_REASON: Final = "default of the statement file"
PARSER: Final = "zegel-statement-file/1"
"""Tells what a file said from what somebody decided."""

_NO_MOMENT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WITH_TEXT: Final = b"with text"
_WITHOUT_TEXT: Final = b"without text"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a log says already of the promises of a file."""

    ids: Mapping[Slot, Sequence[UUID]] = field(default_factory=dict)
    """The ids of the events that stand in a slot, oldest first."""
    decided: frozenset[tuple[str, str]] = frozenset()
    """The parameters, by promise and name, that somebody set: no default takes their place."""
    gone: frozenset[UUID] = frozenset()
    """The events that were taken back."""
    policies: Mapping[str, str] = field(default_factory=dict)
    """The statement that makes each promise, by promise id."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """When and by whom a file is published."""

    occurred_at: datetime
    effective_from: datetime | None = None
    """Instead of what the file says."""
    actor: str | None = None


def publication_events(
    file: StatementFile,
    text: str | None,
    *,
    occurred_at: datetime,
    effective_from: datetime | None = None,
    actor: str | None = None,
    derive_id: DeriveId | None = None,
    earlier: Earlier | None = None,
) -> list[Event]:
    """The publication of a statement, its promises, and a setting for each default.

    Args:
        file: The statement file.
        text: The statement itself, to be kept with its hash; `None`: the hash alone is.
        occurred_at: When it is published; aware.
        effective_from: From when it counts, instead of what the file says.
        actor: Who publishes it: `person:…`.
        derive_id: Gives the ids; without it, the log gives fresh ones.
        earlier: What the log says already. An event that stands there gets the id it has.

    Raises:
        FormatError: the text is not the one that the file is about, or a promise is one of another
            statement.
    """
    if text is not None:
        require_text(file, text)
    publishing = Publishing(occurred_at, effective_from or file.statement.effective_at(), actor)
    known = earlier or Earlier()
    _require_own_promises(file, known.policies)
    events: list[Event] = [
        _policy(file, text, publishing),
        *(_declared(file, entry, publishing) for entry in file.promises),
        *(each for entry in file.promises for each in _defaults(entry, publishing, known)),
    ]
    if derive_id is None:
        return events
    return [replace(each, event_id=_id_of(each, derive_id, known)) for each in events]


def require_text(file: StatementFile, text: str) -> None:
    """Passes if a text is the statement that a file is about, with each promise where it says.

    Raises:
        FormatError: its hash is another, and both are named; or a phrase is not on its line.
    """
    wanted = file.statement.text_sha256
    if _hash_of(text) != wanted:
        found = _hash_of(text) + _difference(text, wanted)
        raise FormatError("statement text", f"SHA-256 {wanted}, as the file says", found)
    lines = text.split("\n")
    for entry in file.promises:
        place = entry.place
        holding = [number for number, line in enumerate(lines, 1) if place.phrase in line]
        if place.line not in holding:
            expected = f"{place.phrase!r} on line {place.line} of the statement"
            where = f"it on line {', '.join(map(str, holding))}" if holding else "it nowhere"
            raise FormatError(f"{entry.id}, place", expected, where)


def _require_own_promises(file: StatementFile, policies: Mapping[str, str]) -> None:
    """What another statement promises would be judged by the rules of this one."""
    mine = file.statement.policy_id
    for entry in file.promises:
        other = policies.get(entry.id, mine)
        if other != mine:
            raise FormatError(f"{entry.id}, id", f"a promise of {mine}", f"one of {other}")


def _hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _difference(text: str, wanted: str) -> str:
    """What an editor or a download made of the statement, if it is no more than that."""
    without = {
        "a byte order mark before it": text.removeprefix("\ufeff"),
        "line ends of Windows": text.replace("\r\n", "\n"),
        "line ends of Unix": text.replace("\n", "\r\n"),
        "a line end too many": text.removesuffix("\n"),
        "no line end at its end": text + "\n",
    }
    return next(
        (f": the same with {what}" for what, each in without.items() if _hash_of(each) == wanted),
        "",
    )


def stretches(text: str) -> tuple[str, ...]:
    """A text in pieces that one event can hold; joined they are the text."""
    starts = range(0, len(text), STRETCH_CHARACTERS)
    return tuple(text[start : start + STRETCH_CHARACTERS] for start in starts)


def slot_of(event: Event) -> Slot | None:
    """What an event takes the place of another in; `None`: it publishes nothing."""
    match event:
        case PolicyPublished():
            return kind_of(event), event.policy_id
        case PromiseDeclared():
            return kind_of(event), event.promise_id
        case PromiseParameterSet() if event.parser == PARSER:
            return kind_of(event), f"{event.promise_id}/{event.params[0].name}"
        case _:
            return None


def _policy(file: StatementFile, text: str | None, publishing: Publishing) -> PolicyPublished:
    said = file.statement
    summaries = [
        f"{language}: {words}"
        for language, words in (("NL", said.summary_nl), ("EN", said.summary_en))
        if words is not None
    ]
    return PolicyPublished(
        occurred_at=publishing.occurred_at,
        actor=publishing.actor,
        parser=PARSER,
        policy_id=said.policy_id,
        text_sha256=said.text_sha256,
        version=said.version,
        revision_date=said.revision_date,
        effective_from=publishing.effective_from,
        url=said.url,
        language=said.language,
        organisation=said.organisation,
        applies_to=said.systems,
        title=said.title,
        summary=" ".join(summaries) or None,
        text=stretches(text or ""),
    )


def _declared(file: StatementFile, entry: PromiseEntry, publishing: Publishing) -> PromiseDeclared:
    said = file.statement
    return PromiseDeclared(
        occurred_at=publishing.occurred_at,
        actor=publishing.actor,
        parser=PARSER,
        promise_id=entry.id,
        rules=entry.rules,
        readings=entry.readings,
        promise_class=entry.promise_class,
        params=tuple(Parameter(name=each.name, unit=each.unit) for each in entry.parameters),
        subject_matter=entry.subject_matter,
        policy_id=said.policy_id,
        policy_version=said.version,
        policy_sha256=said.text_sha256,
        organisation=said.organisation,
        applies_to=said.systems,
        zone=said.zone,
        effective_from=publishing.effective_from,
        quote=entry.place.phrase,
        summary=entry.en,
        summary_nl=entry.nl,
        place=f"{entry.place.heading}, line {entry.place.line}",
        contradicts=entry.contradicts,
        flaws=entry.flaws,
    )


def _defaults(
    entry: PromiseEntry, publishing: Publishing, earlier: Earlier
) -> Iterator[PromiseParameterSet]:
    for parameter in entry.parameters:
        if parameter.default == NONE or (entry.id, parameter.name) in earlier.decided:
            continue
        yield PromiseParameterSet(
            occurred_at=publishing.occurred_at,
            actor=publishing.actor,
            parser=PARSER,
            promise_id=entry.id,
            params=(_setting(parameter),),
            reason=DEFAULT_REASON,
            effective_from=publishing.effective_from,
            note=parameter.meaning_en,
        )


def _setting(parameter: OpenParameter) -> Parameter:
    return Parameter(
        name=parameter.name,
        value=parameter.default,
        values=parameter.defaults,
        unit=parameter.unit,
    )


def _id_of(event: Event, derive_id: DeriveId, earlier: Earlier) -> UUID:
    slot = slot_of(event)
    before = () if slot is None else tuple(earlier.ids.get(slot, ()))
    newest, older = before[-1:], before[:-1]
    for content in _contents(event):
        unchanged = derive_id(None, _identity(content, older))
        if newest == (unchanged,) and unchanged not in earlier.gone:
            return unchanged
    return derive_id(None, _identity(_contents(event)[0], before))


def _identity(content: bytes, before: Sequence[UUID]) -> bytes:
    predecessor = before[-1].bytes if before else b""
    return b"statement file\x00" + predecessor + b"\x00" + content


def _contents(event: Event) -> list[bytes]:
    """What an event says, whoever recorded it when; its own content first.

    A publication without the text says nothing that one with the text does not say.
    """
    plain = replace(event, event_id=None, occurred_at=_NO_MOMENT, actor=None)
    if not isinstance(plain, PolicyPublished):
        return [sha256(encode_event(plain)).digest()]
    bare = sha256(encode_event(replace(plain, text=()))).digest()
    with_text, without_text = bare + _WITH_TEXT, bare + _WITHOUT_TEXT
    return [with_text] if plain.text else [without_text, with_text]
