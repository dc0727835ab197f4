"""Which unblock ended which block, in the order in which things happened.

Records come in the order of recording, and one file may be read after another: an unblock may be
recorded before its block. Both belong to one case, which an address may be blocked in again and
again. Source: `projections.blocks`, which tells the same of the whole history.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from formats.export.stix_objects import Block


class End(NamedTuple):
    """One unblock."""

    at: datetime
    """In the world, aware."""
    record_index: int
    """Of its record: of what happened at one instant, the later record is the later one."""
    recorded_at: datetime


class Cases:
    """The blocks and unblocks of every case, as far as the records told of them."""

    def __init__(self) -> None:
        self._blocks: defaultdict[str, list[Block]] = defaultdict(list)
        self._ends: defaultdict[str, list[End]] = defaultdict(list)
        self.unblocks_without_block = 0
        """How many unblocks ended none of the blocks; known once `ended` has given all."""

    def __len__(self) -> int:
        """How many blocks there are."""
        return sum(map(len, self._blocks.values()))

    def begin(self, case: str, block: Block) -> None:
        """Takes in a block."""
        self._blocks[case].append(block)

    def end(self, case: str, end: End) -> None:
        """Takes in an unblock."""
        self._ends[case].append(end)

    def ended(self) -> list[Block]:
        """Every block with its end, where there is one, in the order of their records."""
        found = [block for case in self._blocks for block in self._ended(case)]
        self.unblocks_without_block += sum(
            len(ends) for case, ends in self._ends.items() if case not in self._blocks
        )
        return sorted(found, key=lambda block: block.index)

    def _ended(self, case: str) -> Iterator[Block]:
        blocks = sorted(self._blocks[case], key=_begun)
        ends = sorted(self._ends.get(case, ()))
        self.unblocks_without_block += sum(end[:2] < _begun(blocks[0]) for end in ends)
        following = [*blocks[1:], None]
        for block, after in zip(blocks, following, strict=True):
            end = next((end for end in ends if end[:2] > _begun(block)), None)
            if end is None or _ran_out(block, after, end):
                yield block
            else:
                yield replace(block, ended_at=end.at, end_recorded_at=end.recorded_at)


def _begun(block: Block) -> tuple[datetime, int]:
    return block.blocked_at, block.index


def _ran_out(block: Block, after: Block | None, end: End) -> bool:
    """Whether a block was over by itself before the one after it, which the unblock ended."""
    if block.until is None or after is None:
        return False
    return block.until <= after.blocked_at <= end.at
