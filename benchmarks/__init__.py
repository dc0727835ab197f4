"""Speed of Zegel beside its counterparts: `make bench`."""
