"""The dossier from the page: the bytes of the command, its evidence inside, words on request."""

import re
from base64 import b64decode
from pathlib import Path

import pytest

from ledger.events.log_integrity import LogExportIssued
from ledger.query import EventQuery
from ledger.roles import take_roles
from projections.cases.reading import find_case
from service.context import Context
from tests.command_line import zegel_here
from tests.handled_breach import attached_to, fine, key_of, text_of, verified
from tests.paged import visitor

BREACH = "NXT-2025-11"
MOMENT = "2026-01-05T12:00:00+01:00"
PAGE = f"/breaches/{BREACH}/dossier"
OFFICER = "fg@interaction"


def _case_told(text: str) -> list[str]:
    """What a dossier tells of a case, without the last line of each page."""
    inside = text.partition("Tijdlijn")[2].partition("Bewijs")[0]
    return [line for line in inside.splitlines() if "wortel" not in line]


def size_of(context: Context) -> str:
    """How many records there are now, for links that give the same for ever."""
    return str(int(context.ledger.head().size))


def test_it_is_the_file_that_the_command_writes(page_context: Context, tmp_path: Path) -> None:
    """Two dossiers of one case at one moment would differ."""
    client, _ = visitor(page_context, "reader")
    given = client.get(f"{PAGE}.pdf", params={"as_of": MOMENT, "language": "nl"})
    assert given.status_code == 200
    assert given.headers["content-disposition"] == f'attachment; filename="dossier-{BREACH}.pdf"'
    target = tmp_path / "own.pdf"
    home = ("--home", page_context.home.folder)
    fine(zegel_here(*home, "breach", "dossier", BREACH, "--to", target, "--as-of", MOMENT))
    ours, theirs = text_of(given.content), text_of(target.read_bytes())
    # The log grew by the look at the first one: size and root differ, nothing of the case does.
    assert _case_told(ours) == _case_told(theirs)


def test_the_same_state_gives_the_same_bytes(page_context: Context) -> None:
    """A hash of the dossier, once written down, would fit no second copy."""
    client, _ = visitor(page_context, "reader")
    asked = {"as_of": MOMENT, "known_size": size_of(page_context), "language": "en"}
    first = client.get(f"{PAGE}.pdf", params=asked)
    second = client.get(f"{PAGE}.pdf", params=asked)
    assert first.content == second.content


@pytest.mark.parametrize("kind", ["pdf", "html"])
def test_whoever_has_the_file_alone_can_verify_it(
    page_context: Context, tmp_path: Path, kind: str
) -> None:
    """The evidence would stay behind on the server."""
    client, _ = visitor(page_context, "reader")
    content = client.get(f"{PAGE}.{kind}", params={"language": "en"}).content
    if kind == "pdf":
        evidence = attached_to(content)["evidence.json"]
    else:
        link = re.search(
            r'href="data:application/json;base64,([^"]+)" download="evidence.json"',
            content.decode(),
        )
        assert link is not None
        evidence = b64decode(link[1])
    target = tmp_path / "evidence.json"
    target.write_bytes(evidence)
    key = key_of(("--home", page_context.home.folder))
    assert verified(target, key)["outcome"] == "valid"


def test_without_a_purpose_nobody_is_in_it(page_context: Context) -> None:
    """People would be handed out by a link."""
    client, csrf = visitor(page_context, "dpo")
    assert OFFICER not in "".join(text_of(client.get(f"{PAGE}.pdf").content).split())
    refused = client.post(f"{PAGE}.pdf", data={"csrf": csrf, "purpose": "curious"})
    assert refused.status_code == 400
    reader, csrf = visitor(page_context, "reader")
    answer = reader.post(f"{PAGE}.pdf", data={"csrf": csrf, "purpose": "breach-assessment"})
    assert answer.status_code == 403


def test_with_words_it_is_recorded_as_handed_out(page_context: Context) -> None:
    """Nobody would know later who had the words of the case."""
    take_roles(page_context.ledger, "person:dpo@test")
    client, csrf = visitor(page_context, "dpo")
    answer = client.post(f"{PAGE}.pdf", data={"csrf": csrf, "purpose": "breach-assessment"})
    assert answer.status_code == 200
    assert OFFICER in "".join(text_of(answer.content).split())  # a line may end inside it
    found = page_context.ledger.read(EventQuery(kinds=("log.export_issued",)))
    issued = [each.event for each in found if isinstance(each.event, LogExportIssued)]
    assert len(issued) == 1
    assert (issued[0].records or 0) > 10


def test_its_page_has_the_answers_of_the_form_and_both_files(page_context: Context) -> None:
    """Whoever fills in the authority's form would have to look the answers up."""
    client, _ = visitor(page_context, "dpo")
    page = client.get(PAGE).text
    assert "Discovered (aware since)" in page
    for kind in ("pdf", "html"):
        for language in ("nl", "en"):
            link = re.search(
                rf'href="({re.escape(PAGE)}\.{kind}\?[^"]*language={language}[^"]*)"', page
            )
            assert link is not None
            assert client.get(link[1].replace("&amp;", "&")).status_code == 200
    assert client.get(f"{PAGE}.docx").status_code == 404
    stream = find_case(page_context.ledger, "breach", BREACH)
    assert f"zegel breach dossier {BREACH} --to" in page
    assert f"zegel breach dossier {stream} --to" in client.get(f"/breaches/{stream}/dossier").text
