"""Many writers at once, in a process of their own, that send to a service which may die any moment.

Each writer sends one event at a time under an id of its own. Every second writer insists: it sends
the same event again until it is acknowledged. The others give up at the first failure, so that what
was never acknowledged is there as well.

As a command: ``python -m tests.killed_writers URL KEY PREFIX WRITERS EVENTS``. It says on standard
output, one JSON object per line, what was acknowledged (with its receipt) and what was given up.
"""

import http.client
import json
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

MEDIA_TYPE: Final = "application/cloudevents+json"
ANSWER_S: Final = 30
PAUSE_S: Final = 0.05
GIVEN_UP_PAUSE_S: Final = 1.0
"""Who gives up goes on a little later, so that not all is given up while the service starts."""
GIVES_UP_S: Final = 600.0
_NAMESPACE: Final = uuid.UUID("0d6c3a52-7c58-4b0e-9f58-6f2f6f8e6a01")


def event_id(prefix: str, writer: int, number: int) -> uuid.UUID:
    """The id of one event; the same in every run with the same prefix."""
    return uuid.uuid5(_NAMESPACE, f"{prefix} {writer} {number}")


def event_of(prefix: str, writer: int, number: int) -> bytes:
    """One CloudEvent whose id the log keeps."""
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(event_id(prefix, writer, number)),
            "source": "zegel:writers",
            "type": "ip.recorded",
            "time": "2026-11-01T12:00:00Z",
            "data": {"ip": f"ip:10.{writer // 250}.{writer % 250}.{number % 250}"},
        }
    ).encode()


class Writer:
    """Sends its events, one after the other, over a connection that it opens again when lost."""

    def __init__(self, url: str, key: str, prefix: str, number: int) -> None:
        self._address = urlsplit(url)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": MEDIA_TYPE}
        self._prefix = prefix
        self._number = number
        self._insists = number % 2 == 0
        self._connection: http.client.HTTPConnection | None = None

    def outcomes(self, events: int) -> Iterator[dict[str, Any]]:
        """What became of each event."""
        for number in range(events):
            body = event_of(self._prefix, self._number, number)
            told = {"id": str(event_id(self._prefix, self._number, number))}
            receipt, tries = self._send(body)
            yield told | {"receipt": receipt, "tries": tries}

    def _send(self, body: bytes) -> tuple[dict[str, Any] | None, int]:
        gives_up_at = time.monotonic() + GIVES_UP_S
        tries, seen = 0, Counter[int]()
        while time.monotonic() < gives_up_at:
            tries += 1
            status, answer = self._post(body)
            seen[status] += 1
            if status in (200, 201):
                return json.loads(answer), tries
            if status not in (0, 429, 503):
                raise AssertionError(f"{status}: {answer!r}")
            time.sleep(PAUSE_S if self._insists else GIVEN_UP_PAUSE_S)
            if not self._insists:
                return None, tries
        raise AssertionError(f"the service did not come back; answers by status: {seen}")

    def _post(self, body: bytes) -> tuple[int, bytes]:
        """Status and body; 0 where the connection broke."""
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    str(self._address.hostname), self._address.port, timeout=ANSWER_S
                )
            self._connection.request("POST", "/v1/events", body, self._headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return 0, b""


def main(url: str, key: str, prefix: str, writers: str, events: str) -> int:
    """Exit code 0 when each event of each writer was acknowledged or given up."""
    printing = threading.Lock()
    failed: list[str] = []

    def work(number: int) -> None:
        try:
            for outcome in Writer(url, key, prefix, number).outcomes(int(events)):
                with printing:
                    print(json.dumps(outcome), flush=True)  # noqa: T201 - what it is for
        except AssertionError as error:
            failed.append(f"writer {number}: {error}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(int(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.stderr.write("\n".join(failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
