"""What walks over a whole log, each beside the least that any such walk could cost."""

from benchmarks import reading
from benchmarks.comparison import Comparison, constant
from benchmarks.databases import Place
from benchmarks.measuring import Side, in_turns


def verify(place: Place, name: str, count: int, rounds: int) -> Comparison:
    """Full verification on one core, beside reading the same rows and one SHA-256 each."""
    sides = [
        Side("Zegel: sealed records", constant(lambda: reading.verify_records(place))),
        Side("Zegel: records and disclosures", constant(lambda: reading.verify_all(place))),
        Side("same driver, rows and one SHA-256", constant(lambda: reading.rows_hashed(place))),
    ]
    return Comparison(
        f"Full verification, {count:,} records, {name}", "records/s", in_turns(sides, rounds)
    )


def verify_on_two_cores(place: Place, name: str, count: int, rounds: int) -> Comparison:
    """Full verification by two processes, beside the one that starts none."""
    sides = [
        Side("Zegel: two cores", constant(lambda: reading.verify_on(place, 2))),
        Side("Zegel: one core", constant(lambda: reading.verify_on(place, 1))),
    ]
    return Comparison(
        f"Full verification on cores, {count:,} records, {name}",
        "records/s",
        in_turns(sides, rounds),
    )


def rebuild(place: Place, name: str, count: int, rounds: int) -> Comparison:
    """Rebuilding every view, beside reading and decoding the same records once."""
    sides = [
        Side("Zegel: rebuild of every view", constant(lambda: reading.rebuilt(place))),
        Side("reading and decoding once", constant(lambda: reading.decoded(place))),
    ]
    return Comparison(
        f"Rebuild of views, {count:,} records, {name}", "records/s", in_turns(sides, rounds)
    )
