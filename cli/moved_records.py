"""What `zegel prune` and `zegel archive move` answer: what was decided, and what is done of it."""

from typing import Any

from cli.output import write_document, write_line
from cli.session import Session


def write_moved(
    done: str | None, undone: str, facts: dict[str, Any], form: str, session: Session
) -> None:
    """Writes the facts of a decision; for people below a line that says how far it is.

    Args:
        done: What was carried out, such as `moved: 65536 records`; `None` while nothing is.
        undone: What is said then.
        facts: Of the decision, as they are named in JSON.
        form: One of the forms of output.
        session: Gives the zone.
    """
    if form == "json":
        write_document(facts)
    elif form != "table":
        write_line(facts)
    else:
        from cli.rendering import draw_facts, draw_line  # noqa: PLC0415 - Rich is loaded only to draw

        if done is None:
            draw_line(undone, style="warning", mark="⚠")
        else:
            draw_line(done, style="good", mark="✓")
        draw_facts([(name.replace("_", " "), value) for name, value in facts.items()], session.zone)
