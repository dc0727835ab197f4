"""The register of art. 30, read from a log on either database."""

import pytest

from ledger.erasure.terms import ErasedPlace
from ledger.evidence import Reading
from ledger.ledger import Ledger
from ledger.personal import WITHHELD
from ledger.query import EventQuery
from ledger.units import Size
from projections.agreements import ARTICLE_28
from projections.art30.content import Part, Register, controllers_served
from projections.art30.reading import Asked, read_register, register_records
from projections.art30.versions import resolve, versions_of
from projections.cases.reading import Moment, moment_of
from projections.erasing import erase_disclosures, erase_subject
from tests.histories import day, event, told
from tests.roles import AUDITOR, give_every_role

CUSTOMERS = "urn:activity:customers"
HOSTING = "urn:activity:hosting"
DPO = "person:dpo@acme.example"
READING = Reading(AUDITOR, "audit")


def _filled(ledger: Ledger) -> list[int]:
    """A controller and processor with an officer, an agreement and a sub-processor."""
    entry = {"processing_activity_id": CUSTOMERS, "role": "controller", "organisation": "acme"}
    agreement = {"agreement_id": "VO-1", "sub_processor": "hosted"}
    told(
        ledger,
        event(
            "organisation.registered",
            0,
            organisation="acme",
            country="NL",
            legal_name="Acme B.V.",
            contact="Main street 1",
        ),
        event("organisation.registered", 0, organisation="nobody"),
        event(
            "dpo.designated", 1, organisation="acme", officer=DPO, effective_from=day(3).isoformat()
        ),
        event(
            "processing_activity.registered",
            2,
            **entry,
            name="Customer service",
            purposes=[{"id": "service", "legal_basis": "contract"}],
            purpose_texts=["To answer"],
        ),
        event(
            "processing_activity.amended",
            6,
            **entry,
            name="Service",
            purposes=[{"id": "service", "legal_basis": "consent"}],
            recipients=[{"role": "processor", "organisation": "xential"}],
        ),
        event(
            "processing_activity.registered",
            4,
            processing_activity_id=HOSTING,
            role="processor",
            organisation="acme",
            controllers=[{"role": "controller", "organisation": "library"}],
        ),
        event(
            "dpa.concluded",
            2,
            agreement_id="VO-1",
            agreement_kind="controller-processor",
            parties=[{"role": "processor", "organisation": "xential"}],
            items=["audits"],
            breach_notice_within="PT24H",
            sub_processor_consent="general",
        ),
        event("sub_processor.proposed", 3, **agreement, objection_due=day(5).isoformat()),
        event("sub_processor.engaged", 6, **agreement, effective_from=day(7).isoformat()),
    )
    return [0, 1, 2, 3, 4, 5, 6, 7, 8]


def _opened(ledger: Ledger, moment: Moment) -> Register:
    opening = ledger.record_reading(READING, "register", register_records(ledger, moment))
    return read_register(ledger, moment, identities=opening)


def test_the_register_of_a_date_has_both_parts(ledger: Ledger) -> None:
    """An authority would see what is processed now, or one half of it."""
    _filled(ledger)
    before = read_register(ledger, moment_of(ledger, day(2.5)))
    assert [(each.activity, each.version) for each in before.activities] == [(CUSTOMERS, 1)]
    assert (before.officers, before.sub_processors) == ((), ())
    register = read_register(ledger, moment_of(ledger, day(8)))
    assert [each.activity for each in register.of_part("controller")] == [CUSTOMERS]
    assert [each.version for each in register.of_part("controller")] == [2]
    (served,) = controllers_served(register)
    assert (served.processor, served.controller.organisation) == ("acme", "library")
    assert [each.activity for each in served.activities] == [HOSTING]
    assert [each.index for each in register.officers] == [2]
    # Of organisations only those that the register names.
    assert [each.organisation for each in register.organisations] == ["acme"]
    assert register.standing.known_size == 9


def test_what_was_known_then_is_shown_as_it_was_known(ledger: Ledger) -> None:
    """A register of last year would tell what was learned since."""
    _filled(ledger)
    known = Moment(day(8), Size(4))
    register = read_register(ledger, known)
    assert [(each.activity, each.version) for each in register.activities] == [(CUSTOMERS, 1)]
    assert register.agreements == ()


def test_words_and_people_are_withheld_until_a_reading_is_recorded(ledger: Ledger) -> None:
    """Names and contacts would be shown to anybody, and nobody would know."""
    _filled(ledger)
    give_every_role(ledger)
    moment = moment_of(ledger, day(8))
    closed = read_register(ledger, moment)
    activity = closed.of_part("controller")[0]
    assert (activity.name, closed.organisations[0].contact) == (WITHHELD, WITHHELD)
    assert closed.officers[0].officer != DPO
    assert closed.agreements[0].reference is None
    assert not closed.standing.opened
    opened = _opened(ledger, moment)
    activity = opened.of_part("controller")[0]
    assert (activity.name, opened.organisations[0].contact) == ("Service", "Main street 1")
    assert (opened.officers[0].officer, opened.agreements[0].reference) == (DPO, "VO-1")
    assert opened.standing.opened
    (read,) = list(ledger.read(EventQuery(kinds=("log.read.v1",))))
    assert read.event is not None


