"""What a review, or a question, is about: everything, a system, an organisation, a resource.

The words of a scope are `all`, `system/ID`, `organisation/ID`, or the name of a resource, which
stands for itself and all below it.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, false, or_, true

EVERYTHING: Final = "all"
OF_SYSTEM: Final = "system/"
OF_ORGANISATION: Final = "organisation/"


def in_scope(
    scope: str | None,
    resource: ColumnElement[Any],
    system: ColumnElement[Any],
    organisation: ColumnElement[Any],
) -> ColumnElement[bool]:
    """Whether rows are in a scope; none is, where nobody knows the scope.

    Args:
        scope: As above.
        resource: The column of the resource.
        system: The column of the system.
        organisation: The column of the organisation.
    """
    if scope is None:
        return false()
    if scope == EVERYTHING:
        return true()
    if scope.startswith(OF_SYSTEM):
        return system == scope.removeprefix(OF_SYSTEM)
    if scope.startswith(OF_ORGANISATION):
        return organisation == scope.removeprefix(OF_ORGANISATION)
    return or_(resource == scope, resource.startswith(f"{scope}/", autoescape=True))
