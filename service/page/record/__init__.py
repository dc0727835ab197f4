"""One record: what happened, how it is sealed, and the proof that the reader's browser verifies."""
