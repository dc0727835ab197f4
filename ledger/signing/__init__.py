"""The signer: a role of its own that says what the log is, and never says anything else later.

Start at `signer`. Its keys and its memory (`signer_state`) lie outside the database, so that who
holds the database cannot make it forget.
"""
