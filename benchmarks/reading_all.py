"""What walks over a whole log, each beside the least that any such walk could cost."""

from benchmarks import reading
from benchmarks.comparison import Comparison, constant
from benchmarks.histories import History
from benchmarks.measuring import Side, in_turns


def verify(log: History, name: str, rounds: int) -> Comparison:
    """Full verification on one core, beside reading the same rows and one SHA-256 each."""
    sides = [
        Side("Zegel: sealed records", constant(lambda: reading.verify_records(log.place))),
        Side("Zegel: records and disclosures", constant(lambda: reading.verify_all(log.place))),
        Side("same driver, rows and one SHA-256", constant(lambda: reading.rows_hashed(log.place))),
        Side(
            "the same, disclosures too",
            constant(lambda: reading.disclosures_hashed_too(log.place)),
        ),
    ]
    return Comparison(
        f"Full verification, {log.name}, {name}", "records/s", in_turns(sides, rounds)
    )


def verify_on_two_cores(log: History, name: str, rounds: int) -> Comparison:
    """Full verification by two processes, beside the one that starts none."""
    sides = [
        Side("Zegel: two cores", constant(lambda: reading.verify_on(log.place, 2))),
        Side("Zegel: one core", constant(lambda: reading.verify_on(log.place, 1))),
    ]
    return Comparison(
        f"Full verification on cores, {log.name}, {name}",
        "records/s",
        in_turns(sides, rounds),
    )


def rebuild(log: History, name: str, rounds: int) -> Comparison:
    """Rebuilding every view, beside reading and decoding the same records once."""
    sides = [
        Side("Zegel: rebuild of every view", constant(lambda: reading.rebuilt(log.place))),
        Side("reading and decoding once", constant(lambda: reading.decoded(log.place))),
    ]
    return Comparison(f"Rebuild of views, {log.name}, {name}", "records/s", in_turns(sides, rounds))
