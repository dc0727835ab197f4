"""`zegel watch`: sources that go on and on, from where they write to durable in the log."""
