"""Raised hands and reactions on the class's page: a teacher and two students, one of them on a phone and in French."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, TEACHER, Hub

PHONE = {"viewport": {"width": 390, "height": 780}, "locale": "fr-FR", "has_touch": True, "is_mobile": True}


def wide(visitor: Visitor) -> int:
    """By how much the page, or the chat and the people on it, are wider than they are shown."""
    return visitor.page.evaluate(
        """() => Math.max(...[document.documentElement, ...document.querySelectorAll(".side, .side .panel")]
          .map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth))"""
    )


def queue(visitor: Visitor) -> Locator:
    return visitor.page.locator("#hands .person-name")


def test_hands_go_up_in_order_are_called_and_lowered(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    phone = visit(hub, STUDENT, f"/class/{session}", **PHONE)
    classmate = visit(hub, CLASSMATE, f"/class/{session}")
    for visitor in (teacher, phone, classmate):
        visitor.connected()
    assert wide(phone) <= 0

    # By finger and by keyboard.
    phone.page.get_by_role("button", name="Lever la main").tap()
    lower = phone.page.get_by_role("button", name="Baisser la main")
    expect(lower).to_be_visible()
    expect(teacher.page.locator("#announcer")).to_contain_text("Léa Martin raises a hand.")
    classmate.page.get_by_role("button", name="Raise hand").focus()
    classmate.page.keyboard.press("Enter")
    expect(classmate.page.get_by_role("button", name="Lower hand")).to_be_focused()
    expect(teacher.page.locator("#hands-count")).to_have_text("✋ 2")

    # The teacher's queue; the others see the places in the list of people.
    expect(teacher.page.get_by_role("button", name="Call next")).to_have_count(0)
    teacher.page.get_by_role("tab", name="People").click()
    expect(queue(teacher)).to_have_text([STUDENT.name, CLASSMATE.name])
    teacher.screenshot("hands-queue")
    phone.page.locator("#tab-people").tap()
    mine = phone.page.locator(f"#people [data-id='{STUDENT.id}']")
    expect(mine).to_contain_text("main levée, 1re")
    expect(phone.page.locator(f"#people [data-id='{CLASSMATE.id}']")).to_contain_text("main levée, 2e")
    expect(phone.page.locator("#queue")).to_be_hidden()
    assert wide(phone) <= 0
    phone.screenshot("hands-phone-people")

    teacher.page.get_by_role("button", name="Call next").focus()
    teacher.page.keyboard.press("Enter")
    expect(phone.page.locator("#called")).to_have_text("La parole est à vous.")
    expect(classmate.page.locator("#called")).to_have_text(f"{STUDENT.name} is called to speak.")
    expect(teacher.page.locator("#called")).to_have_text(f"{STUDENT.name} is called to speak.")
    expect(phone.page.get_by_role("button", name="Lever la main")).to_be_visible()
    expect(queue(teacher)).to_have_text([CLASSMATE.name])
    expect(teacher.page.get_by_role("button", name="Call next")).to_be_focused()
    phone.screenshot("hands-called")

    # A single one is lowered, and the focus stays near.
    teacher.page.get_by_role("button", name=f"Lower the hand of {CLASSMATE.name}").focus()
    teacher.page.keyboard.press("Space")
    expect(classmate.page.get_by_role("button", name="Raise hand")).to_be_visible()
    expect(teacher.page.locator("#queue")).to_be_hidden()
    expect(teacher.page.locator("#panel-people")).to_be_focused()
    expect(teacher.page.locator("#hands-count")).to_be_hidden()

    # A reload keeps the hand, and an old call is not told again.
    phone.page.get_by_role("button", name="Lever la main").tap()
    expect(queue(teacher)).to_have_text([STUDENT.name])
    phone.page.reload()
    phone.connected()
    expect(phone.page.get_by_role("button", name="Baisser la main")).to_be_visible()
    expect(phone.page.locator("#called")).to_be_hidden()
    expect(queue(teacher)).to_have_text([STUDENT.name])

    teacher.page.get_by_role("button", name="End the class").click()
    teacher.page.get_by_role("dialog").get_by_role("button", name="End the class").click()
    for visitor in (teacher, phone, classmate):
        expect(visitor.page.locator("#gestures")).to_be_hidden()
        expect(visitor.page.locator("#hands-count")).to_be_hidden()


def test_reactions_show_for_a_moment_as_counts(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    phone = visit(hub, STUDENT, f"/class/{session}", reduced_motion="reduce", **PHONE)
    for visitor in (teacher, phone):
        visitor.connected()
    group = phone.page.get_by_role("group", name="Réactions")
    expect(group.get_by_role("button")).to_have_count(6)
    for _ in range(3):
        group.get_by_role("button", name="Applaudir").tap()
    teacher.page.get_by_role("group", name="Reactions").get_by_role("button", name="Heart").click()
    for visitor in (teacher, phone):
        expect(visitor.page.locator("[data-kind=clap] .reaction-count")).to_have_text("3")
        expect(visitor.page.locator("[data-kind=heart] .reaction-count")).to_have_text("1")
    # Its name stays as it is, and who wants no motion gets none.
    expect(group.get_by_role("button", name="Applaudir", exact=True)).to_be_visible()
    count = phone.page.locator("[data-kind=clap] .reaction-count")
    assert count.evaluate("count => getComputedStyle(count).animationName") == "none"
    phone.screenshot("reactions-phone")
    teacher.screenshot("reactions")
    for visitor in (teacher, phone):
        expect(visitor.page.locator(".reaction-count")).to_have_count(0)
        # Nobody is named anywhere, and nothing is read out.
        expect(visitor.page.locator("#announcer")).to_be_empty()


@pytest.mark.parametrize(("width", "locale"), [(320, "fr-FR"), (320, "en-GB"), (390, "fr-FR")])
def test_hands_and_reactions_fit_a_small_screen(hub: Hub, visit: Visit, width: int, locale: str) -> None:
    session = hub.plan()
    hub.begin(session)
    options = {"viewport": {"width": width, "height": 640}, "locale": locale, "has_touch": True}
    teacher = visit(hub, TEACHER, f"/class/{session}", **options)
    student = visit(hub, STUDENT, f"/class/{session}", **options)
    for visitor in (teacher, student):
        visitor.connected()
        visitor.page.locator("#hand").click()
    teacher.page.locator("#tab-people").click()
    expect(queue(teacher)).to_have_count(2)
    for visitor in (teacher, student):
        assert wide(visitor) <= 0
    for target in ("#call-next", "#hand", "#reactions [data-kind=thinking]", "#hands li:nth-child(2) button"):
        teacher.page.locator(target).scroll_into_view_if_needed()
        expect(teacher.page.locator(target)).to_be_in_viewport(ratio=0.9)
    teacher.screenshot(f"hands-{width}-{locale[:2]}")
    assert student.page.locator("#scroller").evaluate("scroller => scroller.clientHeight") >= 80
