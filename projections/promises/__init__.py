"""Whether promises of statements were kept: each judged by the rules in force at the event."""
