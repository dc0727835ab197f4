"""What the log stands for: its newest checkpoint, its keys, and how anybody checks it."""
