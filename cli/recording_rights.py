"""Whether the account of this process may record what decides what is kept, erased or judged."""

from typing import TYPE_CHECKING

from cli.reader import authorise
from ledger.errors import NotAuthorised
from ledger.recording_roles import roles_to_record

if TYPE_CHECKING:
    from ledger.events import Event
    from ledger.ledger import Ledger
    from ledger.role_names import Role


class RecordingRights:
    """What one command found out about the roles of its account, asked once for each role."""

    def __init__(self, ledger: "Ledger") -> None:
        """Asks nothing yet: most commands record nothing that needs a role."""
        self._ledger = ledger
        self._answers: dict[Role, NotAuthorised | None] = {}

    def refusal(self, event: "Event") -> NotAuthorised | None:
        """Why the account may not record an event; `None` if it may. The attempt is recorded."""
        for role in sorted(roles_to_record(self._ledger.log, event)):
            if role not in self._answers:
                self._answers[role] = self._asked(role)
            if self._answers[role] is not None:
                return self._answers[role]
        return None

    def _asked(self, role: "Role") -> NotAuthorised | None:
        try:
            authorise(self._ledger, role)
        except NotAuthorised as error:
            return error
        return None
