"""Anchors: independent parties say when they saw which checkpoint. No database, nothing blocks.

Start at `anchoring` (one checkpoint to all configured parties), `time_stamps` (verify a kept
RFC 3161 token) or `witnessing` (C2SP `add-checkpoint`).

Invariants: what comes from a party is untrusted until it was verified against keys or roots of the
caller; an answer is limited in time and length; anchoring reads stored checkpoints and holds no
lock, so that appending never waits for it.
"""
