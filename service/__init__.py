"""The door for programs and browsers: intake, queries and proofs over HTTP."""
