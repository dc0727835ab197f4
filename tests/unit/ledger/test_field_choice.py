"""Which fields are granted: those that were named, and a name that is none is refused."""

import pytest

from ledger.errors import BadRequest
from ledger.events import PLANS
from ledger.field_choice import EVERY_FIELD, NO_FIELD, FieldChoice, WithoutText


def test_a_field_is_granted_in_every_kind_and_a_kind_field_in_its_own() -> None:
    """A field would open where nobody granted it."""
    choice = FieldChoice.read(["actor, subjects/1"], ["access.granted:grantee"])
    assert choice.grants("consent.given.v1", "actor")
    assert choice.grants("access.granted.v1", "grantee")
    assert not choice.grants("access.revoked.v1", "grantee")
    assert not choice.grants("access.granted.v1", "justification")
    assert choice.grants("access.used.v1", "subjects/1")
    assert not choice.grants("access.used.v1", "subjects/0")
    assert str(choice) == "actor, subjects/1, access.granted:grantee"


def test_a_list_is_granted_by_its_name() -> None:
    """Of several data subjects one would stay closed by chance."""
    assert FieldChoice.read(["subjects"]).grants("access.used.v1", "subjects/3")


def test_nothing_chosen_grants_nothing_and_everything_all() -> None:
    """Without --field everything could leave the log."""
    assert not NO_FIELD
    assert not NO_FIELD.grants("access.used.v1", "actor")
    assert EVERY_FIELD.grants("of.a.later.version.v9", "whatever")


@pytest.mark.parametrize(
    ("fields", "kind_fields", "said"),
    [
        (["acter"], [], "did you mean actor"),
        (["dataset"], [], "personal field"),
        (["actor/x"], [], "actor/x"),
        ([], ["access.granted"], "KIND:FIELD"),
        ([], ["access.granted:"], "KIND:FIELD"),
        ([], ["access.grantet:actor"], "access.granted"),
        ([], ["access.granted:reviewer"], "reviewer"),
    ],
)
def test_what_is_no_personal_field_is_refused(
    fields: list[str], kind_fields: list[str], said: str
) -> None:
    """A typing error would look like a field that has no values."""
    with pytest.raises(BadRequest, match=said):
        FieldChoice.read(fields, kind_fields)


def test_without_text_no_words_are_granted() -> None:
    """Somebody named in a note would be in the copy of another."""
    choice = WithoutText()
    for kind, plan in PLANS.items():
        for field in plan.fields:
            assert choice.grants(kind, field.name) is (field.personal != "text")
    assert not choice.grants("of.a.later.version.v9", "actor")
