"""The address of the next page: the same question with another cursor.

Source: RFC 8288 §3 (`Link`, relation `next`).
"""

from urllib.parse import urlencode

from starlette.requests import Request


def next_link(request: Request, cursor: str) -> str:
    """The address of the page after this one, relative to this one.

    Relative, because a proxy may serve the log under another name and path.
    """
    kept = [pair for pair in request.query_params.multi_items() if pair[0] != "cursor"]
    return f"?{urlencode([*kept, ('cursor', cursor)])}"
