"""Evidence in the formats of C2SP: signed notes, checkpoints, tiles, proof and policy files. Pure.

Start at `checkpoint` (a tree head that a key has signed) or `policy` (which keys must sign);
`tile_proofs` makes proofs from tiles. Layout of what we write: `docs/reference/evidence.md`.

Invariants: bytes that came from elsewhere are `Unverified…` until a function here has checked them
against keys of the caller; what cannot be read is a `FormatError`, what does not hold is a
`VerificationError` with its verdict.
"""
