"""Appends measured events through `eventsourcing_sqlalchemy`, and prints how long it took.

It runs in an environment of its own: that package refuses the SQLAlchemy that Zegel uses.
Usage: URL COUNT.
"""

import json
import sys
from time import perf_counter
from typing import Any
from uuid import UUID  # noqa: TC003 - the library reads the annotation

from eventsourcing.application import Application

from benchmarks.fields import library_batches


def main(url: str, count: int) -> None:
    """Appends so many events in batches of 1,000 and prints items and seconds as JSON."""
    environment = {"PERSISTENCE_MODULE": "eventsourcing_sqlalchemy", "SQLALCHEMY_URL": url}
    application: Application[UUID] = Application(env=environment)
    seconds = 0.0
    for batch in library_batches(count):
        events: list[Any] = list(batch)
        started = perf_counter()
        application.save(*events)
        seconds += perf_counter() - started
    print(json.dumps({"items": count, "seconds": seconds}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
