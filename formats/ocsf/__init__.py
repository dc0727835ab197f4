"""OCSF 1.9, the Open Cybersecurity Schema Framework: out, in, and the chain over what goes out."""
