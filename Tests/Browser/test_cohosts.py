"""Co-hosts of one class, a teacher who is away, and the substitute who takes over, as everybody's page shows it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import ADMIN, CLASSMATE, STUDENT, TEACHER, Hub, Person
from test_small_screens import reach, wide

SUBSTITUTE = Person(9, "Odile", "Diop", "instructor")
WORDS: dict[str, dict[str, str]] = {
    "en-GB": {
        "more": "More for {}", "name": "Make co-host", "end": "End co-host", "meaning": "In this class a co-host may do what you may",
        "began": "{} is co-host of this class now.", "you": "You are co-host of this class now",
        "over": "You are no longer co-host of this class.", "start": "Start the class", "substitute": "Name a substitute",
        "away": "The teacher is not connected at the moment", "hold": "{} is not connected at the moment.",
        "back": "The class has its teacher again.", "act": "made {} co-host", "role": "Moderator", "search": "Name, or the e-mail",
    },
    "fr-FR": {
        "more": "Plus pour {}", "name": "Nommer coanimateur", "end": "Retirer le rôle de coanimateur",
        "meaning": "Dans cette séance, un coanimateur peut faire", "began": "{} coanime désormais cette séance.",
        "you": "Vous coanimez désormais cette séance", "over": "Vous ne coanimez plus cette séance.", "start": "Commencer le cours",
        "substitute": "Nommer un remplaçant", "away": "L’enseignant n’est pas connecté en ce moment",
        "hold": "{} n’est pas connecté en ce moment.", "back": "Le cours a de nouveau son enseignant.",
        "act": "a nommé {} coanimateur", "role": "Modérateur", "search": "Nom, ou adresse e-mail",
    },
}
both_languages = pytest.mark.parametrize("locale", WORDS)


def menu_of(host: Visitor, words: dict[str, str], person: Person) -> None:
    host.page.locator("#tab-people").click()
    host.page.get_by_role("button", name=words["more"].format(person.name), exact=True).click()


@both_languages
def test_a_student_becomes_co_host_and_is_none_any_more(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = own_hub.plan()
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale, viewport={"width": 390, "height": 780})
    classmate = visit(own_hub, CLASSMATE, f"/class/{session}", locale=locale)
    for visitor in (teacher, student, classmate):
        visitor.connected()
    # By the keyboard alone: the menu, and the question that says what it means.
    teacher.page.locator("#tab-people").click()
    teacher.page.get_by_role("button", name=words["more"].format(STUDENT.name), exact=True).focus()
    teacher.page.keyboard.press("Enter")
    item = teacher.page.get_by_role("menuitem", name=words["name"])
    for _ in range(2):
        teacher.page.keyboard.press("ArrowDown")
    expect(item).to_be_focused()
    teacher.page.keyboard.press("Enter")
    dialog = teacher.page.get_by_role("dialog")
    expect(dialog).to_contain_text(words["meaning"])
    teacher.screenshot(f"cohost-question-{locale[:2]}")
    teacher.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(student.page.locator("#start")).to_have_count(0)
    menu_of(teacher, words, STUDENT)
    teacher.page.get_by_role("menuitem", name=words["name"]).click()
    dialog.get_by_role("button", name=words["name"]).click()

    expect(student.page.locator("#role")).to_contain_text(words["you"])
    expect(student.page.get_by_role("button", name=words["start"])).to_be_enabled()
    student.screenshot(f"cohost-you-{locale[:2]}")
    for visitor in (teacher, classmate):
        expect(visitor.page.locator("#role")).to_have_text(words["began"].format(STUDENT.name))
        visitor.page.locator("#tab-people").click()
        expect(visitor.page.locator(f"#people [data-id='{STUDENT.id}'] .tag")).to_have_text(words["role"])
    teacher.page.locator("#acts-title").click()
    expect(teacher.page.locator(".acts li")).to_contain_text(words["act"].format(STUDENT.name))
    teacher.screenshot(f"cohost-people-{locale[:2]}")
    # A co-host moderates, and names nobody.
    menu_of(student, words, CLASSMATE)
    expect(student.page.get_by_role("menuitem").first).to_be_visible()
    expect(student.page.get_by_role("menuitem", name=words["name"])).to_have_count(0)
    expect(student.page.locator("#substitute")).to_be_hidden()
    student.page.keyboard.press("Escape")

    menu_of(teacher, words, STUDENT)
    teacher.page.get_by_role("menuitem", name=words["end"]).click()
    expect(student.page.locator("#role")).to_have_text(words["over"])
    expect(student.page.locator("#start")).to_have_count(0)
    # Whoever comes later is not told of what was before.
    classmate.page.reload()
    classmate.connected()
    expect(classmate.page.locator("#role")).to_be_hidden()


@both_languages
def test_a_class_whose_teacher_is_away_says_so_until_a_host_is_back(hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}", locale=locale)
    student = visit(hub, STUDENT, f"/class/{session}", locale=locale, viewport={"width": 390, "height": 780})
    teacher.connected()
    student.connected()
    expect(student.page.locator(f"#people [data-id='{TEACHER.id}']")).to_have_count(1)
    expect(student.page.locator("#absent")).to_be_hidden()
    teacher.page.goto(f"{hub.url}/account")
    expect(student.page.locator("#absent")).to_contain_text(words["away"])
    expect(student.page.locator("#absent button")).to_have_count(0)
    student.screenshot(f"absent-{locale[:2]}")
    teacher.page.goto(f"{hub.url}/class/{session}")
    expect(student.page.locator("#absent")).to_be_hidden()
    expect(student.page.locator("#announcer")).to_contain_text(words["back"])


@both_languages
def test_a_substitute_takes_over_in_one_step(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    own_hub.request("PUT", f"/api/users/{SUBSTITUTE.id}", ADMIN, SUBSTITUTE.fields())
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    small = {"viewport": {"width": 320, "height": 350}, "has_touch": True}
    administrator = visit(own_hub, ADMIN, f"/class/{session}", locale=locale, **small)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale)
    for visitor in (teacher, administrator, student):
        visitor.connected()
    expect(administrator.page.locator(f"#people [data-id='{TEACHER.id}']")).to_have_count(1)
    own_hub.request("PUT", f"/api/live-sessions/{session}/cohosts/{CLASSMATE.id}", TEACHER)
    cohost = visit(own_hub, CLASSMATE, f"/class/{session}", locale=locale)
    cohost.connected()
    expect(cohost.page.locator(f"#people [data-id='{TEACHER.id}']")).to_have_count(1)
    teacher.context.close()
    # Whoever holds the class meanwhile is told; who may name somebody is offered it. The students still have hosts.
    notice = administrator.page.locator("#absent")
    expect(notice).to_contain_text(words["hold"].format(TEACHER.name), timeout=30_000)
    expect(cohost.page.locator("#absent")).to_contain_text(words["hold"].format(TEACHER.name))
    expect(cohost.page.locator("#absent button")).to_have_count(0)
    expect(student.page.locator("#absent")).to_be_hidden()
    reach(administrator, notice.get_by_role("button"))
    assert wide(administrator) <= 0
    notice.get_by_role("button", name=words["substitute"]).click()
    dialog = administrator.page.get_by_role("dialog")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    dialog.get_by_label(words["search"]).fill("lea")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    administrator.screenshot(f"substitute-{locale[:2]}")
    # Somebody who is not of the class yet, by the address.
    dialog.get_by_label(words["search"]).fill(SUBSTITUTE.email)
    expect(dialog.get_by_role("radio")).to_have_count(0)
    reach(administrator, dialog.get_by_role("button", name=words["name"]))
    dialog.get_by_role("button", name=words["name"]).click()
    expect(dialog).to_have_count(0)
    substitute = visit(own_hub, SUBSTITUTE, f"/class/{session}", locale=locale)
    substitute.connected()
    expect(substitute.page.locator("#end")).to_be_enabled()
    # One who is here, by name and keyboard.
    administrator.page.locator("#tab-people").click()
    administrator.page.locator("#substitute").click()
    dialog.get_by_role("radio").focus()
    administrator.page.keyboard.press("Space")
    administrator.page.keyboard.press("Enter")
    expect(student.page.locator("#role")).to_contain_text(words["you"])
    expect(student.page.locator("#end")).to_be_enabled()


def test_whoever_is_not_shown_is_found_by_typing(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    administrator = visit(hub, ADMIN, f"/class/{session}")
    visit(hub, STUDENT, f"/class/{session}").connected()
    administrator.connected()
    administrator.page.locator("#tab-people").click()
    expect(administrator.page.locator("#people .person")).to_have_count(2)
    administrator.page.locator("#substitute").click()
    dialog = administrator.page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("nobody has this name")
    expect(dialog.get_by_role("status")).to_have_text("Nobody here has this name.")
    dialog.get_by_role("button", name="Make co-host").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose somebody first.")
    dialog.get_by_role("searchbox").fill("LEA mar")
    dialog.get_by_role("radio").check()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
