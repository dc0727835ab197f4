"""`/register`: the register of art. 30 as of any moment, what differs, each activity, and files."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, NamedTuple, get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path
from msgspec.structs import asdict
from starlette.responses import Response

from formats.register.columns import COLUMN_SETS, Authority
from formats.register.file import SUFFIXES, FileFormat, Telling, handed_out, register_file
from formats.register.tables import claims
from formats.register.words import phrase, word
from ledger.errors import BadRequest, NotFound
from ledger.handing_out import record_handing_out
from ledger.reading import Opening
from ledger.roles import require_role
from ledger.stored import StoredRecord
from projections.art30.content import PARTS, Part, Register
from projections.art30.differences import differences
from projections.art30.reading import Asked as AskedOfRegister
from projections.art30.reading import read_register, register_records
from projections.art30.versions import versions_of
from projections.view import Column
from service.access.consulting import consulted
from service.page.disclosing import opened_for
from service.page.forms import read_form
from service.page.views.asked import Asked, Seen, asked_of, question_of, seen
from service.page.views.control import control_of
from service.page.views.export import (
    EXPORT_FORMATS,
    Exported,
    export_file,
    export_format,
    file_name,
    given,
)
from service.page.views.register_told import activity_url, told_part, told_register
from service.page.views.revealing import revealed
from service.page.views.sheet import unchanged
from service.page.visit import Visit, visiting
from service.queries.moments import State
from service.threads import reading, writing

router: Final = APIRouter(include_in_schema=False)
Visiting = Annotated[Visit, Depends(visiting("read"))]

_FILTERS: Final = ("role", "organisation")
_COLUMNS: Final = "columns"
_ENDS: Final[Mapping[FileFormat, str]] = {
    kind: next(end[1:] for end, each in SUFFIXES.items() if each == kind)
    for kind in dict.fromkeys(SUFFIXES.values())
}
"""How the name of a file of each format ends."""


_DIFFERENCE: Final = (
    Column("what", "what"),
    Column("subject", "of"),
    Column("name", "which"),
    Column("field", "field"),
    Column("before", "before"),
    Column("after", "after"),
    Column("note", "note"),
    Column("before_index", "was record", "index"),
    Column("after_index", "is record", "index"),
)
"""The columns of `zegel register diff --csv`."""


class _Read(NamedTuple):
    """The register of the moment that is shown, and of the one it is compared with."""

    now: Register
    before: Register | None


@router.get("/register")
@router.post("/register")
async def show_register(visit: Visiting) -> Response:
    """Both registers, activity by activity, with agreements and sub-processors."""
    asked = asked_of(visit, filters=_FILTERS)
    wanted = _asked_of_register(asked)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    plain = await reading(visit.context, _read, visit, moments, wanted, None)
    shown = await revealed(
        visit,
        moments.pinned(),
        question=question_of("/register", asked, _told_filters(asked)),
        rows=lambda: _records(visit, moments, wanted),
        count=len(plain.now.activities),
    )
    found = plain
    if shown.opening is not None:
        found = await reading(visit.context, _read, visit, moments, wanted, shown.opening)

    def values() -> dict[str, Any]:
        told = told_register(found.now, found.before, visit.language, visit.zone)
        return {
            "told": told,
            "register": found.now,
            "claims": claims(found.now.standing, visit.language),
            "weight": lambda name: word("weight", name, visit.language),
            "roles": [(each, word("role", each, visit.language)) for each in PARTS],
            "authorities": [(name, each.authority) for name, each in COLUMN_SETS.items()],
            "exports": [
                (kind, moments.pinned(f"/register/export.{end}")) for kind, end in _ENDS.items()
            ],
            "differences": [
                (kind, moments.pinned(f"/register/differences.{kind}")) for kind in EXPORT_FORMATS
            ],
            **_common(visit, moments),
        }

    return await visit.show(
        "views/register.html",
        **await reading(visit.context, values),
        status=shown.status,
        asking=shown.asking,
        is_opened=shown.opening is not None,
    )


@router.get("/register/export.{end}")
async def export_register(visit: Visiting, end: str) -> Response:
    """The register that the page shows, as a file of one of five formats."""
    kind = _file_format(end)
    asked = asked_of(visit, filters=(*_FILTERS, _COLUMNS), path="/register")
    wanted, authority = _asked_of_register(asked), _asked_authority(asked)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    found = await reading(visit.context, _read, visit, moments, wanted, None)
    question = question_of("/register", asked, (*_told_filters(asked), kind))
    await consulted(
        visit.context, visit.caller, question=question, records=len(found.now.activities)
    )
    content = await reading(visit.context, _file, visit, found.now, kind, wanted, authority)
    return given(content, kind, file_name("register", moments, visit.zone, end), moments)


@router.post("/register/export.{end}")
async def export_register_with_names(visit: Visiting, end: str) -> Response:
    """The same with names and words, to somebody who said what for; that it was is recorded."""
    kind = _file_format(end)
    asked = asked_of(visit, filters=(*_FILTERS, _COLUMNS), path="/register")
    wanted, authority = _asked_of_register(asked), _asked_authority(asked)
    form = await read_form(visit)
    ledger, who = visit.context.ledger, visit.caller.identity
    moments = await reading(visit.context, seen, ledger, asked)
    opening = await opened_for(
        visit,
        form,
        question=question_of("/register", asked, (*_told_filters(asked), kind)),
        rows=lambda: _records(visit, moments, wanted),
    )
    await writing(visit.context, require_role, ledger, who, "export")
    found = await reading(visit.context, _read, visit, moments, wanted, opening)
    content = await reading(visit.context, _file, visit, found.now, kind, wanted, authority)
    facts = handed_out(found.now, content)
    purpose = form.one("purpose")
    await writing(visit.context, record_handing_out, ledger, facts, who, reason=purpose)
    return given(content, kind, file_name("register", moments, visit.zone, end), moments)


@router.get("/register/differences.{end}")
async def export_differences(visit: Visiting, end: str) -> Response:
    """What differs between the two moments that the page compares, field by field."""
    asked = asked_of(visit, filters=_FILTERS, path="/register")
    kind = export_format(end)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    if moments.before is None:
        raise BadRequest("compared_with: expected a moment to compare with, found none")
    found = await reading(visit.context, _read, visit, moments, _asked_of_register(asked), None)
    rows = [asdict(each) for each in differences(found.before or found.now, found.now)]
    question = question_of("/register", asked, (*_told_filters(asked), "differences", kind))
    await consulted(visit.context, visit.caller, question=question, records=len(rows))
    exported = Exported(
        name="register-differences",
        title=visit.gettext("Difference"),
        columns=_DIFFERENCE,
        changes=unchanged(rows),
        seen=moments,
        language=visit.language,
        zone=visit.zone,
        tells_changes=False,
    )
    content = await reading(visit.context, export_file, exported, kind)
    return given(content, kind, file_name(exported.name, moments, visit.zone, end), moments)


@router.get("/register/{activity:path}")
@router.post("/register/{activity:path}")
async def show_activity(
    visit: Visiting, activity: Annotated[str, Path(max_length=1_000)]
) -> Response:
    """One activity, letter by letter, with all its versions."""
    asked = asked_of(visit, path=activity_url(activity))
    wanted = AskedOfRegister(activity=activity)
    moments = await reading(visit.context, seen, visit.context.ledger, asked)
    versions = await reading(
        visit.context, versions_of, visit.context.ledger, activity, moments.moment
    )
    if not versions:
        raise NotFound("activity: expected one that the register knew then, found none of this id")
    shown = await revealed(
        visit,
        moments.pinned(),
        question=question_of("/register", asked, [f"activity={activity}"]),
        rows=lambda: _records(visit, moments, wanted),
        count=len(versions),
    )
    found = await reading(visit.context, _read, visit, moments, wanted, shown.opening)

    def values() -> dict[str, Any]:
        told = [
            each
            for part in PARTS
            for each in told_part(found.now, found.before, part, visit.language)
        ]
        return {
            "told": told[0] if told else None,
            "name": told[0].title if told else activity,
            "activity": activity,
            "versions": versions[::-1],
            "what": lambda name: phrase(name, visit.language),
            "exports": (),
            **_common(visit, moments),
        }

    return await visit.show(
        "views/activity.html",
        **await reading(visit.context, values),
        status=shown.status,
        asking=shown.asking,
        is_opened=shown.opening is not None,
    )


def _common(visit: Visit, moments: Seen) -> dict[str, Any]:
    return {"seen": moments, "asked": moments.asked, "control": control_of(visit, moments)}


def _read(visit: Visit, moments: Seen, wanted: AskedOfRegister, opening: Opening | None) -> _Read:
    """Both registers; blocking."""

    def read(state: State) -> Register:
        return read_register(
            visit.context.ledger,
            state.moment,
            asked=wanted,
            as_known=state.truth.as_known,
            identities=opening,
        )

    return _Read(read(moments.now), None if moments.before is None else read(moments.before))


def _records(visit: Visit, moments: Seen, wanted: AskedOfRegister) -> Iterator[StoredRecord]:
    """The records whose people and words a page shows, each once."""
    ledger = visit.context.ledger
    told: dict[int, StoredRecord] = {}
    for state in (moments.before, moments.now):
        if state is not None:
            found = register_records(ledger, state.moment, wanted)
            told |= {int(each.index): each for each in found}
    yield from (told[index] for index in sorted(told))


def _asked_of_register(asked: Asked) -> AskedOfRegister:
    """Which part of the register is asked for."""
    typed = asked.filter("role")
    parts: tuple[Part, ...] = tuple(each for each in PARTS if typed in {None, each})
    if not parts:
        raise BadRequest(f"role: expected one of {', '.join(PARTS)}, found {typed!r}")
    return AskedOfRegister(parts, asked.filter("organisation"))


def _file_format(end: str) -> FileFormat:
    kind = SUFFIXES.get(f".{end}")
    if kind is None:
        ends = ", ".join(_ENDS.values())
        raise NotFound(f"file: expected export. and one of {ends}, found another")
    return kind


def _file(
    visit: Visit,
    register: Register,
    kind: FileFormat,
    wanted: AskedOfRegister,
    authority: Authority,
) -> bytes:
    """The content of a file; blocking."""
    calendar = ZoneInfo(visit.context.home.settings().zone)
    telling = Telling(language=visit.language, calendar=calendar, zone=visit.zone)
    parts = frozenset(wanted.parts)
    return register_file(register, kind, telling, authority=authority, parts=parts)


def _asked_authority(asked: Asked) -> Authority:
    typed = asked.filter(_COLUMNS) or "ap"
    known: tuple[Authority, ...] = get_args(Authority)
    for each in known:
        if typed == each:
            return each
    raise BadRequest(f"columns: expected one of {', '.join(known)}, found {typed!r}")


def _told_filters(asked: Asked) -> list[str]:
    """Roles and organisations name nobody."""
    return [f"{name}={value}" for name, value in asked.filters]
