"""Writes the JSON cases of this folder again: `python -m tests.vectors.generate`.

They are the same bytes each time, so a change of a format shows as a change of a file here.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tests.vectors.bundles import bundle_cases
from tests.vectors.encoding import Case, encode_group
from tests.vectors.notes import checkpoint_cases, key_cases, note_cases
from tests.vectors.proofs import policy_cases, proof_cases
from tests.vectors.records import chain_cases, disclosure_cases, record_cases
from tests.vectors.tiles import tile_cases
from tests.vectors.trees import consistency_cases, inclusion_cases, root_cases

FOLDER: Final = Path(__file__).resolve().parent


class Group(NamedTuple):
    """One file of cases."""

    about: str
    source: str
    cases: Callable[[], Iterator[Case]]


_FORMAT: Final = "docs/reference/format.md"

GROUPS: Final[Mapping[str, Group]] = {
    "records": Group("sealed records", f"{_FORMAT}, section 2", record_cases),
    "chains": Group("chains of records", f"{_FORMAT}, sections 3 and 8", chain_cases),
    "disclosures": Group("opened fields", "RFC 9901 section 4.2", disclosure_cases),
    "roots": Group("roots of trees", "RFC 6962 section 2.1", root_cases),
    "inclusion": Group("inclusion proofs", "RFC 9162 section 2.1.3.2", inclusion_cases),
    "consistency": Group("consistency proofs", "RFC 9162 section 2.1.4.2", consistency_cases),
    "keys": Group("verifier keys", "C2SP signed-note v1.0.0", key_cases),
    "notes": Group("signed notes", "C2SP signed-note v1.0.0, tlog-cosignature v1.0.1", note_cases),
    "checkpoints": Group("checkpoints", "C2SP tlog-checkpoint v1.0.0", checkpoint_cases),
    "proofs": Group("proof files", "C2SP tlog-proof, main branch of 2026-07", proof_cases),
    "policies": Group("policy files", "C2SP tlog-policy, main branch of 2026-07", policy_cases),
    "bundles": Group("bundles of evidence", "docs/reference/bundle.md", bundle_cases),
    "tiles": Group("tiles and entry bundles", "C2SP tlog-tiles v0.1.0", tile_cases),
}


def group_text(name: str) -> str:
    """The text of one file."""
    group = GROUPS[name]
    return encode_group(group.about, group.source, group.cases())


def main() -> None:
    """Writes every file."""
    for name in GROUPS:
        (FOLDER / f"{name}.json").write_text(group_text(name), "utf-8")


if __name__ == "__main__":
    main()
