"""Speed against the counterparts, both sides in one run: ``make bench``."""
