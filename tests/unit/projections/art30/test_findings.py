"""What the register lacks is named with its letter, and nothing else is."""

from typing import Any

import pytest
from msgspec.structs import replace

from ledger.events.parties import Party
from ledger.events.register import RetentionTerm, SubjectCategory, Transfer
from projections.art30.content import Activity, Organisation, Purpose, Register
from projections.art30.findings import findings
from tests.registers import CUSTOMERS, HOSTING, ORGANISATIONS, WHOLE


def _reasons(activity: Activity, **changed: object) -> set[tuple[str, str, str | None]]:
    register = replace(WHOLE, activities=(replace(activity, **changed),))
    return {(found.letter, found.reason, found.about) for found in findings(register)}


def _new(activity: Activity, **changed: object) -> set[tuple[str, str, str | None]]:
    """The findings that a change brings, as against the activity as it is."""
    return _reasons(activity, **changed) - _reasons(activity)


def test_a_register_with_every_field_lacks_nothing_that_is_owed() -> None:
    """A full register would be called incomplete."""
    register = replace(WHOLE, activities=(CUSTOMERS,))
    assert [found.reason for found in findings(register) if found.weight == "missing"] == []


@pytest.mark.parametrize(
    ("changed", "letter", "reason", "about"),
    [
        ({"organisation": None}, "30(1)(a)", "no-controller", None),
        ({"organisation": "bolt"}, "30(1)(a)", "no-name", "bolt"),
        ({"contacts": (), "organisation": "bolt"}, "30(1)(a)", "no-contact", "bolt"),
        ({"role": "joint", "controllers": ()}, "30(1)(a)", "no-joint-controller", None),
        ({"officer": None, "organisation": "bolt"}, "30(1)(a)", "no-officer", None),
        ({"purposes": ()}, "30(1)(b)", "no-purpose", None),
        (
            {"purposes": (Purpose(id="x", text="why"),)},
            "30(1)(b)",
            "purpose-without-basis",
            "x",
        ),
        (
            {"purposes": (Purpose(id="x", legal_basis="consent"),)},
            "30(1)(b)",
            "purpose-without-words",
            "x",
        ),
        ({"categories": ()}, "30(1)(c)", "no-categories", None),
        (
            {"categories": (SubjectCategory(subject_category="staff"),)},
            "30(1)(c)",
            "no-data-categories",
            "staff",
        ),
        ({"recipients": ()}, "30(1)(d)", "no-recipients", None),
        ({"transfers": (Transfer(),)}, "30(1)(e)", "transfer-without-place", None),
        ({"transfers": (Transfer(country="US"),)}, "30(1)(e)", "transfer-without-mechanism", "US"),
        (
            {"transfers": (Transfer(country="US", mechanism="compelling-interests"),)},
            "30(1)(e)",
            "safeguards-without-document",
            "US",
        ),
        (
            {"recipients": (Party(role="processor", organisation="far", country="IN"),)},
            "30(1)(e)",
            "recipient-without-transfer",
            "far (IN)",
        ),
        ({"retention": ()}, "30(1)(f)", "no-time-limit-for", "name"),
        (
            {"retention": (RetentionTerm(category="name"),)},
            "30(1)(f)",
            "limit-without-period",
            "name",
        ),
        ({"retention": (), "categories": ()}, "30(1)(f)", "no-time-limits", None),
        ({"measures": ()}, "30(1)(g)", "no-measures", None),
    ],
)
def test_each_field_of_a_controller_is_missed(
    changed: dict[str, Any], letter: str, reason: str, about: str | None
) -> None:
    """A field of art. 30(1) could be empty, and nobody would be told."""
    assert (letter, reason, about) in _new(CUSTOMERS, **changed)


@pytest.mark.parametrize(
    ("changed", "letter", "reason", "about"),
    [
        ({"organisation": None}, "30(2)(a)", "no-processor", None),
        ({"controllers": ()}, "30(2)(a)", "no-controller-served", None),
        ({"purposes": (), "categories": ()}, "30(2)(b)", "no-processing", None),
        ({"transfers": (Transfer(country="US"),)}, "30(2)(c)", "transfer-without-mechanism", "US"),
        ({"measures": ()}, "30(2)(d)", "no-measures", None),
    ],
)
def test_each_field_of_a_processor_is_missed(
    changed: dict[str, Any], letter: str, reason: str, about: str | None
) -> None:
    """A field of art. 30(2) could be empty, and nobody would be told."""
    assert (letter, reason, about) in _new(HOSTING, **changed)


def test_each_controller_served_needs_contact_details() -> None:
    """The processor's register would name a controller whom nobody can reach."""
    assert ("30(2)(a)", "no-contact", "school") in _reasons(HOSTING)
    assert ("30(2)(a)", "no-contact", "library") not in _reasons(HOSTING)


def test_a_processor_is_not_asked_what_only_a_controller_owes() -> None:
    """A processor would be asked for a legal basis and for time limits."""
    letters = {letter for letter, _, _ in _reasons(HOSTING, retention=(), recipients=())}
    assert letters <= {"30(2)(a)", "30(2)(b)", "30(2)(c)", "30(2)(d)"}


def test_whoever_is_outside_the_eea_needs_a_representative() -> None:
    """A controller abroad would seem to need nobody in the Union."""
    abroad = Organisation(organisation="acme", country="US", legal_name="A", contact="c", index=0)
    activity = replace(CUSTOMERS, controllers=())
    register = Register(standing=WHOLE.standing, organisations=(abroad,), activities=(activity,))
    assert [each.about for each in findings(register) if each.reason == "no-representative"] == [
        "US"
    ]
    near = replace(register, organisations=(replace(abroad, country="NL"),))
    assert not [each for each in findings(near) if each.reason == "no-representative"]


def test_a_recipient_abroad_is_known_by_its_organisation() -> None:
    """A transfer would go unseen when the country stands with the organisation only."""
    far = Organisation(organisation="far", country="IN", index=9)
    register = replace(
        WHOLE,
        organisations=(*ORGANISATIONS, far),
        activities=(replace(CUSTOMERS, recipients=(Party(role="host", organisation="far"),)),),
    )
    assert "far (IN)" in {each.about for each in findings(register)}
