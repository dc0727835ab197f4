"""Checks the tiles and entry bundles of a mirror against a verified checkpoint.

Every hash tile of the tree must be there, and lead to the tile above it and to the signed root; of
a log that was pruned, those of level 0 below its minimum index may be left out.
Then the entry bundles that are there are hashed again, record by record: leaf, place and link.

Source: C2SP tlog-tiles v0.1.0.
"""

from collections.abc import Callable, Iterable, Sequence

from ledger.errors import BadRequest, FormatError, VerificationError
from ledger.notes.checkpoint import VerifiedCheckpoint
from ledger.notes.entry_bundles import decode_bundle
from ledger.notes.tile_paths import decode_path, encode_path
from ledger.notes.tile_proofs import root_from_tiles
from ledger.notes.tiles import (
    TILE_WIDTH,
    BundleId,
    TileId,
    decode_tile,
    is_pruned,
    tile_at,
    tile_root,
    tiles_of,
)
from ledger.record import NO_PREVIOUS, leaf_hash
from ledger.units import Hash32, Size
from ledger.verdicts import Verdict
from ledger.verification.error_findings import finding_of
from ledger.verification.findings import Finding, FindingLog
from ledger.verification.sealed_chain import check_previous, read_at

_LARGEST_SIZE = 2**34
"""Tiles of a larger log do not fit a bundle; a size beyond it would only keep us busy."""


class MirrorCheck:
    """One run over the tiles of one bundle."""

    def __init__(
        self,
        read: Callable[[str], bytes],
        checkpoint: VerifiedCheckpoint,
        findings: FindingLog,
        minimum: int = 0,
    ) -> None:
        """Takes `read`, which raises `KeyError` for a file that is not there.

        Args:
            read: Gives files by path.
            checkpoint: What they must lead to.
            findings: Where faults go.
            minimum: The records below this index were pruned.
        """
        self._read = read
        self._checkpoint = checkpoint
        self._findings = findings
        self._minimum = minimum
        self.tiles_checked = 0
        self.entries_checked = 0

    def check(self, paths: Iterable[str]) -> None:
        """Checks every tile of the tree, and each entry bundle among these paths."""
        size = self._checkpoint.size
        if size > _LARGEST_SIZE:
            self._note("TILE_MISMATCH", None, "tile", f"a size up to {_LARGEST_SIZE}", str(size))
            return
        found_all = True
        for tile in tiles_of(size):
            if is_pruned(tile, self._minimum):
                continue
            found_all &= self._check_tile(tile, size)
            if not found_all and self._findings.counts["MISSING"] > TILE_WIDTH:
                return  # not the tiles of this tree at all
        if found_all:
            self._check_root(size)
        if self._findings.counts["TILE_MISMATCH"] or not found_all:
            return  # against wrong tiles every entry would look wrong
        for path in paths:
            if path.startswith("tile/entries/"):
                self._check_entries(path, size)

    def _check_tile(self, tile: TileId, size: Size) -> bool:
        path = encode_path(tile)
        try:
            found = tile_root(tile, self._read(path))
            if tile.is_full:
                above = self._hashes(tile_at(tile.level + 1, tile.index // TILE_WIDTH, size))
                self._compare(tile, above[tile.index % TILE_WIDTH], found)
        except KeyError:
            self._note("MISSING", tile.first_leaf, path, "a tile", "none")
            return False
        except VerificationError as error:
            self._findings.add(finding_of(error, path))
            return False
        self.tiles_checked += 1
        return True

    def _compare(self, tile: TileId, above: Hash32, found: Hash32) -> None:
        if above != found:
            last = tile.first_leaf + tile.leaf_count - 1
            self._findings.add(
                Finding(
                    *("TILE_MISMATCH", tile.first_leaf, encode_path(tile)),
                    *(f"the hash above it {above.hex()}", found.hex(), last),
                )
            )

    def _check_root(self, size: Size) -> None:
        root = root_from_tiles(size, lambda tile: self._read(encode_path(tile)))
        if root != self._checkpoint.root:
            self._note("TILE_MISMATCH", None, "tile", self._checkpoint.root.hex(), root.hex())

    def _check_entries(self, path: str, size: Size) -> None:
        try:
            bundle = decode_path(path)
            if not isinstance(bundle, BundleId):
                return
            hashes = self._hashes(tile_at(0, bundle.index, size))
            entries = decode_bundle(bundle, self._read(path))
            if len(entries) != len(hashes):
                self._note(
                    *("TILE_MISMATCH", bundle.first_leaf, path),
                    *(f"{len(hashes)} entries", str(len(entries))),
                )
                return
            self._check_each(entries, hashes, bundle, size)
        except KeyError:
            self._note("MISSING", None, path, "a file", "none")
        except BadRequest as error:  # the tree has no such tile
            self._note("INSERTED", None, path, "an entry bundle of the tree", str(error))
        except (VerificationError, FormatError) as error:
            self._findings.add(finding_of(error, path))

    def _check_each(
        self, entries: Sequence[bytes], hashes: Sequence[Hash32], bundle: BundleId, size: Size
    ) -> None:
        before = self._leaf_before(bundle, size)
        for index, (entry, leaf) in enumerate(zip(entries, hashes, strict=True), bundle.first_leaf):
            try:
                if (found := leaf_hash(entry)) != leaf:
                    message = f"entry: expected leaf hash {leaf.hex()}, found {found.hex()}"
                    raise VerificationError("MODIFIED", index, message)  # noqa: TRY301 - a finding like the others
                record = read_at(entry, index, self._checkpoint.origin)
                if before is not None:
                    check_previous(record, before)
                self.entries_checked += 1
            except VerificationError as error:
                self._findings.add(finding_of(error, encode_path(bundle), index))
            before = leaf

    def _leaf_before(self, bundle: BundleId, size: Size) -> Hash32 | None:
        """The leaf hash before a bundle; `None` where it was pruned."""
        if bundle.index == 0:
            return NO_PREVIOUS
        tile = tile_at(0, bundle.index - 1, size)
        return None if is_pruned(tile, self._minimum) else self._hashes(tile)[-1]

    def _hashes(self, tile: TileId) -> tuple[Hash32, ...]:
        return decode_tile(tile, self._read(encode_path(tile)))

    def _note(
        self, verdict: Verdict, index: int | None, place: str, expected: str, found: str
    ) -> None:
        self._findings.add(Finding(verdict, index, place, expected, found))
