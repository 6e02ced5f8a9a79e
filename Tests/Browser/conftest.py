"""Fixtures: the hub, a browser, and people in it whose every console error or policy violation fails the test."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from hub import JITSI_SECRET, SECRET, Hub, Person, utc
from jitsi_stand_in import JitsiStandIn

# Chromium without the windows around its pages, which would cost more than the pages.
CHROMIUM = os.environ.get("AMPHI_TEST_CHROMIUM", "/usr/bin/chromium-headless-shell")
SCREENSHOTS = Path(__file__).parent / "screenshots"
WATCH = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error("policy violation", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));
"""

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with the profile link-only: nothing of Jitsi is configured."""
    hub = Hub(tmp_path_factory.mktemp("hub") / "amphi.db", {"JWT_SECRET": SECRET, "AMPHI_GRACE": "2s"})
    hub.start()
    hub.fill()
    yield hub
    assert hub.stop() == 0


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub of this test's own, to be stopped and started; nobody posts too fast for it."""
    hub = Hub(tmp_path / "amphi.db", {"JWT_SECRET": SECRET, "AMPHI_LIMIT_POSTS_PER_USER": "0"})
    hub.start()
    hub.fill()
    yield hub
    hub.stop()


@pytest.fixture(scope="session")
def jitsi() -> Iterator[JitsiStandIn]:
    stand_in = JitsiStandIn()
    yield stand_in
    stand_in.stop()


@pytest.fixture(scope="module")
def video_hub(tmp_path_factory: pytest.TempPathFactory, jitsi: JitsiStandIn) -> Iterator[Hub]:
    """A hub with the profile self-hosted: its Jitsi is the stand-in."""
    settings = {
        "JWT_SECRET": SECRET,
        "JITSI_PROFILE": "self-hosted",
        "JITSI_SERVER_URL": jitsi.url,
        "JITSI_DOMAIN": "meet.jitsi",
        "JITSI_APP_ID": "amphi-tests",
        "JITSI_APP_SECRET": JITSI_SECRET,
    }
    hub = Hub(tmp_path_factory.mktemp("video-hub") / "amphi.db", settings)
    hub.start()
    hub.fill()
    yield hub
    assert hub.stop() == 0


@pytest.fixture
def tenant_hub(tmp_path: Path, jitsi: JitsiStandIn) -> Iterator[Hub]:
    """A hub whose classes are those of a tenant on the stand-in."""
    settings = {"JWT_SECRET": SECRET, "JITSI_SERVER_URL": f"{jitsi.url}/school", "JITSI_APP_SECRET": JITSI_SECRET}
    hub = Hub(tmp_path / "amphi.db", settings)
    hub.start()
    hub.fill()
    yield hub
    assert hub.stop() == 0


@dataclass
class Visitor:
    """One person's page, and what a person does with it."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    tolerated: str | None = None

    def write(self, text: str) -> None:
        self.page.get_by_role("textbox", name=re.compile("^(Your message|Votre message)$")).fill(text)
        self.page.keyboard.press("Enter")

    def message(self, text: str) -> Any:
        return self.page.locator("#messages > li").filter(has_text=text)

    def texts(self) -> list[str]:
        return self.page.locator("#messages .message-text").all_text_contents()

    def screenshot(self, name: str) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def until(self, condition: str, argument: Any = None, seconds: float = 20) -> None:
        """Waits for a condition of the page, a function. (Playwright's own way needs `eval`, which the pages forbid.)"""
        deadline = time.monotonic() + seconds
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < deadline, f"never true: {condition}"
            self.page.evaluate("new Promise(requestAnimationFrame)")

    def connected(self) -> None:
        expect(self.page.locator("#connection")).to_have_attribute("data-phase", "open")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a path of a hub as a person, in a context of its own. Options are those of a Playwright context."""
    visitors: list[Visitor] = []

    def open_page(
        hub: Hub, person: Person | None, path: str, tolerated: str | None = None, **options: Any
    ) -> Visitor:
        context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, **options})
        context.add_init_script(WATCH)
        if person:
            user = {"id": person.id, **person.fields()}
            identity = json.dumps({"token": person.token(), "expires_at": utc(60), "user": user})
            context.add_init_script(f"sessionStorage.setItem('amphi.identity', {json.dumps(identity)})")
        visitor = Visitor(context.new_page(), context, tolerated=tolerated)
        visitor.page.on("console", lambda message: message.type == "error" and visitor.complaints.append(message.text))
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"uncaught: {error}"))
        visitors.append(visitor)
        visitor.page.goto(hub.url + path)
        return visitor

    yield open_page
    for visitor in visitors:
        visitor.context.close()
    for visitor in visitors:
        refused = [
            complaint
            for complaint in visitor.complaints
            if not (visitor.tolerated and re.search(visitor.tolerated, complaint))
        ]
        assert refused == [], "the page complained in the console"
