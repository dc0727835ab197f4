"""What anybody may check without login: checkpoint, tiles, proofs."""
