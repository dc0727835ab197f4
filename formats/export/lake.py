"""The folders of a data lake, as Amazon Security Lake lays out custom sources.

    ext/<source>/region=<region>/accountId=<account>/eventDay=<YYYYMMDD>/<first>-<last>.parquet

Files of a lake are written before the last record is known, so that whether all are there stands in
a file of its own, `_zegel.json`: readers of lakes pass over names that begin with `_`.

Source: Amazon Security Lake, "Collecting data from custom sources".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from formats.export.writing import Provenance, Records, Setting, closing_facts
from formats.json_form import encode_json

METADATA_KEY: Final = "zegel"
"""Under which a Parquet file says in its metadata where it is from."""
ENDING_FILE: Final = "_zegel.json"
LAKE_SETTINGS: Final[Mapping[str, Setting]] = {
    "source": Setting("zegel", "name of the source in a lake"),
    "region": Setting("local", "region of the lake"),
    "account": Setting("zegel", "account, or whatever tells this log from another"),
}
PARQUET_SETTINGS: Final[dict[str, Any]] = {
    "version": "2.6",
    "compression": "zstd",
    "compression_level": 3,
    "data_page_version": "1.0",
    "store_schema": False,
}


def lake_day(instant: datetime) -> str:
    """The day of an aware instant in UTC, as folders name it: `20260301`."""
    return f"{instant.astimezone(UTC):%Y%m%d}"


def lake_path(chosen: Mapping[str, str], source: str, day: str, first: int, last: int) -> str:
    """The path of a file with the records from one index to another.

    Args:
        chosen: The value of each of `LAKE_SETTINGS`.
        source: Below `ext/`.
        day: From `lake_day`.
        first: The lowest index in it.
        last: The highest index in it.
    """
    return "/".join(
        (
            f"ext/{source}",
            f"region={chosen['region']}",
            f"accountId={chosen['account']}",
            f"eventDay={day}",
            f"{first:012}-{last:012}.parquet",
        )
    )


def part_facts(provenance: Provenance, records: int) -> str:
    """What a file of a lake says of itself, as JSON."""
    return encode_json(
        {
            "origin": provenance.origin,
            "size": provenance.size,
            "root": provenance.root_hash.hex(),
            "question": provenance.question,
            "records": records,
            "ending": ENDING_FILE,
        }
    )


def ending_file(records: Records, provenance: Provenance) -> tuple[str, bytes]:
    """Path and content of the file that says how an export into a lake ended."""
    facts = encode_json(closing_facts(provenance, records.ending)).encode()
    return ENDING_FILE, msgspec.json.format(facts, indent=2) + b"\n"