def test_an_agreement_tells_what_it_lacks_and_a_sub_processor_by_what_right(ledger: Ledger) -> None:
    """Nobody would see that a processor works under half an agreement, or without leave."""
    _filled(ledger)
    register = read_register(ledger, moment_of(ledger, day(8)))
    (agreement,), (sub_processor,) = register.agreements, register.sub_processors
    assert agreement.items == ("audits",)
    assert agreement.missing == tuple(item for item in ARTICLE_28 if item != "audits")
    assert (sub_processor.status, sub_processor.authorisation) == ("engaged", "general consent")
    earlier = read_register(ledger, moment_of(ledger, day(4)))
    assert [each.authorisation for each in earlier.sub_processors] == ["waiting"]


@pytest.mark.parametrize(
    ("approved", "engaged", "authorisation"),
    [(3, 4, "approved"), (3, 3, "approved"), (4, 3, "approved late")],
)
def test_an_approval_after_the_work_began_is_late(
    ledger: Ledger, approved: int, engaged: int, authorisation: str
) -> None:
    """A sub-processor that worked without leave for months would look as good as the others."""
    about = {"agreement_id": "VO-1", "sub_processor": "mailhulp", "processor": "ingressus"}
    told(
        ledger,
        event("sub_processor.approved", approved, **about),
        event("sub_processor.engaged", engaged, **about),
    )
    register = read_register(ledger, moment_of(ledger, day(8)))
    assert [each.authorisation for each in register.sub_processors] == [authorisation]


def test_only_the_part_that_is_asked_for_is_read(ledger: Ledger) -> None:
    """Somebody who hands over one register would hand over both."""
    _filled(ledger)
    moment = moment_of(ledger, day(8))
    parts: tuple[Part, ...] = ("processor",)
    only = read_register(ledger, moment, asked=Asked(parts))
    assert [each.activity for each in only.activities] == [HOSTING]
    other = read_register(ledger, moment, asked=Asked(organisation="bolt"))
    assert (other.activities, other.agreements) == ((), ())


def test_who_was_erased_is_gone_from_the_register(ledger: Ledger) -> None:
    """The register would go on naming somebody whose data were erased."""
    _filled(ledger)
    give_every_role(ledger)
    moment = moment_of(ledger, day(8))
    erase_subject(ledger, DPO, requested_by=AUDITOR)
    assert _opened(ledger, moment).officers[0].officer == WITHHELD
    found = ledger.log.disclosures_of([4])
    doomed = [ErasedPlace(each.index, each.subject_id) for each in found[4]]
    erase_disclosures(ledger, doomed, rule_id="words")
    activity = _opened(ledger, moment).of_part("controller")[0]
    assert (activity.name, activity.version) == (WITHHELD, 2)
    assert activity.purposes[0].legal_basis == "consent"


def test_an_activity_and_a_time_mean_one_version(ledger: Ledger) -> None:
    """A log line could mean two entries of the register, or none that it should."""
    _filled(ledger)
    told(ledger, event("processing_activity.retired", 9, processing_activity_id=CUSTOMERS))
    late = {"processing_activity_id": CUSTOMERS, "role": "controller", "organisation": "acme"}
    told(ledger, event("processing_activity.amended", 4, **late))

    def version(on: float) -> int | None:
        found = resolve(ledger, CUSTOMERS, moment_of(ledger, day(on))).version
        return None if found is None else found.version

    assert [version(on) for on in (1, 2, 3, 4, 5, 6, 8, 9)] == [None, 1, 1, 4, 4, 2, 2, None]
    reasons = [resolve(ledger, CUSTOMERS, moment_of(ledger, day(on))).reason for on in (1, 9)]
    assert reasons == ["its first version was not in force yet", "it was retired"]
    unknown = resolve(ledger, "urn:activity:none", moment_of(ledger))
    assert unknown.reason == "the register does not know this activity"
    versions = versions_of(ledger, CUSTOMERS, moment_of(ledger))
    assert [(each.version, each.index, each.what) for each in versions] == [
        (1, 3, "registered"),
        (2, 4, "amended"),
        (3, 9, "retired"),
        (4, 10, "amended"),
    ]


def test_a_version_that_was_taken_back_keeps_its_number(ledger: Ledger) -> None:
    """A number that stands in a log line would mean another version after a correction."""
    _filled(ledger)
    (wrong,) = [row.event_id for row in ledger.log.records_at([4])]
    told(
        ledger,
        event("log.correction_recorded", 7, corrected_event_id=str(wrong)),
        event(
            "processing_activity.amended", 8, processing_activity_id=CUSTOMERS, role="controller"
        ),
    )
    versions = versions_of(ledger, CUSTOMERS, moment_of(ledger))
    assert [(each.version, each.taken_back_by) for each in versions] == [
        (1, None),
        (2, 9),
        (3, None),
    ]
    assert versions[1].in_force == ()
    found = resolve(ledger, CUSTOMERS, moment_of(ledger, day(7))).version
    assert found is not None
    assert found.version == 1
