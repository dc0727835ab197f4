"""A breach and a request followed from opening to closing in a real browser, without a terminal."""

from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.page.languages import LANGUAGES, Language
from tests.browsing.conftest import Person
from tests.browsing.site import NARROW, WIDE, findings, is_too_wide
from tests.paged import fresh_name

BREACH = "NXT-2025-11"
CHECK = "#step .actions button[value=check]"
RECORD = "button[value=record]"
FORMS = (
    "/breaches/new",
    f"/breaches/{BREACH}/steps/facts",
    f"/breaches/{BREACH}/steps/assess",
    f"/breaches/{BREACH}/steps/notify",
    "/requests/new",
    "/requests/DSR-5/steps/refuse",
)


def record(page: Page) -> None:
    """Checks the form that is filled in, and records what the check shows."""
    page.click(CHECK)
    confirm(page)


def confirm(page: Page) -> None:
    """Records what the check shows."""
    page.click(RECORD)
    expect(page.locator("h1")).to_contain_text("Recorded as record")


def step(page: Page, case: str, name: str) -> None:
    """Opens the form of a step."""
    answer = page.goto(f"/breaches/{case}/steps/{name}")
    assert answer is not None
    assert answer.status == 200


def opened(page: Page) -> str:
    """A case that was just opened."""
    case = fresh_name("B")
    page.goto("/breaches/new")
    page.fill("input[name=breach_id]", case)
    page.fill("input[name=cause]", "phishing")
    page.fill("input[name=occurred_at]", "2026-11-19T08:15")
    record(page)
    return case


@pytest.mark.parametrize("scripts", [True, False])
def test_a_breach_is_followed_from_opening_to_closing(person: Person, *, scripts: bool) -> None:
    """An officer would need a terminal before the 72 hours are over."""
    page = person(scripts=scripts)
    case = opened(page)
    step(page, case, "facts")
    page.check("input[name=confidentiality][value=yes]")
    page.fill("input[name=subjects_minimum]", "40")
    page.check("input[name=subject_categories][value=customers]")
    record(page)
    step(page, case, "aware")
    page.fill("input[name=aware_at]", "2026-11-19T14:00")
    page.fill("textarea[name=basis]", "the mailbox was read")
    page.click(CHECK)
    expect(page.locator("#contradicts")).to_be_visible()  # the suspicion was earlier
    confirm(page)
    step(page, case, "assess")
    page.check("input[name='factor.dpc'][value='2']")
    page.check("input[name='factor.ei'][value='0.75']")
    page.check("input[name=risk][value=risk]")
    page.click(CHECK)
    expect(page.locator("#severity ~ .severity")).to_contain_text("2 x 0.75 = 1.5")
    confirm(page)
    step(page, case, "decide")
    page.check("input[name=addressee][value=authority]")
    page.check("input[name=notify][value=yes]")
    record(page)
    step(page, case, "notify")
    page.fill("input[name=authority]", "ap")
    for item in ("nature", "contact-point", "consequences", "measures"):
        page.check(f"input[name=content][value={item}]")
    page.fill("textarea[name=reasons_for_delay]", "found late")
    record(page)
    step(page, case, "measure")
    page.check("input[name=aim][value=containment]")
    record(page)
    step(page, case, "close")
    page.click(CHECK)
    expect(page.locator("main")).to_contain_text("It contradicts nothing")
    confirm(page)
    page.get_by_role("link", name="To the case").click()
    expect(page.locator("main")).to_contain_text("closed")


def test_a_request_is_answered(person: Person) -> None:
    """A request of a data subject could be followed and not handled."""
    page, name = person(), fresh_name("R")
    page.goto("/requests/new")
    page.fill("input[name=request_id]", name)
    page.select_option("select[name=right]", "A15")
    page.fill("input[name=received_at]", "2026-11-10T09:00")
    record(page)
    page.goto(f"/requests/{name}/steps/fulfil")
    page.fill("input[name=notified_at]", "2026-11-20T09:00")
    record(page)
    page.get_by_role("link", name="To the case").click()
    expect(page.locator("main")).to_contain_text("fulfilled")


def test_the_browser_hashes_a_document_that_stays_there(person: Person, tmp_path: Path) -> None:
    """A document with names in it would be sent, or its hash be typed by hand."""
    page = person()
    case = opened(page)
    document = tmp_path / "names of people.pdf"
    document.write_bytes(b"%PDF-1.7 names")
    step(page, case, "notify")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.fill("input[name=authority]", "ap")
    page.set_input_files("#document_sha256-file", document)
    digest = sha256(document.read_bytes()).hexdigest()
    expect(page.locator("#document_sha256")).to_have_value(digest)
    page.click("details.card summary")
    page.set_input_files("#evidence-0-sha256-file", document)
    expect(page.locator("#evidence-0-sha256")).to_have_value(digest)
    expect(page.locator("#evidence-0-media_type")).to_have_value("application/pdf")
    record(page)
    assert any(digest in body for body in sent)
    assert not any("names" in body for body in sent)


def test_enter_checks_and_asks_for_no_other_row(person: Person) -> None:
    """Whoever presses Enter would get another empty row instead of the check."""
    page = person()
    page.goto("/breaches/new")
    page.fill("input[name=breach_id]", fresh_name("B"))
    page.press("input[name=breach_id]", "Enter")
    expect(page.locator(RECORD)).to_be_visible()


def test_a_form_can_be_filled_in_from_the_keyboard(person: Person) -> None:
    """Whoever uses no mouse could not record a step."""
    page = person()
    case = opened(page)
    step(page, case, "measure")
    page.focus("input[name=aim][value=containment]")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("input[name=aim][value=mitigation]")
    page.focus(CHECK)
    page.keyboard.press("Enter")
    page.focus(RECORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Recorded as record")


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_can_use_the_forms(person: Person, language: Language, width: int) -> None:
    """Somebody who cannot see, or has a small screen, could not handle a breach."""
    page = person(language=language, width=width)
    for path in FORMS:
        page.goto(path)
        for details in page.locator("details.card").all():
            details.evaluate("each => each.open = true")
        assert findings(page) == [], path
        assert not is_too_wide(page), path
    step(page, BREACH, "rule-out")
    page.click(CHECK)
    expect(page.locator("#contradicts")).to_be_visible()
    assert findings(page) == []
    assert not is_too_wide(page)


@pytest.mark.parametrize("dark", [False, True])
def test_the_check_and_the_receipt_can_be_read(person: Person, *, dark: bool) -> None:
    """Warnings would stand on a ground of nearly their own colour."""
    page = person(width=NARROW, dark=dark)
    case = opened(page)
    assert findings(page) == []
    assert not is_too_wide(page)
    step(page, case, "close")
    page.click(CHECK)
    expect(page.locator("#contradicts")).to_be_visible()
    assert findings(page) == []
