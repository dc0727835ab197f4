"""A served log with grants in two systems, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.context import Context
from tests.grants import grant
from tests.served import served_context

GRANTS = 12


@pytest.fixture
def served(tmp_path: Path, database_url: str) -> Iterator[Context]:
    """A log with twelve grants, every second one in the portal."""
    with served_context(tmp_path, database_url) as context:
        context.ledger.record_many(
            [
                grant(
                    grant_id=f"G-{number}",
                    system="portal" if number % 2 else "files",
                    grantee=f"person:p{number % 3}@example.nl",
                    occurred_at=f"2026-01-{number + 1:02}T10:00:00+01:00",
                )
                for number in range(GRANTS)
            ]
        )
        yield context
