"""What stands where a value was erased."""


def erased_words(event: int) -> str:
    """The words for an erased value; the event is the record that tells of the erasure."""
    return f"erased (by event {event})"
