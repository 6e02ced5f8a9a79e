"""The browser's Back, which brings pages back as they were: after a sign-out they are nobody's any more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect

from conftest import Visit, Visitor
from hub import ADMIN, COURSE, STUDENT, TEACHER, Hub, Person
from test_expiry import sign_in_for

# Says that a document has come from the browser's cache and was not read anew.
SHOWN = "addEventListener('pageshow', (event) => event.persisted && console.info('kept', location.pathname));"


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser that keeps pages for Back, as people's browsers do. Playwright's does not, nor one without windows."""
    path = os.environ.get("AMPHI_TEST_CHROMIUM", "/usr/bin/chromium")
    browser = playwright.chromium.launch(
        executable_path=path, args=["--no-sandbox"], ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


def open_as(hub: Hub, visit: Visit, person: Person, path: str) -> Visitor:
    visitor = visit(hub, None, "/sign-in")
    visitor.context.add_init_script(SHOWN)
    sign_in_for(visitor, person, 3600)
    visitor.page.goto(hub.url + path)
    return visitor


def go_back(visitor: Visitor, path: str, steps: int = 1) -> None:
    """To a page that the browser has kept. (Playwright's own way waits for a load, which such a page has not.)"""
    with visitor.page.expect_console_message(lambda message: message.text == f"kept {path}", timeout=10_000):
        visitor.page.evaluate("(steps) => { setTimeout(() => history.go(-steps)); }", steps)


# Found from outside, no. 50
def test_back_shows_nobody_what_a_signed_out_person_saw(hub: Hub, visit: Visit) -> None:
    visitor = open_as(hub, visit, ADMIN, "/admin")
    expect(visitor.page.get_by_role("cell", name=ADMIN.email)).to_be_visible()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.wait_for_url("**/sign-in*")
    go_back(visitor, "/admin")
    expect(visitor.page).to_have_url(re.compile(r"/sign-in\b"))
    expect(visitor.page.locator("#login")).to_be_visible()
    expect(visitor.page.get_by_text(ADMIN.email)).to_have_count(0)


# Found from outside, no. 50
def test_back_shows_another_person_no_sign_in_codes(hub: Hub, visit: Visit) -> None:
    visitor = open_as(hub, visit, TEACHER, f"/course/{COURSE}/links")
    visitor.page.get_by_role("button", name="Make").click()
    expect(visitor.page.locator("#links code").first).to_be_visible()
    visitor.page.get_by_role("button", name="Sign out").click()
    visitor.page.wait_for_url("**/sign-in*")
    sign_in_for(visitor, STUDENT, 3600)
    visitor.page.goto(hub.url)
    go_back(visitor, f"/course/{COURSE}/links", 2)
    expect(visitor.page).to_have_url(re.compile(r"/sign-in\b"))
    expect(visitor.page.locator("#onward")).to_be_visible()
    expect(visitor.page.locator("#links")).to_have_count(0)


def test_back_brings_the_same_person_the_page_as_it_was(hub: Hub, visit: Visit) -> None:
    visitor = open_as(hub, visit, TEACHER, f"/course/{COURSE}/links")
    visitor.page.get_by_role("button", name="Make").click()
    codes = visitor.page.locator("#links code")
    expect(codes.first).to_be_visible()
    made = codes.all_text_contents()
    visitor.page.goto(f"{hub.url}/account")
    go_back(visitor, f"/course/{COURSE}/links")
    assert codes.all_text_contents() == made
