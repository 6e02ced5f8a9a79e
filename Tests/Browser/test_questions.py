"""Questions on the class's page, as those who ask, those who vote and the hosts have them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from conftest import Visit, Visitor
from hub import ADMIN, CLASSMATE, STUDENT, TEACHER, Hub, Person
from test_hands import PHONE, wide
from test_roles import appoint
from test_small_screens import reach

WORDS = {
    "en": {
        "ask": "Ask a question", "anonymous": "Without my name", "private": "Only for the teachers", "vote": "Vote",
        "note": "The teachers can find out who asked", "approve": "Approve", "dismiss": "Dismiss", "live": "Answered live",
        "written": "Answer in writing", "done_written": "Answered in writing", "more": "More for {}", "announce": "As an announcement",
        "announced": "Announcement by {}", "close": "Close",
    },
    "fr": {
        "ask": "Poser une question", "anonymous": "Sans mon nom", "private": "Seulement pour les enseignants", "vote": "Voter",
        "note": "Les enseignants peuvent savoir qui a demandé", "approve": "Approuver", "dismiss": "Écarter",
        "live": "Répondue à l’oral", "written": "Répondre par écrit", "done_written": "Réponse donnée par écrit",
        "more": "Plus pour {}", "announce": "Comme annonce", "announced": "Annonce de {}", "close": "Fermer",
    },
}
ENGLISH = WORDS["en"]


def open_class(hub: Hub, visit: Visit, *people: Person, **fields: Any) -> list[Visitor]:
    """A class that is live, with these people in it and their questions in view."""
    session = hub.plan(**fields)
    hub.begin(session)
    visitors = [visit(hub, person, f"/class/{session}") for person in people]
    for visitor in visitors:
        visitor.connected()
        questions(visitor)
    return visitors


def questions(visitor: Visitor) -> None:
    visitor.page.locator("#tab-questions").click()


def ask(visitor: Visitor, text: str, *options: str, words: dict[str, str] = ENGLISH) -> None:
    """Asks with the button beside the questions, and goes back to them."""
    questions(visitor)
    visitor.page.get_by_role("button", name=words["ask"]).click()
    expect(visitor.page.locator("#as-question")).to_be_checked()
    for option in options:
        visitor.page.get_by_label(words[option]).check()
    visitor.page.locator("#message").fill(text)
    visitor.page.keyboard.press("Enter")
    expect(visitor.message(text)).to_have_count(1)
    questions(visitor)


def item(visitor: Visitor, text: str) -> Locator:
    return visitor.page.locator(".question-item").filter(has=visitor.page.locator(".message-text", has_text=text))


def vote(visitor: Visitor, text: str) -> Locator:
    return item(visitor, text).locator(".vote")


def listed(visitor: Visitor) -> Locator:
    return visitor.page.locator("#questions .message-text")


def choose(visitor: Visitor, text: str, act: str, words: dict[str, str] = ENGLISH) -> None:
    item(visitor, text).get_by_role("button", name=words["more"].format(text)).click()
    visitor.page.get_by_role("menuitem", name=act, exact=True).click()


def test_a_question_is_asked_voted_for_and_answered_aloud(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    everybody = (teacher, student, classmate)
    ask(student, "Pourquoi 101 ?")
    for visitor in everybody:
        expect(listed(visitor)).to_have_text(["Pourquoi 101 ?"])
        expect(visitor.page.locator("#questions-count")).to_have_text("1")
    expect(item(classmate, "101").locator(".author")).to_have_text(STUDENT.name)
    # Nobody votes for their own; the others count once each, and take their votes back.
    expect(vote(student, "101")).to_be_disabled()
    expect(vote(classmate, "101")).to_have_attribute("aria-pressed", "false")
    vote(classmate, "101").click()
    vote(teacher, "101").click()
    for visitor in everybody:
        expect(vote(visitor, "101")).to_have_text("▲2")
    expect(vote(classmate, "101")).to_have_attribute("aria-pressed", "true")
    expect(vote(classmate, "101")).to_have_accessible_name("Vote (2 so far)")
    vote(teacher, "101").click()
    for visitor in everybody:
        expect(vote(visitor, "101")).to_have_text("▲1")

    choose(teacher, "Pourquoi 101 ?", "Answered live")
    for visitor in everybody:
        expect(listed(visitor)).to_have_count(0)
        expect(visitor.page.locator("#closed-title")).to_have_text("Answered (1)")
        expect(visitor.page.locator("#questions-count")).to_be_hidden()
    expect(item(classmate, "101")).to_be_hidden()
    # All of it is there again for whoever comes back.
    classmate.page.reload()
    classmate.connected()
    questions(classmate)
    classmate.page.locator("#closed-title").click()
    expect(item(classmate, "101").locator(".question-state")).to_have_text("Answered live")
    expect(vote(classmate, "101")).to_have_text("▲1")
    expect(vote(classmate, "101")).to_have_attribute("aria-pressed", "true")
    expect(vote(classmate, "101")).to_be_disabled()
    # In the chat it stands as well.
    classmate.page.locator("#tab-chat").click()
    expect(classmate.message("Pourquoi 101 ?").locator(".tag.state")).to_have_text("Answered live")

    teacher.page.locator("#closed-title").click()
    choose(teacher, "Pourquoi 101 ?", "Reopen")
    expect(listed(student)).to_have_text(["Pourquoi 101 ?"])
    questions(classmate)
    expect(vote(classmate, "101")).to_be_enabled()


def test_an_answer_in_writing_of_a_host_answers_and_one_of_a_member_does_not(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    ask(student, "Et la trace ?")
    classmate.page.locator("#tab-chat").click()
    classmate.message("Et la trace ?").hover()
    classmate.message("Et la trace ?").get_by_role("button", name="Answer").click()
    classmate.write("Je crois que oui.")
    expect(student.message("Je crois que oui.")).to_have_count(1)
    expect(listed(student)).to_have_text(["Et la trace ?"])

    choose(teacher, "Et la trace ?", ENGLISH["written"])
    expect(teacher.page.locator("#message")).to_be_focused()
    expect(teacher.page.locator(".answering")).to_contain_text("Et la trace ?")
    teacher.write("La somme de la diagonale.")
    expect(student.page.locator("#closed-title")).to_have_text("Answered (1)")
    student.page.locator("#closed-title").click()
    expect(item(student, "trace").locator(".question-state")).to_have_text("Answered in writing")
    expect(student.message("La somme").locator(".quoted")).to_have_text("Et la trace ?")


def test_questions_wait_for_approval_where_the_class_wants_it(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    teacher.page.locator("#tab-chat").click()
    teacher.page.get_by_label("Questions need approval").check()
    questions(teacher)
    student.page.get_by_role("button", name="Ask a question").click()
    expect(student.page.locator("#composer")).to_contain_text("A teacher looks at each question before everybody sees it.")
    ask(student, "Puis-je sortir ?")
    ask(student, "C’est à l’examen ?", "anonymous")
    expect(teacher.page.locator("#pending-count")).to_have_text("⏳ 2")
    expect(teacher.page.locator("#pending-questions .message-text")).to_have_text(["Puis-je sortir ?", "C’est à l’examen ?"])
    expect(student.page.locator("#pending-questions .question-item")).to_have_count(2)
    expect(student.page.get_by_role("button", name="Approve")).to_have_count(0)
    # One who may see it knows that a question has come; what others write after it is seen by everybody.
    teacher.page.locator("#tab-chat").click()
    teacher.write("Un instant.")
    expect(classmate.message("Un instant.")).to_have_count(1)
    expect(classmate.page.locator(".question-item")).to_have_count(0)
    expect(classmate.message("sortir")).to_have_count(0)
    teacher.screenshot("questions-rules")

    # By the keyboard the queue is worked off without looking for the next one.
    questions(teacher)
    item(teacher, "sortir").get_by_role("button", name="Dismiss").focus()
    teacher.page.keyboard.press("Enter")
    approve = item(teacher, "examen").get_by_role("button", name="Approve")
    expect(approve).to_be_focused()
    teacher.page.keyboard.press("Enter")
    expect(teacher.page.locator("#pending-box")).to_be_hidden()
    expect(listed(classmate)).to_have_text(["C’est à l’examen ?"])
    expect(item(classmate, "examen").locator(".author")).to_have_text("Anonymous")
    expect(classmate.message("C’est à l’examen ?")).to_have_count(1)
    # Whoever had it in the chat has it once, and no more waiting.
    for visitor in (teacher, student):
        expect(visitor.message("C’est à l’examen ?")).to_have_count(1)
        expect(visitor.message("C’est à l’examen ?").locator(".tag.state")).to_have_count(0)
    expect(vote(student, "examen")).to_be_disabled()
    expect(item(classmate, "sortir")).to_have_count(0)
    student.page.locator("#closed-title").click()
    expect(item(student, "sortir").locator(".question-state")).to_have_text("Dismissed")


def test_a_private_question_and_its_answer_stay_with_the_hosts(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    ask(student, "Je suis perdu", "private")
    ask(student, "Et pour tous ?")
    expect(item(teacher, "perdu").locator(".tag")).to_have_text("Only for the teachers")
    for visitor in (teacher, student):
        expect(vote(visitor, "perdu")).to_be_hidden()
        expect(visitor.message("perdu").locator(".tag").filter(has_text="Only for the teachers")).to_have_count(1)
    choose(teacher, "Je suis perdu", ENGLISH["written"])
    teacher.write("Restez après le cours.")
    expect(student.message("Restez après le cours.")).to_have_count(1)
    expect(listed(classmate)).to_have_text(["Et pour tous ?"])
    expect(classmate.message("perdu")).to_have_count(0)
    expect(classmate.message("Restez")).to_have_count(0)


def test_questions_are_sorted_pinned_and_merged(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    for text in ("première", "deuxième", "troisième"):
        ask(student, text)
    ask(classmate, "quatrième")
    vote(classmate, "deuxième").click()
    vote(student, "quatrième").click()
    expect(listed(teacher)).to_have_text(["deuxième", "quatrième", "première", "troisième"])
    teacher.page.get_by_label("Order").select_option("new")
    expect(listed(teacher)).to_have_text(["quatrième", "troisième", "deuxième", "première"])
    teacher.page.get_by_label("Order").select_option("unanswered")
    expect(listed(teacher)).to_have_text(["première", "deuxième", "troisième", "quatrième"])
    choose(teacher, "troisième", "Pin")
    for visitor in (teacher, student):
        expect(listed(visitor).first).to_have_text("troisième")
        expect(item(visitor, "troisième").locator(".tag")).to_have_text("Pinned")
    # A pinned one stays on top when it is answered.
    choose(teacher, "troisième", "Answered live")
    expect(item(student, "troisième").locator(".question-state")).to_have_text("Answered live")
    expect(listed(student).first).to_have_text("troisième")
    choose(teacher, "troisième", "Unpin")
    expect(listed(student)).to_have_text(["deuxième", "quatrième", "première"])

    # The union of the votes: the classmate's and the teacher's, and not that of the target's own asker.
    vote(teacher, "deuxième").click()
    vote(teacher, "quatrième").click()
    expect(vote(student, "quatrième")).to_have_text("▲2")
    choose(teacher, "deuxième", "Merge into…")
    dialog = teacher.page.get_by_role("dialog")
    expect(dialog.get_by_role("radio")).to_have_count(2)
    dialog.get_by_label("première").check()
    dialog.get_by_role("button", name="Merge", exact=True).click()
    for visitor in (teacher, student, classmate):
        expect(vote(visitor, "première")).to_have_text("▲2")
    for visitor in (teacher, classmate):
        expect(vote(visitor, "première")).to_have_attribute("aria-pressed", "true")
    student.page.locator("#closed-title").click()
    expect(item(student, "deuxième").locator(".question-state")).to_have_text("Merged into: première")
    with teacher.page.expect_download() as started:
        teacher.page.get_by_role("button", name="Download (CSV)").click()
    content = Path(started.value.path()).read_text(encoding="utf-8-sig")
    assert [text for text in ("première", "deuxième", "troisième", "quatrième") if text not in content] == []
    expect(student.page.get_by_role("button", name="Download (CSV)")).to_have_count(0)


def test_whoever_votes_by_the_keyboard_keeps_the_place_in_a_list_that_moves(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    for text in ("alpha", "bêta", "gamma"):
        ask(student, text)
    expect(listed(classmate)).to_have_text(["alpha", "bêta", "gamma"])
    keys = classmate.page.keyboard
    classmate.page.locator("#tab-chat").focus()
    keys.press("ArrowRight")
    expect(classmate.page.locator("#tab-questions")).to_be_focused()
    for _ in range(20):
        keys.press("Tab")
        if vote(classmate, "gamma").evaluate("vote => vote === document.activeElement"):
            break
    expect(vote(classmate, "gamma")).to_be_focused()
    classmate.page.evaluate(
        "() => { window.lost = 0; document.activeElement.addEventListener('blur', () => { window.lost += 1; }); }"
    )
    keys.press("Space")
    expect(listed(classmate)).to_have_text(["gamma", "alpha", "bêta"])
    vote(teacher, "alpha").click()
    expect(listed(classmate)).to_have_text(["alpha", "gamma", "bêta"])
    expect(vote(classmate, "gamma")).to_be_focused()
    assert classmate.page.evaluate("window.lost") == 0
    keys.press("Enter")
    expect(vote(classmate, "gamma")).to_have_attribute("aria-pressed", "false")
    expect(vote(classmate, "gamma")).to_be_focused()
    # Closed under the fingers: the focus stays among the questions.
    choose(teacher, "gamma", "Dismiss")
    expect(listed(classmate)).to_have_text(["alpha", "bêta"])
    classmate.until("() => document.activeElement.closest('#panel-questions') !== null")


def test_who_becomes_a_host_sees_what_waits_and_loses_it_again(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan(questions_need_approval=True)
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}")
    # What the page asks for as a host while it is made a student again may be refused.
    classmate = visit(own_hub, CLASSMATE, f"/class/{session}", tolerated="status of 403")
    for visitor in (student, classmate):
        visitor.connected()
        questions(visitor)
    own_hub.request("PUT", f"/api/users/{CLASSMATE.id}", ADMIN, {**CLASSMATE.fields(), "role": "instructor"})
    ask(student, "En attente")
    expect(item(classmate, "En attente")).to_have_count(0)
    appoint(own_hub, CLASSMATE)
    expect(item(classmate, "En attente").get_by_role("button", name="Approve")).to_be_visible()
    appoint(own_hub)
    expect(item(classmate, "En attente")).to_have_count(0)
    expect(item(student, "En attente")).to_have_count(1)


@pytest.mark.parametrize(("width", "language"), [(390, "fr"), (320, "fr"), (320, "en")])
def test_questions_fit_a_phone(own_hub: Hub, visit: Visit, width: int, language: str) -> None:
    words = WORDS[language]
    session = own_hub.plan(questions_need_approval=True)
    own_hub.begin(session)
    options = {**PHONE, "viewport": {"width": width, "height": 700}, "locale": {"en": "en-GB", "fr": "fr-FR"}[language]}
    teacher = visit(own_hub, TEACHER, f"/class/{session}", **options)
    student = visit(own_hub, STUDENT, f"/class/{session}", **options)
    for visitor in (teacher, student):
        visitor.connected()
    long = "Pourquoi le déterminant d’un produit est-il le produit des déterminants, " + "etc" * 30 + " ?"
    ask(student, long, "anonymous", words=words)
    ask(student, "Deuxième ?", "private", words=words)
    ask(teacher, "Troisième ?", words=words)
    questions(teacher)
    queue = teacher.page.locator("#pending-questions")
    for button in ("approve", "dismiss"):
        reach(teacher, queue.get_by_role("button", name=words[button]))
    assert wide(teacher) <= 0 and wide(student) <= 0
    teacher.screenshot(f"questions-queue-{width}-{language}")
    queue.get_by_role("button", name=words["approve"]).tap()
    expect(listed(teacher)).to_have_count(3)
    vote(student, "Troisième").tap()
    expect(vote(teacher, "Troisième")).to_have_text("▲1")
    expect(vote(student, "Troisième")).to_have_accessible_name(re.compile(words["vote"]))
    more = item(teacher, "Troisième").locator("[aria-haspopup]")
    more.tap()
    for choice in teacher.page.get_by_role("menuitem").all():
        reach(teacher, choice)
    assert wide(teacher) <= 0
    teacher.page.keyboard.press("Escape")
    choose(teacher, "Troisième ?", words["live"], words)
    expect(listed(student)).to_have_count(2)
    student.page.get_by_role("button", name=words["ask"]).tap()
    student.page.get_by_label(words["anonymous"]).check()
    expect(student.page.locator("#anonymous-note")).to_contain_text(words["note"])
    for label in ("anonymous", "private"):
        reach(student, student.page.get_by_label(words[label]))
    reach(student, student.page.locator("#anonymous-note"))
    assert wide(student) <= 0
    student.screenshot(f"questions-asking-{width}-{language}")
    teacher.page.locator("#tab-chat").tap()
    teacher.page.get_by_label(words["announce"]).check()
    teacher.page.locator("#message").fill("Pause de dix minutes")
    teacher.page.keyboard.press("Enter")
    expect(student.page.locator("#announced")).to_contain_text(words["announced"].format(TEACHER.name))
    assert wide(student) <= 0
    questions(student)
    student.screenshot(f"questions-{width}-{language}")
    reach(student, student.page.locator("#announced").get_by_role("button", name=words["close"]))
