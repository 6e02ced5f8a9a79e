"""Ends that come by themselves, and ends that are taken back."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, TEACHER, Hub

MINUTE = 60_000
HOUR = 60 * MINUTE
NETWORK_NOISE = "WebSocket connection to|net::ERR_|Failed to load resource"


def ended(hub: Hub) -> int:
    """A class that its host has just ended."""
    session = hub.plan()
    hub.begin(session)
    hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    return session


def later(hub: Hub, statement: str, *values: int, **settings: str) -> None:
    """Goes on with the hub as if time had passed: the statement moves what it has stored."""
    assert hub.stop() == 0
    database = sqlite3.connect(hub.database)
    with database:
        assert database.execute(statement, values).rowcount == 1
    database.close()
    hub.settings = {**hub.settings, **settings}
    hub.start()


def reopen_button(visitor: Visitor) -> Any:
    return visitor.page.get_by_role("button", name=re.compile("^(Reopen the class|Rouvrir le cours)$"))


def test_a_host_reopens_the_class_by_keyboard_and_everybody_is_back_in_it(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    student.write("Bonjour")
    expect(teacher.message("Bonjour")).to_have_count(1)
    keys = teacher.page.keyboard
    teacher.page.locator("#end").focus()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    heading = teacher.page.get_by_role("heading", name="The class has ended")
    expect(heading).to_be_focused()
    expect(teacher.page.get_by_text("You can still reopen it for 14 minutes")).to_be_visible()
    keys.press("Tab")
    expect(reopen_button(teacher)).to_be_focused()
    expect(student.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    expect(reopen_button(student)).to_have_count(0)
    for visitor in (teacher, student):
        expect(visitor.page.get_by_text("ended by itself")).to_have_count(0)

    keys.press("Enter")
    expect(teacher.page.get_by_role("heading", name="The class is live")).to_be_focused()
    for visitor in (teacher, student):
        expect(visitor.page.locator("#badge")).to_have_class("badge live")
        expect(visitor.page.get_by_role("link", name="Open the video")).to_be_visible()
        expect(reopen_button(visitor)).to_have_count(0)
        visitor.page.get_by_role("tab", name=re.compile("People")).click()
        expect(visitor.page.locator("#people .person-name")).to_have_text(["Awa Ndiaye", "Léa Martin"])
        visitor.page.get_by_role("tab", name=re.compile("Chat")).click()
    student.write("Encore là")
    expect(teacher.message("Encore là")).to_have_count(1)
    attending = hub.request("GET", f"/api/live-sessions/{session}/presence", TEACHER)
    assert attending["count"] == 2


def test_only_hosts_are_offered_to_reopen(hub: Hub, visit: Visit) -> None:
    session = ended(hub)
    classmate = visit(hub, CLASSMATE, f"/class/{session}")
    classmate.connected()
    expect(classmate.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    teacher = visit(hub, TEACHER, f"/class/{session}")
    expect(reopen_button(teacher)).to_be_visible()
    expect(reopen_button(classmate)).to_have_count(0)


def test_the_offer_to_reopen_counts_down_and_disappears(hub: Hub, visit: Visit) -> None:
    teacher = visit(hub, TEACHER, "/sign-in", locale="fr-FR")
    teacher.page.clock.install()
    teacher.page.goto(f"{hub.url}/class/{ended(hub)}")
    expect(teacher.page.get_by_text("le rouvrir pendant 14 minutes")).to_be_visible()
    teacher.page.clock.fast_forward("13:00")
    expect(teacher.page.get_by_text("le rouvrir pendant 1 minute :")).to_be_visible()
    reopen_button(teacher).focus()
    teacher.page.clock.fast_forward("01:00")
    expect(teacher.page.get_by_text("pendant moins d’une minute")).to_be_visible()
    expect(reopen_button(teacher)).to_be_focused()
    teacher.page.get_by_label("Langue").select_option("en")
    expect(teacher.page.get_by_text("for less than a minute")).to_be_visible()
    reopen_button(teacher).focus()
    teacher.page.clock.fast_forward("01:00")
    expect(reopen_button(teacher)).to_be_hidden()
    expect(teacher.page.get_by_role("heading", name="The class has ended")).to_be_focused()


def test_a_clock_that_is_wrong_does_not_change_the_time_that_is_left(hub: Hub, visit: Visit) -> None:
    teacher = visit(hub, TEACHER, "/sign-in")
    teacher.page.clock.install(time="2031-03-01T10:00:00Z")
    teacher.page.goto(f"{hub.url}/class/{ended(hub)}")
    expect(teacher.page.get_by_text("You can still reopen it for 14 minutes")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en-GB", "It is too late to reopen this class: schedule a new one."),
        ("fr-FR", "Il est trop tard pour rouvrir cette classe : planifiez-en une nouvelle."),
    ],
)
def test_a_refused_reopening_shows_the_hub_s_sentence(own_hub: Hub, visit: Visit, locale: str, sentence: str) -> None:
    session = ended(own_hub)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale, tolerated=NETWORK_NOISE)
    teacher.connected()
    expect(reopen_button(teacher)).to_be_visible()
    later(
        own_hub,
        "UPDATE live_session_events SET at = at - ? WHERE session_id = ? AND type = 'session.ended'",
        16 * MINUTE, session,
    )
    reopen_button(teacher).focus()
    teacher.page.keyboard.press("Enter")
    expect(teacher.page.locator("#stage").get_by_role("alert")).to_have_text(sentence)
    expect(reopen_button(teacher)).to_be_hidden()
    expect(teacher.page.locator("#stage-heading")).to_be_focused()


def test_a_class_whose_channel_is_closed_is_reopened_too(own_hub: Hub, visit: Visit) -> None:
    own_hub.stop()
    own_hub.settings = {**own_hub.settings, "AMPHI_AFTERTALK": "0"}
    own_hub.start()
    session = ended(own_hub)
    teacher = visit(own_hub, TEACHER, f"/class/{session}")
    expect(teacher.page.locator("#connection")).to_have_attribute("data-phase", "closed")
    reopen_button(teacher).click()
    expect(teacher.page.get_by_role("heading", name="The class is live")).to_be_focused()
    teacher.connected()
    teacher.write("On reprend")
    expect(teacher.message("On reprend")).to_have_count(1)


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("en-GB", "Nobody ended it, so it ended by itself."), ("fr-FR", "Personne ne l’a terminé : il s’est terminé de lui-même.")],
)
def test_a_class_that_ended_by_itself_says_so(own_hub: Hub, visit: Visit, locale: str, sentence: str) -> None:
    session = own_hub.plan(starts_in=-90, minutes=60)
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale, tolerated=NETWORK_NOISE)
    student.connected()
    # Announced, and due.
    announce = "UPDATE live_sessions SET ending_at = actual_start_at + 1000 WHERE id = ?"
    later(own_hub, announce, session, AMPHI_AUTO_END="1s")
    # The hub looks on its heartbeat, every 15 seconds.
    expect(student.page.get_by_text(sentence)).to_be_visible(timeout=30_000)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    expect(teacher.page.get_by_text(sentence)).to_be_visible()
    expect(reopen_button(teacher)).to_be_visible()


def test_an_end_that_comes_by_itself_is_announced_and_taken_back(own_hub: Hub, visit: Visit) -> None:
    assert own_hub.stop() == 0
    own_hub.settings = {**own_hub.settings, "AMPHI_AUTO_END": "1s"}
    own_hub.start()
    session = own_hub.plan(starts_in=-90, minutes=60)
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}")
    announced = student.page.locator("#ending")
    expect(announced).to_contain_text("ends by itself", timeout=30_000)
    teacher = visit(own_hub, TEACHER, f"/class/{session}")
    told = teacher.page.locator("#ending")
    expect(told).to_contain_text("Now that you are here, it goes on")
    for notice in (announced, told):
        expect(notice).to_be_hidden(timeout=30_000)


def test_a_host_is_told_of_the_end_after_twelve_hours_and_what_to_do(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan(minutes=13 * 60)
    own_hub.begin(session)
    later(
        own_hub, "UPDATE live_sessions SET actual_start_at = actual_start_at - ? WHERE id = ?", 12 * HOUR - MINUTE, session
    )
    teacher = visit(own_hub, TEACHER, f"/class/{session}")
    student = visit(own_hub, STUDENT, f"/class/{session}", locale="fr-FR")
    notice = teacher.page.locator("#ending")
    expect(notice).to_contain_text("no class is longer than 12 hours, and that cannot be put off", timeout=30_000)
    teacher.screenshot("class-ending-1280")
    teacher.page.set_viewport_size({"width": 390, "height": 780})
    teacher.screenshot("class-ending-390")
    expect(student.page.locator("#ending")).to_contain_text("aucun cours ne dure plus de 12 heures")
    expect(student.page.locator("#ending").get_by_role("link")).to_have_count(0)
    with teacher.context.expect_page() as opened:
        notice.get_by_role("link", name="Plan another session").click()
    expect(opened.value.get_by_role("button", name="New session")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_the_ended_class_fits_every_screen(hub: Hub, visit: Visit, width: int, scheme: str, locale: str) -> None:
    options = {"viewport": {"width": width, "height": 780}, "color_scheme": scheme, "locale": locale}
    teacher = visit(hub, TEACHER, f"/class/{ended(hub)}", **options)
    expect(reopen_button(teacher)).to_be_in_viewport()
    teacher.screenshot(f"class-ended-{width}-{scheme}-{locale[:2]}")
    assert teacher.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
