"""A teacher's first five minutes with a class: two students, one of them on a phone, and a guest, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, TEACHER, Hub, Person
from test_guests import come, invite
from test_small_screens import wide

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
GUEST = "Dr Ada Okafor"
WORDS: dict[str, dict[str, str]] = {
    "en-GB": {
        "start": "Start the class", "end": "End the class", "roll": "Roll-call: 2 of 2 here", "announce": "As an announcement",
        "ask": "Ask a question", "approve": "Approve", "written": "Answer in writing",
        "more": "More for {}", "mute": "Mute for 5 minutes", "hand": "Raise hand", "next": "Call next", "turn": "It is your turn to speak.",
        "called": "{} is called to speak.", "substitute": "Name a substitute", "name": "Make co-host", "live": "Live", "ended": "Ended",
        "you": "You are co-host of this class now", "began": "{} is co-host of this class now.", "over": "The class has ended",
        "answered": "Answered in writing", "muted": "A teacher has muted you in this chat until",
    },
    "fr-FR": {
        "start": "Commencer le cours", "end": "Terminer le cours", "roll": "Appel : 2 sur 2", "announce": "Comme annonce",
        "ask": "Poser une question", "approve": "Approuver", "written": "Répondre par écrit", "more": "Plus pour {}",
        "mute": "Mettre en sourdine 5 minutes", "hand": "Lever la main", "next": "Donner la parole", "turn": "La parole est à vous.",
        "called": "La parole est à {}.", "substitute": "Nommer un remplaçant", "name": "Nommer coanimateur", "live": "En direct",
        "ended": "Terminé", "you": "Vous coanimez désormais cette séance", "began": "{} coanime désormais cette séance.",
        "over": "Le cours est terminé", "answered": "Réponse donnée par écrit",
        "muted": "Un enseignant vous a mis en sourdine dans cette messagerie jusqu’à",
    },
}


def tab(visitor: Visitor, name: str) -> None:
    visitor.page.locator(f"#tab-{name}").click()


def ask(visitor: Visitor, words: dict[str, str], text: str) -> None:
    tab(visitor, "questions")
    visitor.page.get_by_role("button", name=words["ask"]).click()
    visitor.page.locator("#message").fill(text)
    visitor.page.keyboard.press("Enter")
    expect(visitor.message(text)).to_have_count(1)


def choose(teacher: Visitor, words: dict[str, str], person: Person, item: str) -> None:
    tab(teacher, "people")
    teacher.page.locator("#people").get_by_role("button", name=words["more"].format(person.name), exact=True).click()
    teacher.page.get_by_role("menuitem", name=words[item], exact=True).click()


@pytest.mark.parametrize("locale", WORDS)
def test_a_teachers_first_five_minutes(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = own_hub.plan()
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    phone = visit(own_hub, STUDENT, f"/class/{session}", locale=locale, **PHONE)
    classmate = visit(own_hub, CLASSMATE, f"/class/{session}", locale=locale)
    guest = come(own_hub, visit, invite(own_hub, session, GUEST), locale=locale)
    everybody = {"teacher": teacher, "phone": phone, "classmate": classmate, "guest": guest}
    for visitor in everybody.values():
        visitor.connected()

    def look(step: str) -> None:
        """Keeps what a teacher, a phone and a guest see, and looks that nothing is cut off."""
        for name in ("teacher", "phone", "guest"):
            everybody[name].screenshot(f"five-{step}-{name}-{locale[:2]}")
            assert wide(everybody[name]) <= 0

    # Start.
    teacher.page.get_by_role("button", name=words["start"]).click()
    for visitor in everybody.values():
        expect(visitor.page.locator("#badge")).to_have_text(words["live"])
    look("1-start")

    # Roll-call: both students are here; the guest is not expected.
    tab(teacher, "people")
    teacher.page.locator("#roll-title").click()
    expect(teacher.page.locator("#roll-title")).to_have_text(words["roll"])
    expect(teacher.page.locator("#roll-list")).not_to_contain_text(GUEST)
    look("2-roll")
    teacher.page.locator("#roll-title").click()

    # Announce.
    tab(teacher, "chat")
    teacher.page.get_by_label(words["announce"]).check()
    teacher.write("On commence par les valeurs propres.")
    for visitor in (phone, classmate, guest):
        expect(visitor.page.locator("#announced")).to_contain_text("On commence par les valeurs propres.")
    look("3-announce")
    for visitor in (phone, classmate, guest):
        visitor.page.locator("#announced button").click()

    # Answer a question.
    ask(phone, words, "Et si le déterminant est nul ?")
    tab(teacher, "questions")
    teacher.page.locator("#questions .menu > button").click()
    teacher.page.get_by_role("menuitem", name=words["written"]).click()
    teacher.write("Alors zéro est une valeur propre.")
    expect(phone.message("Alors zéro").locator(".quoted")).to_have_text("Et si le déterminant est nul ?")
    expect(guest.message("Et si le déterminant").first.locator(".tag.state")).to_have_text(words["answered"])
    look("4-answer")

    # Approve one, in a class that wants it from now on.
    teacher.page.locator("#questions-approval").check()
    expect(classmate.page.locator("#composer")).to_be_visible()
    ask(classmate, words, "C’est à l’examen ?")
    tab(teacher, "questions")
    expect(teacher.page.locator("#pending-questions .question-item")).to_have_count(1)
    expect(guest.message("C’est à l’examen ?")).to_have_count(0)
    look("5-pending")
    teacher.page.locator("#pending-questions").get_by_role("button", name=words["approve"]).click()
    for visitor in (phone, guest):
        expect(visitor.message("C’est à l’examen ?")).to_have_count(1)

    # Mute one.
    choose(teacher, words, CLASSMATE, "mute")
    expect(classmate.page.locator("#chat-closed")).to_contain_text(words["muted"])
    expect(classmate.page.locator("#composer")).to_be_hidden()
    look("6-mute")

    # Let the next hand speak: the phone was first.
    phone.page.get_by_role("button", name=words["hand"]).tap()
    expect(teacher.page.locator("#hands li")).to_have_count(1)
    guest.page.get_by_role("button", name=words["hand"]).click()
    expect(teacher.page.locator("#hands li")).to_have_count(2)
    teacher.page.get_by_role("button", name=words["next"]).click()
    expect(phone.page.locator("#called")).to_have_text(words["turn"])
    expect(guest.page.locator("#called")).to_have_text(words["called"].format(STUDENT.name))
    look("7-hand")

    # Name a substitute, who may go on from the phone.
    teacher.page.locator("#substitute").click()
    dialog = teacher.page.get_by_role("dialog")
    # A guest cannot be one.
    expect(dialog.get_by_role("radio")).to_have_count(2)
    dialog.get_by_label(STUDENT.name).check()
    look("8-substitute")
    dialog.get_by_role("button", name=words["name"]).click()
    expect(phone.page.locator("#role")).to_contain_text(words["you"])
    expect(guest.page.locator("#role")).to_have_text(words["began"].format(STUDENT.name))
    expect(phone.page.get_by_role("button", name=words["end"])).to_be_enabled()
    look("9-cohost")

    # End.
    teacher.page.get_by_role("button", name=words["end"]).click()
    teacher.page.get_by_role("dialog").get_by_role("button", name=words["end"]).click()
    for visitor in everybody.values():
        expect(visitor.page.get_by_role("heading", name=words["over"])).to_be_visible()
        expect(visitor.page.locator("#badge")).to_have_text(words["ended"])
    look("10-end")
    expect(guest.page.locator("#stage").get_by_role("link")).to_have_count(0)
    expect(phone.page.locator("#absent")).to_be_hidden()
