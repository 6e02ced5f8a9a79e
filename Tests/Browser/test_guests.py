"""Guests: a teacher makes a link, somebody from outside comes in by it, sees this class and nothing else, and is let go."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import CLASSMATE, COURSE, STUDENT, TEACHER, Hub
from test_small_screens import reach, wide

NAME = "Dr Ada Okafor"
# A guest who was let go is refused what the page asks for.
GONE = "status of 40[134]|WebSocket connection to"
WORDS: dict[str, dict[str, str]] = {
    "en-GB": {
        "box": "Guests", "invite": "Invite a guest", "name": "Name", "make": "Make the link", "copy": "Copy the link",
        "copied": "The link is copied.", "close": "Close", "here": "is here", "away": "has not come yet", "more": "More for {}",
        "show": "Show the link", "renew": "Make a new link", "go": "Let go", "forget": "Let go and forget", "tag": "Guest",
        "over": "This invitation has ended. Ask whoever invited you for another one.", "gone": "was let go",
        "warning": "What they wrote is deleted", "acts": "invited {} as a guest", "nobody": "Nobody from outside is invited",
    },
    "fr-FR": {
        "box": "Invités", "invite": "Inviter quelqu’un", "name": "Nom", "make": "Créer le lien", "copy": "Copier le lien",
        "copied": "Le lien est copié.", "close": "Fermer", "here": "est là", "away": "n’est pas encore venu", "more": "Plus pour {}",
        "show": "Montrer le lien", "renew": "Créer un nouveau lien", "go": "Retirer l’invitation", "forget": "Retirer et oublier",
        "tag": "Invité", "over": "Cette invitation a pris fin. Demandez-en une autre à la personne qui vous a invité.",
        "gone": "invitation retirée", "warning": "Ce qu’il a écrit est supprimé", "acts": "a invité {}",
        "nobody": "Personne d’extérieur n’est invité",
    },
}
both_languages = pytest.mark.parametrize("locale", WORDS)


def invite(hub: Hub, session: int, name: str = NAME) -> dict[str, Any]:
    return hub.request("POST", f"/api/live-sessions/{session}/guests", TEACHER, {"name": name})


def come(hub: Hub, visit: Visit, invitation: dict[str, Any], **options: Any) -> Visitor:
    """Opens the link, as it stands after the address of the hub."""
    return visit(hub, None, re.sub(r"^https?://[^/]+", "", invitation["link"]), **options)


def choose(teacher: Visitor, words: dict[str, str], item: str, name: str = NAME) -> None:
    teacher.page.locator("#guest-list").get_by_role("button", name=words["more"].format(name), exact=True).click()
    teacher.page.get_by_role("menuitem", name=words[item], exact=True).click()


def confirm(teacher: Visitor, words: dict[str, str], item: str) -> None:
    teacher.page.get_by_role("dialog").get_by_role("button", name=words[item], exact=True).click()


@both_languages
def test_a_guest_is_invited_comes_and_is_let_go(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale, permissions=["clipboard-read", "clipboard-write"])
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale)
    for visitor in (teacher, student):
        visitor.connected()
    # By the keyboard alone: the box, the form, the link.
    teacher.page.locator("#tab-people").click()
    teacher.page.locator("#guests-title").focus()
    teacher.page.keyboard.press("Enter")
    expect(teacher.page.locator("#no-guests")).to_contain_text(words["nobody"])
    teacher.page.keyboard.press("Tab")
    expect(teacher.page.get_by_role("button", name=words["invite"])).to_be_focused()
    teacher.page.keyboard.press("Enter")
    dialog = teacher.page.get_by_role("dialog")
    dialog.get_by_label(words["name"], exact=True).fill(NAME)
    teacher.screenshot(f"guest-form-{locale[:2]}")
    teacher.page.keyboard.press("Enter")
    link = dialog.locator("code")
    expect(link).to_contain_text("/sign-in#code=")
    dialog.get_by_role("button", name=words["copy"]).click()
    expect(dialog.get_by_role("status")).to_have_text(words["copied"])
    teacher.screenshot(f"guest-link-{locale[:2]}")
    address = link.inner_text()
    assert teacher.page.evaluate("navigator.clipboard.readText()") == address
    dialog.get_by_role("button", name=words["close"]).click()
    state = teacher.page.locator("#guest-list .muted")
    expect(state).to_contain_text(words["away"])

    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    guest = come(own_hub, visit, {"link": address}, locale=locale, tolerated=GONE, **phone)
    guest.page.wait_for_url(f"**/class/{session}")
    guest.connected()
    expect(state).to_have_text(words["here"])
    guest.write("Bonjour à tous")
    said = student.message("Bonjour à tous")
    expect(said.locator(".author")).to_have_text(NAME)
    expect(said.locator(".tag")).to_have_text(words["tag"])
    student.page.locator("#tab-people").click()
    expect(student.page.locator("#people .person", has_text=NAME).locator(".tag")).to_have_text(words["tag"])
    student.page.locator("#tab-chat").click()
    # There is no way from here to other pages, nor to what hosts see.
    expect(guest.page.locator(".brand")).not_to_have_attribute("href", re.compile(".*"))
    expect(guest.page.locator("#device")).to_be_hidden()
    guest.page.locator("#tab-people").tap()
    expect(guest.page.locator("#guests")).to_be_hidden()
    assert wide(guest) <= 0
    guest.screenshot(f"guest-phone-{locale[:2]}")
    for path in ("/", "/account", "/admin", f"/course/{COURSE}/links", f"/class/{session}/attendance", f"/class/{session + 1}"):
        guest.page.goto(own_hub.url + path)
        guest.page.wait_for_url(f"**/class/{session}")
    guest.connected()
    expect(teacher.page.locator(".person", has_text=NAME).first).to_be_visible()
    teacher.screenshot(f"guest-people-{locale[:2]}")

    # The same link again, in another browser.
    again = come(own_hub, visit, {"link": address}, locale=locale, tolerated=GONE)
    again.connected()
    choose(teacher, words, "go")
    confirm(teacher, words, "go")
    for visitor in (guest, again):
        expect(visitor.page.locator("#problem")).to_have_text(words["over"])
        expect(visitor.page.locator("#problem button")).to_have_count(0)
    expect(state).to_have_text(words["gone"])
    guest.screenshot(f"guest-over-{locale[:2]}")
    guest.page.reload()
    expect(guest.page.locator("#problem, #state").first).to_contain_text(words["over"])
    late = come(own_hub, visit, {"link": address}, locale=locale, tolerated=GONE)
    expect(late.page.locator("#state")).to_have_text(words["over"])
    expect(late.page.locator("#login")).to_be_hidden()
    late.screenshot(f"guest-late-{locale[:2]}")
    # What the guest wrote stays until the guest is forgotten.
    expect(said).to_be_visible()
    choose(teacher, words, "forget")
    expect(teacher.page.get_by_role("dialog")).to_contain_text(words["warning"])
    confirm(teacher, words, "forget")
    expect(said).to_have_count(0)
    expect(student.page.locator("body")).not_to_contain_text(NAME)
    expect(teacher.page.locator("#panel-people")).not_to_contain_text(NAME)


def test_a_new_link_ends_the_old_one(own_hub: Hub, visit: Visit) -> None:
    words = WORDS["en-GB"]
    session = own_hub.plan()
    old = invite(own_hub, session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}")
    guest = come(own_hub, visit, old, tolerated=GONE)
    for visitor in (teacher, guest):
        visitor.connected()
    teacher.page.locator("#tab-people").click()
    teacher.page.locator("#guests-title").click()
    choose(teacher, words, "show")
    dialog = teacher.page.get_by_role("dialog")
    expect(dialog.locator("code")).to_have_text(old["link"])
    dialog.get_by_role("button", name=words["close"]).click()
    choose(teacher, words, "renew")
    confirm(teacher, words, "renew")
    expect(dialog.locator("code")).to_contain_text("#code=")
    new = dialog.locator("code").inner_text()
    assert new != old["link"]
    dialog.get_by_role("button", name=words["close"]).click()
    # On the page that stands, or on the one to sign in, which has no form for a guest.
    expect(guest.page.locator("#problem, #state").first).to_contain_text(words["over"])
    expect(guest.page.get_by_role("textbox", name="Password")).to_have_count(0)
    come(own_hub, visit, {"link": new}).connected()


def test_a_guest_of_a_class_that_is_over_reads_its_chat(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    guest = come(own_hub, visit, invite(own_hub, session))
    guest.connected()
    guest.write("Merci")
    own_hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    expect(guest.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    expect(guest.message("Merci")).to_be_visible()
    expect(guest.page.locator("#stage a")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(640, 320), (320, 350), (320, 200)])
@both_languages
def test_guests_are_invited_on_a_small_screen(hub: Hub, visit: Visit, width: int, height: int, locale: str) -> None:
    words = WORDS[locale]
    session = hub.plan()
    invite(hub, session, "Un nom qui prend toute la place et même davantage sur un petit écran")
    invite(hub, session)
    teacher = visit(hub, TEACHER, f"/class/{session}", locale=locale, viewport={"width": width, "height": height}, has_touch=True)
    visit(hub, CLASSMATE, f"/class/{session}").connected()
    teacher.connected()
    teacher.page.locator("#tab-people").click()
    teacher.page.locator("#guests-title").click()
    expect(teacher.page.locator("#guest-list li")).to_have_count(2)
    reach(teacher, teacher.page.locator("#invite-guest"))
    choose(teacher, words, "show")
    dialog = teacher.page.get_by_role("dialog")
    for name in ("copy", "close"):
        reach(teacher, dialog.get_by_role("button", name=words[name], exact=True))
    assert dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0
    teacher.page.keyboard.press("Escape")
    teacher.page.locator("#guest-list .menu > button").last.click()
    reach(teacher, teacher.page.get_by_role("menuitem").last)
    assert wide(teacher) <= 0
    teacher.screenshot(f"guests-{width}x{height}-{locale[:2]}")
