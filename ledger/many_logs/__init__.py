"""Many logs of one home: sealing them all, and one log that holds the checkpoints of the others.

What an independent party says about the log of checkpoints it says, through the records there,
about every log whose checkpoints were collected: one time stamp, or one witness, covers all.
"""
