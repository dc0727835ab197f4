"""Archives of pruned records as a source of history: verified, then read like the log itself."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cli.bundle_reading import open_bundle
from ledger.archived_records import ArchivedRecords, OpenArchive
from ledger.errors import BadRequest, VerificationError
from ledger.notes.policy import Policy, PolicyLog
from ledger.verification.bundle_check import check_bundle

if TYPE_CHECKING:
    from ledger.ledger import Ledger
    from ledger.notes.checkpoint import KeyTerm


@contextmanager
def with_archives(
    ledger: "Ledger", terms: "Sequence[KeyTerm]", paths: Sequence[Path]
) -> Iterator[None]:
    """While this is open, the log reads pruned records from these archives.

    Args:
        ledger: The log.
        terms: Its keys, under which the archives are verified.
        paths: Folders or zip files that `zegel prune` wrote.

    Raises:
        BadRequest: one is no archive of this log.
        VerificationError: one does not verify.
        RecordsPruned: they do not hold every pruned record.
    """
    policy = Policy(tuple(PolicyLog(term.key) for term in terms))
    with ExitStack() as stack:
        archives = []
        for path in paths:
            files = stack.enter_context(open_bundle(path))
            report = check_bundle(files.read, policy, terms=terms, present=files.paths)
            if report.outcome == "broken":
                raise VerificationError("MODIFIED", None, f"{path}: {report.first_fault}")
            manifest = report.manifest
            if manifest is None or not manifest.archived_until:
                raise BadRequest(
                    f"{path}: expected an archive of pruned records, found another bundle"
                )
            if manifest.origin != ledger.origin:
                raise BadRequest(
                    f"{path}: expected records of {ledger.origin}, found {manifest.origin}"
                )
            archives.append(
                OpenArchive(manifest.minimum_index, manifest.archived_until, files.read)
            )
        minimum = ledger.log.beginning().frontier.size
        ledger.log.archive = ArchivedRecords(archives, minimum)
        try:
            yield
        finally:
            ledger.log.archive = None
