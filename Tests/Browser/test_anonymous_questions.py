"""Questions without a name on the class's page: what their askers are told, and what a draft of one holds."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import Visit
from hub import CLASSMATE, STUDENT, TEACHER, Hub
from test_hands import PHONE, wide
from test_questions import ENGLISH, WORDS, ask, choose, item, open_class, questions, vote


def test_an_anonymous_asker_is_told_and_the_hosts_question_is_noted(own_hub: Hub, visit: Visit) -> None:
    teacher, student, classmate = open_class(own_hub, visit, TEACHER, STUDENT, CLASSMATE)
    student.page.get_by_role("button", name="Ask a question").click()
    note = student.page.locator("#anonymous-note")
    expect(note).to_be_hidden()
    student.page.get_by_label("Without my name").check()
    expect(note).to_contain_text(ENGLISH["note"])
    student.write("Qui suis-je ?")
    questions(student)
    # One's own, though no event names anybody.
    expect(vote(student, "Qui suis-je ?")).to_be_disabled()
    expect(item(student, "Qui suis-je ?")).to_contain_text("(you)")
    expect(item(classmate, "Qui suis-je ?").locator(".author")).to_have_text("Anonymous")
    expect(item(teacher, "Qui suis-je ?").locator(".author")).to_have_text("Anonymous")
    expect(item(classmate, "Qui suis-je ?").locator("[aria-haspopup]")).to_have_count(0)

    choose(teacher, "Qui suis-je ?", "Who asked?")
    dialog = teacher.page.get_by_role("dialog")
    expect(dialog).to_contain_text("The list of what the teachers did will say that you wanted to know.")
    expect(dialog).not_to_contain_text(STUDENT.name)
    dialog.get_by_role("button", name="Show the name").click()
    expect(dialog).to_contain_text(STUDENT.name)
    dialog.get_by_role("button", name="Close").click()
    teacher.page.locator("#tab-people").click()
    teacher.page.locator("#acts-title").click()
    expect(teacher.page.locator(".acts li")).to_contain_text([f"{TEACHER.name} asked for the name"])

    teacher.page.locator("#tab-chat").click()
    teacher.page.get_by_label("Anonymous questions allowed").uncheck()
    student.page.get_by_role("button", name="Ask a question").click()
    expect(student.page.locator("#private")).to_be_visible()
    expect(student.page.locator("#anonymous")).to_be_hidden()


# Found from outside: the refusal stood above the screen, and said nothing of why.
@pytest.mark.parametrize(
    ("locale", "sentence", "close"),
    [("en-GB", "You asked this question yourself: the others vote for it.", "Close"),
     ("fr-FR", "Vous avez posé cette question vous-même : c’est aux autres de voter.", "Fermer")],
)
@pytest.mark.parametrize("height", [568, 340])
def test_one_s_own_anonymous_question_on_another_device_says_so_where_it_is_seen(
    own_hub: Hub, visit: Visit, locale: str, sentence: str, close: str, height: int
) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    options = {**PHONE, "viewport": {"width": 320, "height": height}, "locale": locale}
    phone = visit(own_hub, STUDENT, f"/class/{session}", **options)
    laptop = visit(own_hub, STUDENT, f"/class/{session}")
    for visitor in (phone, laptop):
        visitor.connected()
        questions(visitor)
    ask(laptop, "Qui suis-je ?", "anonymous")
    button = vote(phone, "Qui suis-je ?")
    expect(button).to_be_enabled()
    phone.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    button.tap()
    problem = phone.page.locator("#problem")
    expect(problem).to_have_text(sentence)
    expect(problem).to_be_in_viewport(ratio=0.9)
    phone.screenshot(f"refusal-{height}-{locale[:2]}")
    # It is known now.
    expect(button).to_be_disabled()
    expect(item(phone, "Qui suis-je ?").locator("[aria-haspopup]")).to_have_count(1)
    assert wide(phone) <= 0
    problem.get_by_role("button", name=close).tap()
    expect(problem).to_be_hidden()


# Found from outside: a draft without a name was sent under its writer's when a host changed a rule.
@pytest.mark.parametrize(("locale", "sentence"), [("en-GB", "no longer allowed"), ("fr-FR", "ne sont plus permises")])
def test_a_draft_without_a_name_is_not_sent_under_one(own_hub: Hub, visit: Visit, locale: str, sentence: str) -> None:
    words = WORDS[locale[:2]]
    session = own_hub.plan()
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale)
    classmate = visit(own_hub, CLASSMATE, f"/class/{session}")
    for visitor in (student, classmate):
        visitor.connected()
    questions(student)
    student.page.get_by_role("button", name=words["ask"]).click()
    student.page.get_by_label(words["anonymous"]).check()
    field = student.page.locator("#message")
    field.fill("Ma question")
    own_hub.request("PUT", f"/api/live-sessions/{session}", TEACHER, {"is_anonymous_allowed": False})
    refused = student.page.locator("#anonymous-refused")
    # The sentence stands there from the beginning, hidden: only its being shown says that the page knows the rule.
    expect(refused).to_be_visible()
    expect(refused).to_contain_text(sentence)
    field.press("Enter")
    expect(field).to_have_value("Ma question")
    # The same after a reload.
    student.page.reload()
    student.connected()
    expect(refused).to_be_visible()
    field.press("Enter")
    expect(field).to_have_value("Ma question")
    student.page.get_by_label(words["anonymous"]).uncheck()
    expect(refused).to_be_hidden()
    field.press("Enter")
    # The only one that was ever sent, by the choice of its writer.
    expect(classmate.message("Ma question")).to_have_count(1)
    expect(classmate.message("Ma question").locator(".author")).to_have_text(STUDENT.name)


def test_a_private_draft_stays_one_when_everything_may_be_written_again(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    rules = f"/api/live-sessions/{session}"
    own_hub.request("PUT", rules, TEACHER, {"chat_mode": "questions"})
    teacher, student, classmate = (visit(own_hub, person, f"/class/{session}") for person in (TEACHER, STUDENT, CLASSMATE))
    for visitor in (teacher, student, classmate):
        visitor.connected()
    expect(student.page.locator("#as-question")).to_be_disabled()
    student.page.get_by_label(ENGLISH["anonymous"]).check()
    student.page.get_by_label(ENGLISH["private"]).check()
    student.page.locator("#message").fill("Rien que pour vous")
    own_hub.request("PUT", rules, TEACHER, {"chat_mode": "open"})
    expect(student.page.locator("#as-question")).to_be_enabled()
    expect(student.page.locator("#as-question")).to_be_checked()
    student.page.locator("#message").press("Enter")
    expect(teacher.message("Rien que pour vous")).to_have_count(1)
    expect(teacher.message("Rien que pour vous").locator(".author")).to_have_text("Anonymous")
    # What comes after it shows that the classmate was sent nothing.
    teacher.write("Merci")
    expect(classmate.message("Merci")).to_have_count(1)
    expect(classmate.message("Rien que pour vous")).to_have_count(0)
