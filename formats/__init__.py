"""The languages other systems speak, one file per foreign format: pure translation, no I/O."""
