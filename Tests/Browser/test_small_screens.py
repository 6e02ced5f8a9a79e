"""A class on little room: a phone's keyboard, a phone on its side, 400 % zoom. Everything is reached by scrolling."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from conftest import Visit, Visitor
from hub import ADMIN, COURSE, STUDENT, TEACHER, Hub

# 390x340 is a phone with its keyboard out; 320x200 a screen of 1280x800 at 400 %.
SIZES = [(390, 340), (640, 320), (320, 350), (320, 200), (320, 256)]
sizes = pytest.mark.parametrize(("width", "height"), SIZES)


def reach(visitor: Visitor, target: Locator) -> None:
    """Scrolls to it as a browser does, and looks whether a finger would hit it there."""
    target.scroll_into_view_if_needed()
    # What hides its overflow is scrolled by a program all the same, but by no person.
    stuck = target.evaluate(
        """element => {
          const isStuck = (node) => ["hidden", "clip"].includes(getComputedStyle(node).overflowY);
          for (let node = element; node; node = node.parentElement) if (isStuck(node) && node.scrollTop > 0) return true;
          return document.scrollingElement.scrollTop > 0 && isStuck(document.body);
        }"""
    )
    assert not stuck, f"{target} is out of reach for whoever scrolls"
    hit = target.evaluate(
        """element => {
          const { x, y, width, height } = element.getBoundingClientRect();
          const [left, top] = [Math.max(x, 0), Math.max(y, 0)];
          const [right, bottom] = [Math.min(x + width, innerWidth), Math.min(y + height, innerHeight)];
          const found = right - left > 8 && bottom - top > 8
            && document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return Boolean(found) && (element.contains(found) || found.contains(element));
        }"""
    )
    assert hit, f"{target} is not reached"


def wide(visitor: Visitor) -> Any:
    return visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


# Found from outside, no. 53
@sizes
@pytest.mark.parametrize("is_live", [False, True])
def test_messages_and_composer_are_reached_on_every_small_screen(
    hub: Hub, visit: Visit, width: int, height: int, is_live: bool
) -> None:
    session = hub.plan("Un titre qui prend toute la place d’un petit écran", description="Apportez vos cahiers. " * 20)
    if is_live:
        hub.begin(session)
    options = {"viewport": {"width": width, "height": height}, "locale": "fr-FR", "has_touch": True}
    teacher = visit(hub, TEACHER, f"/class/{session}", **options)
    teacher.connected()
    for number in range(12):
        teacher.write(f"message {number} assez long pour deux lignes au moins sur un tel écran")
    expect(teacher.page.locator("#messages > li")).to_have_count(12)
    assert wide(teacher) <= 0
    reach(teacher, teacher.message("message 0 "))
    reach(teacher, teacher.message("message 11 "))
    reach(teacher, teacher.page.locator("#message"))
    reach(teacher, teacher.page.locator("#composer button[type=submit]"))
    reach(teacher, teacher.page.get_by_label("Comme question"))
    reach(teacher, teacher.page.locator("#tab-people"))
    reach(teacher, teacher.page.locator("#stage-heading"))
    reach(teacher, teacher.page.locator("#start, #end"))
    reach(teacher, teacher.page.get_by_label("Langue"))
    teacher.page.locator("#tab-people").click()
    reach(teacher, teacher.page.locator("#people .person").last)
    teacher.page.locator("#tab-chat").click()
    # Writing goes on with the field in view, as the keyboard leaves it.
    teacher.page.locator("#message").focus()
    teacher.page.keyboard.type("encore un")
    expect(teacher.page.locator("#message")).to_be_in_viewport()
    teacher.screenshot(f"small-{width}x{height}-{'live' if is_live else 'waiting'}")
    teacher.page.keyboard.press("Enter")
    expect(teacher.message("encore un")).to_have_count(1)


# Found from outside, no. 53
@pytest.mark.parametrize(("width", "height"), [*SIZES, (360, 640), (390, 780), (1280, 500)])
def test_notices_leave_room_for_the_messages(hub: Hub, visit: Visit, width: int, height: int) -> None:
    session = hub.plan(description="Apportez vos cahiers. " * 20)
    hub.begin(session)
    path = f"/api/users/{STUDENT.id}/sign-in-link"
    link = hub.request("POST", path, ADMIN, {"purpose": "sign_in"})["url"].removeprefix(hub.url)
    student = visit(hub, None, f"{link}&next=/class/{session}", viewport={"width": width, "height": height})
    student.connected()
    expect(student.page.locator("#device")).to_be_visible()
    student.page.locator("#ending, #problem").evaluate_all(
        "all => all.forEach((notice) => { notice.hidden = false; notice.textContent = 'Une annonce assez longue. '.repeat(4); })"
    )
    student.write("Bonjour")
    expect(student.message("Bonjour")).to_have_count(1)
    assert student.page.locator("#scroller").evaluate("scroller => scroller.clientHeight") >= 96
    reach(student, student.message("Bonjour"))
    reach(student, student.page.locator("#message"))
    reach(student, student.page.locator("#device-mine"))
    assert wide(student) <= 0


# Found from outside, no. 53
@sizes
def test_a_long_answer_leaves_messages_and_buttons_in_reach(hub: Hub, visit: Visit, width: int, height: int) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}", viewport={"width": width, "height": height})
    teacher.page.get_by_label("As a question").check()
    teacher.write("Qui a oublié son cahier ? " * 8)
    question = teacher.message("Qui a oublié")
    expect(question).to_have_count(1)
    question.hover()
    question.get_by_role("button", name="Answer").click()
    teacher.page.locator("#message").fill("une ligne\n" * 40)
    reach(teacher, teacher.page.locator(".answering button"))
    reach(teacher, teacher.page.locator("#message"))
    reach(teacher, teacher.page.locator("#composer button[type=submit]"))
    reach(teacher, question.locator(".message-head"))
    assert wide(teacher) <= 0


# Found from outside, no. 53
@sizes
def test_a_live_video_leaves_the_chat_in_reach(video_hub: Hub, visit: Visit, width: int, height: int) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}", viewport={"width": width, "height": height})
    student.connected()
    student.page.locator("#join-video").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    student.write("On vous entend")
    reach(student, student.message("On vous entend"))
    reach(student, student.page.locator("#message"))
    reach(student, student.page.locator("#video"))
    assert wide(student) <= 0


# Found from outside, no. 53
@pytest.mark.parametrize(("width", "height"), [(320, 256), (640, 320)])
def test_the_other_pages_fit_small_screens(hub: Hub, visit: Visit, width: int, height: int) -> None:
    options = {"viewport": {"width": width, "height": height}, "locale": "fr-FR"}
    hub.plan()
    start = visit(hub, TEACHER, "/", **options)
    start.page.get_by_role("button", name="Nouvelle séance").click()
    reach(start, start.page.get_by_role("button", name="Prévoir la séance"))
    start.page.keyboard.press("Escape")
    opener = start.page.locator(".menu > button").last
    opener.click()
    reach(start, start.page.get_by_role("menuitem").last)
    start.page.get_by_role("menuitem", name="Modifier").click()
    reach(start, start.page.locator("dialog button[type=submit]"))
    account = visit(hub, TEACHER, "/account", **options)
    reach(account, account.page.locator("#device-change"))
    sign_in = visit(hub, None, "/sign-in", **options)
    reach(sign_in, sign_in.page.get_by_role("button", name="Se connecter"))
    links = visit(hub, TEACHER, f"/course/{COURSE}/links", **options)
    reach(links, links.page.get_by_role("button", name="Créer les liens"))
    for visitor in (start, account, sign_in, links):
        assert wide(visitor) <= 0


# Found from outside, no. 53
@pytest.mark.parametrize("locale", ["fr-FR", "en-GB"])
@pytest.mark.parametrize(("width", "height"), [(320, 256), (256, 200)])
def test_no_page_scrolls_sideways(hub: Hub, visit: Visit, width: int, height: int, locale: str) -> None:
    session = hub.plan("Un titre qui prend toute la place", description="Apportez vos cahiers. " * 5)
    pages = [
        (ADMIN, "/", "#account button"), (TEACHER, "/", "main article"), (STUDENT, "/", "main article"),
        (TEACHER, "/account", "#device-change"), (None, "/sign-in", "form button"),
        (TEACHER, f"/course/{COURSE}/links", "main button"), (TEACHER, f"/class/{session}", "#people .person"),
        (STUDENT, "/nowhere", "main a"), (ADMIN, "/admin", "main table"),
    ]
    options = {"viewport": {"width": width, "height": height}, "locale": locale}
    for person, path, part in pages:
        visitor = visit(hub, person, path, tolerated="status of 404", **options)
        # What the page is for is there; the class shows its people behind a tab.
        visitor.page.locator(part).first.wait_for(state="attached")
        assert wide(visitor) <= 0, (path, person)
        for tab in visitor.page.get_by_role("tab").all():
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")
            assert wide(visitor) <= 0, (path, tab.inner_text())


# Found from outside, no. 53
@pytest.mark.parametrize(("width", "title"), [(320, "a" * 44), (640, "https://school.example/" + "a" * 56)])
def test_a_course_of_one_long_word_makes_no_page_wider(own_hub: Hub, visit: Visit, width: int, title: str) -> None:
    course = {"title": title, "instructor_id": TEACHER.id, "course_type": "live"}
    own_hub.request("PUT", f"/api/courses/{COURSE}", ADMIN, course)
    session = own_hub.plan(title)
    pages = [
        (TEACHER, "/", "#group-courses"), (STUDENT, "/", "main article"), (TEACHER, f"/class/{session}", "#people .person"),
        (STUDENT, f"/class/{session}", "#people .person"), (TEACHER, f"/course/{COURSE}/links", "main button"),
        (ADMIN, "/admin#courses", "main table td"), (ADMIN, f"/admin#course/{COURSE}", "main table td"),
    ]
    for person, path, part in pages:
        visitor = visit(own_hub, person, path, viewport={"width": width, "height": 640})
        visitor.page.locator(part).first.wait_for(state="attached")
        assert wide(visitor) <= 0, (path, person)
        # What gives a word's width away inside a box that scrolls is no better.
        spilled = visitor.page.locator("h1, h2, h3, p, li, .person-name").evaluate_all(
            "all => all.filter((one) => one.checkVisibility() && !one.closest('.hidden-text, .scroll-x')"
            " && one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80))"
        )
        assert spilled == [], (path, person)
    start = visit(own_hub, TEACHER, "/", viewport={"width": width, "height": 640})
    start.page.locator("#new-session").click()
    assert wide(start) <= 0
    start.page.get_by_role("button", name=f"More for {title}").click()
    start.page.get_by_role("menuitem", name="Cancel the session").click()
    assert start.page.get_by_role("dialog").evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0
    assert wide(start) <= 0
