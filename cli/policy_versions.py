"""The two versions that a comparison is about: of files, or of the log at two moments."""

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

from cli.policy_text import stored_text
from cli.statement_source import statement_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from formats.statement_file import StatementFile
    from formats.statement_file.comparing import Version
    from ledger.ledger import Ledger
    from projections.statements import StandingStatement


def version_of_file(file: "StatementFile", texts: "Sequence[Path]" = ()) -> "Version":
    """What a statement file would publish, with its text if one of those given has its hash."""
    from formats.statement_file import publication_events  # noqa: PLC0415 - start time: see cli/app.py
    from formats.statement_file.comparing import Version  # noqa: PLC0415 - likewise
    from ledger.events.policy import PolicyPublished  # noqa: PLC0415 - likewise
    from ledger.events.promise import PromiseDeclared, PromiseParameterSet  # noqa: PLC0415 - likewise
    from ledger.units import utc_now  # noqa: PLC0415 - likewise

    events = publication_events(file, None, occurred_at=utc_now())
    found = (statement_text(path) for path in texts)
    wanted = file.statement.text_sha256
    return Version(
        policy=next(each for each in events if isinstance(each, PolicyPublished)),
        promises={each.promise_id: each for each in events if isinstance(each, PromiseDeclared)},
        settings={
            (each.promise_id, setting.name): setting
            for each in events
            if isinstance(each, PromiseParameterSet)
            for setting in each.params
        },
        text=next((each for each in found if sha256(each.encode()).hexdigest() == wanted), None),
    )


def version_of_log(
    ledger: "Ledger", statement: "StandingStatement", *, opens_text: bool, purpose: str | None
) -> "Version":
    """A version as it stood in the log, its words withheld.

    Args:
        ledger: The log.
        statement: The version.
        opens_text: Whether its text is opened, if it was kept; that is recorded.
        purpose: Why.
    """
    from formats.statement_file.comparing import Version  # noqa: PLC0415 - start time: see cli/app.py

    decisions = {}
    for each in statement.promises:
        if each.edition.reading is not None:
            decisions[each.event.promise_id, "reading"] = each.edition.reading
        if each.edition.waived_by is not None:
            until = each.waived_until
            said = f"until {until:%Y-%m-%dT%H:%M:%SZ}" if until else "without end"
            decisions[each.event.promise_id, "waived"] = said
    can_open = opens_text and statement.text_index is not None
    return Version(
        policy=statement.policy,
        promises={each.event.promise_id: each.event for each in statement.promises},
        settings={
            (each.event.promise_id, name): setting
            for each in statement.promises
            for name, setting, _ in each.parameters
            if setting is not None
        },
        decisions=decisions,
        text=stored_text(ledger, statement, purpose) if can_open else None,
    )


def after_publishing(ledger: "Ledger", before: "Version", published: "Version") -> "Version":
    """What would stand once a file is published.

    What was decided stays decided, what was set stays set, and for the same text no promise goes.
    """
    from formats.statement_file.recording import earlier_in  # noqa: PLC0415 - start time: see cli/app.py

    decided = earlier_in(ledger).decided
    kept = {place: setting for place, setting in before.settings.items() if place in decided}
    is_same = before.policy.text_sha256 == published.policy.text_sha256
    return replace(
        published,
        promises={**(before.promises if is_same else {}), **published.promises},
        settings={**before.settings, **published.settings, **kept},
        decisions=before.decisions,
    )
