"""What `--spark` asks for: the workers of a cluster, and what they are told of this log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cli.options import Decorated
from cli.output import note
from cli.progress import progress

if TYPE_CHECKING:
    from ledger.cluster.spark import Cluster
    from ledger.ledger import Ledger
    from ledger.levels import Trust
    from ledger.verification.findings import Report


def spark_option(text: str) -> Callable[[Decorated], Decorated]:
    """The option `--spark`, with what it does for a command."""
    return click.option("--spark", metavar="URL", help=text)


@contextmanager
def workers_at(url: str, purpose: str) -> "Iterator[Cluster]":
    """The workers of a Spark cluster, which takes a while to begin."""
    from ledger.cluster.spark import opened_cluster  # noqa: PLC0415 - an extra, and slow to import

    note(f"zegel: asking {url} for workers")
    with opened_cluster(url, purpose) as cluster:
        yield cluster


def verify_with_workers(
    ledger: "Ledger", trust: "Trust", url: str, *, sealed_only: bool, jobs: int
) -> "Report":
    """The report on a log whose archived records workers of a cluster check.

    Args:
        ledger: The log.
        trust: Its keys, and checkpoints that were kept elsewhere.
        url: Of the cluster.
        sealed_only: Workers reach neither database nor keys.
        jobs: How many processes of this machine check the records behind the archive.

    Raises:
        BadRequest: the log has no archive.
        StoreUnavailable: database, archive or cluster is out of reach.
    """
    from ledger.archive import open_archive  # noqa: PLC0415 - start time: see cli/app.py
    from ledger.cluster.verifying import Workers, verify_on_cluster  # noqa: PLC0415 - likewise
    from ledger.errors import BadRequest  # noqa: PLC0415 - likewise
    from ledger.store.archived import ArchivedTable  # noqa: PLC0415 - likewise

    place = ArchivedTable(ledger.log.engine, ledger.log.log_id).url()
    if place is None:
        raise BadRequest(
            "--spark: expected an archive, whose segments workers check, found none; "
            "`zegel archive --to URL` writes one"
        )
    archive = open_archive(place, ledger.origin, trust.terms)
    with (
        workers_at(url, "verify") as cluster,
        progress("verifying", ledger.head().size, "records") as advance,
    ):
        workers = Workers(cluster.answers, reach_database=not sealed_only)
        report = verify_on_cluster(ledger, trust, archive, workers, advance, jobs=jobs)
    if sealed_only:
        note(
            "zegel: of archived records the sealed bytes were checked; their personal values and "
            "the copies in the database were not: without --sealed-only workers check them too"
        )
    return report
