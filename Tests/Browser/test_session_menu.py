"""What a host does with a session on the start page: change, move, copy, cancel, delete; room for everybody."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from playwright.sync_api import Locator, TimeoutError, expect

from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, TEACHER, Hub

WORDS = {
    "en-GB": {
        "more": "More for {}", "edit": "Edit", "move": "Move to another time", "copy": "Copy",
        "cancel": "Cancel the session", "delete": "Delete", "save": "Save", "title": "Title", "no": "Cancel",
        "start": "Starts (your local time)", "minutes": "Duration in minutes", "places": "Places for participants",
        "plan": "Plan the session", "cancelled": "Cancelled", "past": "This start has passed. Choose a later one.",
        "endless": "The class would end after the year 9999. Choose fewer minutes.",
    },
    "fr-FR": {
        "more": "Plus pour {}", "edit": "Modifier", "move": "Déplacer à un autre moment", "copy": "Copier",
        "cancel": "Annuler la séance", "delete": "Supprimer", "save": "Enregistrer", "title": "Titre", "no": "Annuler",
        "start": "Début (votre heure locale)", "minutes": "Durée en minutes", "places": "Places pour les participants",
        "plan": "Prévoir la séance", "cancelled": "Annulé", "past": "Ce début est passé. Choisissez-en un plus tard.",
        "endless": "Le cours finirait après l’an 9999. Choisissez moins de minutes.",
    },
}
both_languages = pytest.mark.parametrize("locale", WORDS)


def card(visitor: Visitor, title: str) -> Locator:
    return visitor.page.get_by_role("article", name=title, exact=True)


def choose(visitor: Visitor, words: dict[str, str], title: str, item: str) -> None:
    more = card(visitor, title).get_by_role("button", name=words["more"].format(title), exact=True)
    choice = visitor.page.get_by_role("menuitem", name=words[item], exact=True)
    more.click()
    # A list that is read anew closes the menu: whoever sees that opens it again.
    try:
        choice.click(timeout=4000)
    except TimeoutError:
        more.click()
        choice.click()


def row(hub: Hub, session: int) -> Any:
    return hub.request("GET", f"/api/live-sessions/{session}", TEACHER)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


# Found from outside, no. 52
@both_languages
def test_a_session_is_changed_moved_and_copied(own_hub: Hub, visit: Visit, locale: str) -> None:
    words, session = WORDS[locale], own_hub.plan("Les graphes", starts_in=600, description="Chapitre 3")
    before = row(own_hub, session)
    teacher = visit(own_hub, TEACHER, "/", locale=locale, timezone_id="Europe/Paris")
    dialog = teacher.page.get_by_role("dialog")
    choose(teacher, words, "Les graphes", "edit")
    expect(dialog.get_by_label(words["title"])).to_be_focused()
    dialog.get_by_label(words["title"]).fill("Les arbres")
    dialog.get_by_label(words["places"]).fill("7")
    teacher.screenshot(f"session-edit-{locale[:2]}")
    dialog.get_by_role("button", name=words["save"]).click()
    expect(card(teacher, "Les arbres").get_by_role("button")).to_be_focused()
    changed = row(own_hub, session)
    assert (changed["title"], changed["max_participants"]) == ("Les arbres", 7)
    assert changed["scheduled_start_at"] == before["scheduled_start_at"]
    assert changed["description"] == "Chapitre 3"

    choose(teacher, words, "Les arbres", "move")
    start = dialog.get_by_label(words["start"])
    shown = datetime.fromisoformat(start.input_value())
    start.fill((shown + timedelta(hours=2)).isoformat(timespec="minutes"))
    dialog.get_by_label(words["minutes"]).fill("45")
    dialog.get_by_role("button", name=words["save"]).click()
    expect(dialog).to_have_count(0)
    moved = row(own_hub, session)
    assert moment(moved["scheduled_end_at"]) - moment(moved["scheduled_start_at"]) == timedelta(minutes=45)
    assert 115 <= (moment(moved["scheduled_start_at"]) - moment(before["scheduled_start_at"])).total_seconds() / 60 <= 120

    choose(teacher, words, "Les arbres", "copy")
    dialog.get_by_label(words["title"]).fill("Les arbres, suite")
    dialog.get_by_role("button", name=words["plan"]).click()
    expect(card(teacher, "Les arbres, suite")).to_be_visible()
    expect(card(teacher, "Les arbres")).to_be_visible()
    rows = own_hub.request("GET", "/api/instructor/live-sessions?limit=100", TEACHER)
    [copied] = [row for row in rows if row["title"] == "Les arbres, suite"]
    assert (copied["max_participants"], copied["description"]) == (7, "Chapitre 3")
    assert moment(copied["scheduled_start_at"]) > moment(moved["scheduled_start_at"]) + timedelta(days=6)


# Found from outside, no. 52
def test_a_duration_that_nobody_touches_stays_to_the_millisecond(own_hub: Hub, visit: Visit) -> None:
    # 30 hours and some seconds: longer than any class that the page would suggest.
    session = own_hub.plan("Les graphes", starts_in=600, minutes=1800.66)
    before = row(own_hub, session)
    teacher = visit(own_hub, TEACHER, "/")
    sent: list[Any] = []
    teacher.page.on("request", lambda request: request.method == "PUT" and sent.append(request.post_data_json))
    dialog = teacher.page.get_by_role("dialog")
    choose(teacher, WORDS["en-GB"], "Les graphes", "edit")
    dialog.get_by_label("Title").fill("Les arbres")
    dialog.get_by_role("button", name="Save").click()
    expect(card(teacher, "Les arbres")).to_be_visible()
    assert sent == [{"title": "Les arbres"}]
    choose(teacher, WORDS["en-GB"], "Les arbres", "move")
    start = dialog.get_by_label("Starts (your local time)")
    start.fill((datetime.fromisoformat(start.input_value()) + timedelta(hours=2)).isoformat(timespec="minutes"))
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    moved = row(own_hub, session)
    length = moment(before["scheduled_end_at"]) - moment(before["scheduled_start_at"])
    assert moved["scheduled_start_at"] != before["scheduled_start_at"]
    assert moment(moved["scheduled_end_at"]) - moment(moved["scheduled_start_at"]) == length


# Found from outside, no. 37
@pytest.mark.parametrize("half", ["00:30", "01:30"])
def test_a_start_that_nobody_touches_stays_in_the_hour_that_clocks_show_twice(
    own_hub: Hub, visit: Visit, half: str
) -> None:
    start = datetime.fromisoformat(f"2027-10-31T{half}:00+00:00")
    starts_in = (start - datetime.now(timezone.utc)).total_seconds() / 60 + 0.2
    own_hub.plan("Les graphes", starts_in=starts_in)
    teacher = visit(own_hub, TEACHER, "/", timezone_id="Europe/Paris")
    sent: list[Any] = []
    teacher.page.on("request", lambda request: request.method in ("PUT", "POST") and sent.append(request.post_data_json))
    dialog = teacher.page.get_by_role("dialog")
    choose(teacher, WORDS["en-GB"], "Les graphes", "edit")
    field = dialog.get_by_label("Starts (your local time)")
    shown = field.input_value()
    assert shown == "2027-10-31T02:30"
    # Another time and back again is the time that the field showed first.
    field.fill("2027-10-31T05:00")
    field.fill(shown)
    dialog.get_by_label("Title").fill("Les arbres")
    dialog.get_by_role("button", name="Save").click()
    expect(card(teacher, "Les arbres")).to_be_visible()
    assert sent == [{"title": "Les arbres"}]
    choose(teacher, WORDS["en-GB"], "Les arbres", "move")
    dialog.get_by_label("Duration in minutes").fill("90")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    assert list(sent[1]) == ["scheduled_end_at"]
    assert abs(moment(sent[1]["scheduled_end_at"]) - start - timedelta(minutes=90)) < timedelta(minutes=1)
    # A week later each hour is there once.
    choose(teacher, WORDS["en-GB"], "Les arbres", "copy")
    expect(field).to_have_value("2027-11-07T02:30")
    dialog.get_by_role("button", name="Plan the session").click()
    expect(dialog).to_have_count(0)
    assert sent[2]["scheduled_start_at"] == "2027-11-07T01:30:00.000Z"


# Found from outside, no. 52
@both_languages
def test_a_session_is_cancelled_and_deleted_after_a_question(own_hub: Hub, visit: Visit, locale: str) -> None:
    words, session = WORDS[locale], own_hub.plan("Les graphes", starts_in=600)
    teacher = visit(own_hub, TEACHER, "/", locale=locale)
    student = visit(own_hub, STUDENT, "/", locale=locale)
    expect(card(student, "Les graphes")).to_be_visible()
    expect(student.page.locator(".menu")).to_have_count(0)
    dialog = teacher.page.get_by_role("dialog")
    choose(teacher, words, "Les graphes", "cancel")
    expect(dialog.get_by_role("heading")).to_contain_text("Les graphes")
    dialog.get_by_role("button", name=words["no"], exact=True).click()
    assert row(own_hub, session)["status"] == "scheduled"
    choose(teacher, words, "Les graphes", "cancel")
    dialog.get_by_role("button", name=words["cancel"], exact=True).click()
    expect(card(teacher, "Les graphes").locator(".badge")).to_have_text(words["cancelled"])
    assert row(own_hub, session)["status"] == "cancelled"
    choose(teacher, words, "Les graphes", "delete")
    dialog.get_by_role("button", name=words["delete"], exact=True).click()
    expect(card(teacher, "Les graphes")).to_have_count(0)
    expect(teacher.page.locator("#sessions")).to_be_focused()


# Found from outside, no. 52
def test_the_menu_works_from_the_keyboard(own_hub: Hub, visit: Visit) -> None:
    own_hub.plan("Les graphes", starts_in=600)
    teacher = visit(own_hub, TEACHER, "/")
    keys = teacher.page.keyboard
    opener = teacher.page.get_by_role("button", name="More for Les graphes")
    expect(opener).to_have_attribute("aria-haspopup", "menu")
    item = teacher.page.get_by_role("menuitem")
    opener.focus()
    keys.press("ArrowDown")
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(item.first).to_be_focused()
    teacher.screenshot("session-menu")
    for key, at in [("ArrowDown", 1), ("End", 4), ("ArrowDown", 0), ("ArrowUp", 4), ("Home", 0)]:
        keys.press(key)
        expect(item.nth(at)).to_be_focused()
    keys.press("Escape")
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    expect(item.first).to_be_hidden()
    keys.press("Enter")
    expect(item.first).to_be_focused()
    keys.press("Tab")
    expect(item.first).to_be_hidden()


# Found from outside, no. 52
def test_a_refusal_of_the_hub_stays_beside_the_form(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan("Les graphes", starts_in=600)
    teacher = visit(own_hub, TEACHER, "/", tolerated="status of 4")
    expect(card(teacher, "Les graphes")).to_be_visible()
    own_hub.request("POST", f"/api/live-sessions/{session}/cancel", TEACHER)
    choose(teacher, WORDS["en-GB"], "Les graphes", "edit")
    dialog = teacher.page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Trop tard")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(dialog.get_by_label("Title")).to_have_value("Trop tard")


# Found from outside, no. 52
@both_languages
def test_a_start_in_the_past_is_refused_by_the_form(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    own_hub.plan("Les graphes", starts_in=600)
    teacher = visit(own_hub, TEACHER, "/", locale=locale)
    requests: list[str] = []
    teacher.page.on("request", lambda request: request.method != "GET" and requests.append(request.url))
    choose(teacher, words, "Les graphes", "move")
    start = teacher.page.get_by_role("dialog").get_by_label(words["start"])
    shown = datetime.fromisoformat(start.input_value())
    start.fill((shown - timedelta(days=2)).isoformat(timespec="minutes"))
    teacher.page.get_by_role("dialog").get_by_role("button", name=words["save"]).click()
    assert start.evaluate("field => field.validationMessage") == words["past"]
    start.fill(shown.isoformat(timespec="minutes"))
    assert start.evaluate("field => field.validationMessage") == ""
    teacher.page.keyboard.press("Escape")
    teacher.page.locator("#new-session").click()
    teacher.page.locator("#create-title").fill("Hier")
    teacher.page.locator("#create-start").fill((shown - timedelta(days=2)).isoformat(timespec="minutes"))
    teacher.page.get_by_role("button", name=words["plan"]).click()
    assert teacher.page.locator("#create-start").evaluate("field => field.validationMessage") == words["past"]
    # The last day that the field takes, and an end that no date can be.
    teacher.page.locator("#create-start").fill("9999-12-31T23:30")
    for length in ("3000", "4000000000"):
        teacher.page.locator("#create-minutes").fill(length)
        teacher.page.get_by_role("button", name=words["plan"]).click()
        assert teacher.page.locator("#create-minutes").evaluate("field => field.validationMessage") == words["endless"]
    assert requests == []


# Found from outside, no. 52
@pytest.mark.parametrize(
    ("locale", "badge", "heading"),
    [("en-GB", "Not held", "This class was not held"), ("fr-FR", "N’a pas eu lieu", "Ce cours n’a pas eu lieu")],
)
def test_a_class_that_was_never_held_says_so(
    own_hub: Hub, visit: Visit, locale: str, badge: str, heading: str
) -> None:
    session = own_hub.plan("Personne", starts_in=-300, minutes=60)
    for person in (TEACHER, STUDENT):
        start = visit(own_hub, person, "/", locale=locale)
        expect(card(start, "Personne").locator(".badge")).to_have_text(badge)
        reader = visit(own_hub, person, f"/class/{session}", locale=locale)
        expect(reader.page.get_by_role("heading", name=heading)).to_be_visible()
        expect(reader.page.locator("#badge")).to_have_text(badge)


# Found from outside, no. 51
def test_the_places_are_in_the_form_and_without_a_number_the_hub_decides(own_hub: Hub, visit: Visit) -> None:
    teacher = visit(own_hub, TEACHER, "/")
    bodies: list[Any] = []
    teacher.page.on("request", lambda request: request.method == "POST" and bodies.append(request.post_data_json))
    teacher.page.locator("#new-session").click()
    places = teacher.page.get_by_label("Places for participants")
    expect(places).to_have_accessible_description(
        "Empty: room for everybody in the course, also when it grows. Teachers and helpers need no place."
    )
    for title, number in [("Ouverte", ""), ("Petite", "2")]:
        if teacher.page.locator("#create").is_hidden():
            teacher.page.locator("#new-session").click()
        teacher.page.locator("#create-title").fill(title)
        places.fill(number)
        teacher.page.get_by_role("button", name="Plan the session").click()
        expect(card(teacher, title)).to_be_visible()
    assert [body.get("max_participants") for body in bodies] == [None, 2]


# Found from outside, no. 51
@both_languages
def test_a_copy_follows_the_course_as_its_model_does(own_hub: Hub, visit: Visit, locale: str) -> None:
    words, session = WORDS[locale], own_hub.plan("Ouverte", starts_in=600)
    teacher = visit(own_hub, TEACHER, "/", locale=locale)
    dialog = teacher.page.get_by_role("dialog")
    places = dialog.get_by_label(words["places"])

    def saved(title: str, item: str, number: str | None = None) -> list[Any]:
        choose(teacher, words, title, item)
        shown = places.input_value()
        if number is not None:
            places.fill(number)
        dialog.get_by_role("button", name=words["plan" if item == "copy" else "save"]).click()
        expect(dialog).to_have_count(0)
        # The list is new by then, and its menus with it.
        if item == "copy":
            expect(card(teacher, title)).to_have_count(2)
        else:
            expect(card(teacher, title).get_by_role("button")).to_be_focused()
        rows = own_hub.request("GET", "/api/instructor/live-sessions?limit=100", TEACHER)
        newest = max(rows, key=lambda row: row["id"]) if item == "copy" else row(own_hub, session)
        return [shown, newest["follows_course"], newest["max_participants"]]

    assert saved("Ouverte", "copy") == ["", True, 50]
    own_hub.request("DELETE", f"/api/live-sessions/{session + 1}", TEACHER)
    teacher.page.reload()
    assert saved("Ouverte", "edit") == ["", True, 50]
    # A number is a decision, also the one that the course has just now.
    assert saved("Ouverte", "edit", "50") == ["", False, 50]
    assert saved("Ouverte", "edit", "7") == ["50", False, 7]
    assert saved("Ouverte", "edit", "") == ["7", True, 50]


# Found from outside, no. 51
def test_a_full_class_says_so_to_the_student_and_the_host_makes_room(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan(max_participants=1)
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}")
    teacher.connected()
    expect(teacher.page.locator("#full")).to_be_hidden()
    first = visit(own_hub, STUDENT, f"/class/{session}")
    first.connected()
    expect(teacher.page.locator("#full")).to_contain_text("The only place is taken: nobody else gets in.")
    expect(first.page.locator("#full")).to_be_hidden()
    second = visit(own_hub, CLASSMATE, f"/class/{session}", tolerated="status of 4")
    expect(second.page.locator("#problem")).to_contain_text("every place is taken. Ask the teacher for more places")
    teacher.page.get_by_role("button", name="Add places").click()
    dialog = teacher.page.get_by_role("dialog")
    dialog.get_by_label("Places for participants").fill("2")
    teacher.screenshot("class-full")
    dialog.get_by_role("button", name="Save").click()
    expect(teacher.page.locator("#full")).to_be_hidden()
    second.page.get_by_role("button", name="Connect again").click()
    second.connected()
    expect(teacher.page.locator("#full")).to_contain_text("All 2 places are taken")


# Found from outside: a recording that is a path of the platform, as migrated classes have it.
@both_languages
def test_a_recording_that_is_a_path_is_a_link_and_leaves_the_class_to_be_edited(
    own_hub: Hub, visit: Visit, locale: str
) -> None:
    words, path = WORDS[locale], "/uploads/rec-1.mp4"
    session = own_hub.plan("Les anneaux")
    own_hub.begin(session)
    own_hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {"recording_url": path})
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale)
    link = student.page.get_by_role("link", name={"en-GB": "Watch the recording"}.get(locale, "Voir l’enregistrement"))
    expect(link).to_have_attribute("href", own_hub.url + path)
    teacher = visit(own_hub, TEACHER, "/", locale=locale)
    choose(teacher, words, "Les anneaux", "edit")
    dialog = teacher.page.get_by_role("dialog")
    dialog.get_by_label(words["title"]).fill("Les corps")
    dialog.get_by_role("button", name=words["save"]).click()
    expect(card(teacher, "Les corps")).to_be_visible()
    assert row(own_hub, session)["recording_url"] == path
    for address, href in [("//evil.example/x", None), ("/a//b", f"{own_hub.url}/a//b"), ("javascript:alert(1)", None)]:
        found = teacher.page.evaluate("async (address) => (await import('/js/dom.js')).webAddress(address)", address)
        assert found == href
