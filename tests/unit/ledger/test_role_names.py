"""What roles are called and what they imply."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from ledger.role_names import (
    ROLES,
    SERVICE_ROLES,
    AnyRole,
    Role,
    ServiceRole,
    about_identities,
    in_order,
    of_service,
)

_SOME = st.frozensets(st.sampled_from([*ROLES, *SERVICE_ROLES]))


def test_every_role_is_explained() -> None:
    """A role would be given that nobody can say the meaning of."""
    assert tuple(ROLES) == get_args(Role)
    assert tuple(SERVICE_ROLES) == get_args(ServiceRole)
    assert not set(ROLES) & set(SERVICE_ROLES)


def test_each_role_of_the_service_implies_what_it_needs() -> None:
    """Somebody could see identities, or give roles, by a role that is not meant for it."""
    assert {role: about_identities({role}) for role in SERVICE_ROLES} == {
        "recorder": set(),
        "reader": set(),
        "investigator": {"resolve"},
        "dpo": {"resolve", "export", "erase", "hold", "decide"},
        "auditor": set(),
        "admin": {"administer"},
    }


@given(_SOME, _SOME)
def test_roles_add_up(some: frozenset[AnyRole], more: frozenset[AnyRole]) -> None:
    """Two grants would give another sum than their parts."""
    assert about_identities(some | more) == about_identities(some) | about_identities(more)
    assert of_service(some | more) == of_service(some) | of_service(more)
    assert set(in_order(some)) == some


def test_words_that_are_no_roles_are_none() -> None:
    """A grant of the log with a word of a later version would give a role of this one."""
    assert in_order(["sleep", "reader", "resolve", "reader"]) == ("resolve", "reader")
