"""Personal data beside the log: keys per subject, blind index, case map and encrypted disclosures.

Everything here can be erased without touching a sealed byte. Re-exports nothing.
"""
