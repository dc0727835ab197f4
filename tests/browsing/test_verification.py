"""Checkpoints verified in a real browser, which remembers what it saw."""

import json
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browsing.conftest import Person
from tests.browsing.site import Site, findings

PATH = "/verification"
FORGET = "Forget it"


def settled(page: Page) -> str | None:
    """What the browser came to, and told all of."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("#verdict")).not_to_have_attribute("data-state", "checking")
    return page.get_attribute("#verdict", "data-state")


def remembered(page: Page) -> dict[str, str]:
    """The checkpoint that the browser keeps."""
    kept: dict[str, str] = page.evaluate(
        "JSON.parse(localStorage.getItem(Object.keys(localStorage)"
        ".find(name => name.startsWith('zegel.checkpoint.'))))"
    )
    return kept


def have_remembered(page: Page, **changed: str) -> None:
    """Has the browser remember another checkpoint than the one that it saw."""
    kept = json.dumps({**remembered(page), **changed})
    page.evaluate(
        "kept => localStorage.setItem(Object.keys(localStorage)"
        ".find(name => name.startsWith('zegel.checkpoint.')), kept)",
        kept,
    )


def test_the_browser_verifies_and_remembers_the_checkpoint(person: Person, site: Site) -> None:
    """Somebody would have to believe the service, today and tomorrow."""
    page = person("auditor")
    page.goto(PATH)
    assert settled(page) == "holds"
    assert "remembers it from now on" in page.locator("#told").inner_text()
    size = site.service.get("/checkpoint")[1].splitlines()[1].decode()
    assert remembered(page)["size"] == size
    page.reload()
    assert settled(page) == "holds"
    assert "saw before" in page.locator("#told").inner_text()
    assert findings(page) == []


def test_a_longer_log_is_compared_with_what_was_seen(person: Person, site: Site) -> None:
    """A history that was rewritten would look as whole as the one that was."""
    page = person("reader")
    page.goto(PATH)
    assert settled(page) == "holds"
    _, answer = site.service.get("/v1/proofs/consistency?from=500")
    root = bytes.fromhex(json.loads(answer)["from_root"])
    have_remembered(page, size="500", root=b64encode(root).decode())
    page.reload()
    assert settled(page) == "holds"
    assert "It continues the one with 500 records" in page.locator("#told").inner_text()
    have_remembered(page, size="500", root=b64encode(bytes(32)).decode())
    page.reload()
    assert settled(page) == "refused"
    assert "rewritten" in page.locator("#verdict").inner_text()
    assert findings(page) == []


def test_a_log_that_became_shorter_is_refused(person: Person) -> None:
    """A log that was restored from an old copy would pass for the whole one."""
    page = person("reader")
    page.goto(PATH)
    assert settled(page) == "holds"
    have_remembered(page, size="900000")
    page.reload()
    assert settled(page) == "refused"
    assert "ROLLED_BACK" in page.locator("#faults").inner_text()
    assert remembered(page)["size"] == "900000"


def test_the_key_that_somebody_was_given_decides(person: Person) -> None:
    """A service could vouch for its own key."""
    page = person("reader")
    page.goto(PATH)
    assert settled(page) == "holds"
    key = page.locator("[aria-labelledby=keys] code").first.inner_text()
    page.get_by_label("Verify with the key that I was given").fill("no key")
    page.get_by_role("button", name="Use this key").click()
    expect(page.locator("#pin-told")).to_contain_text("This is no verifier key")
    page.get_by_label("Verify with the key that I was given").fill(key)
    page.get_by_role("button", name="Use this key").click()
    expect(page.locator("#told")).to_contain_text("Under the key that you gave this browser")
    page.goto("/history/41")
    expect(page.locator("[data-step=signature] [data-told]")).to_contain_text("that you gave")
    page.goto(PATH)
    page.get_by_role("button", name=FORGET).click()
    expect(page.locator("#told")).to_contain_text("that this service names")


def test_files_that_somebody_has_are_verified_where_they_are(
    person: Person, site: Site, tmp_path: Path
) -> None:
    """Evidence would have to be sent to the one that it is held against."""
    page = person("reader")
    page.goto("/history/41")
    with page.expect_download() as sealed:
        page.get_by_role("link", name="Sealed bytes").click()
    with page.expect_download() as proof:
        page.get_by_role("link", name="Proof", exact=True).click()
    sealed.value.save_as(tmp_path / "41.record")
    proof.value.save_as(tmp_path / "41.tlog-proof")
    page.goto(PATH)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_label("Sealed bytes").set_input_files(tmp_path / "41.record")
    page.get_by_label("Proof").set_input_files(tmp_path / "41.tlog-proof")
    page.get_by_role("button", name="Verify the files").click()
    expect(page.locator("#proof-told")).to_contain_text("number 41 of the")
    (tmp_path / "41.record").write_bytes((tmp_path / "41.record").read_bytes()[:-1] + b"]")
    page.get_by_label("Sealed bytes").set_input_files(tmp_path / "41.record")
    page.get_by_role("button", name="Verify the files").click()
    expect(page.locator("#proof-told")).to_contain_text("Refused")
    assert not [url for url in sent if "/static/" not in url]
    (tmp_path / "kept").write_bytes(site.service.get("/checkpoint")[1])
    page.get_by_label("File").set_input_files(tmp_path / "kept")
    page.get_by_role("button", name="Compare it with the log of today").click()
    expect(page.locator("#kept-told")).to_contain_text("still as they were")
    assert findings(page) == []
