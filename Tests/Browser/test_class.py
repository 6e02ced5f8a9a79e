"""Two browsers hold a class."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from conftest import Visit
from hub import CLASSMATE, STUDENT, TEACHER, Hub, Person


def test_a_teacher_and_a_student_hold_a_class_without_a_reload(hub: Hub, visit: Visit) -> None:
    session = hub.plan("Les matrices")
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    teacher.connected()
    student.connected()
    expect(student.page.get_by_role("heading", name="The class has not started yet")).to_be_visible()
    expect(student.page.get_by_role("button", name="Start the class")).to_have_count(0)

    teacher.page.get_by_role("button", name="Start the class").click()
    expect(student.page.get_by_role("heading", name="The class is live")).to_be_visible()
    expect(student.page.locator("#badge")).to_have_text("Live")

    teacher.write("Bonjour à tous")
    expect(student.message("Bonjour à tous")).to_have_count(1)
    student.write("Bonjour !")
    expect(teacher.message("Bonjour !")).to_have_count(1)
    expect(teacher.message("Bonjour !").locator(".author")).to_have_text("Léa Martin")

    student.page.get_by_label("As a question").check()
    student.write("Pourquoi det(AB) = det(A)det(B) ?")
    question = teacher.message("Pourquoi det(AB)")
    expect(question.locator(".tag.question")).to_have_text("Question")
    question.hover()
    question.get_by_role("button", name="Answer").click()
    teacher.write("Par la multilinéarité.")
    answer = student.message("Par la multilinéarité.")
    expect(answer.locator(".tag.answer")).to_have_text("Answer")
    expect(answer.locator(".quoted")).to_have_text("Pourquoi det(AB) = det(A)det(B) ?")

    for visitor in (teacher, student):
        visitor.page.get_by_role("tab", name=re.compile("People")).click()
        expect(visitor.page.locator("#people .person-name")).to_have_text(["Awa Ndiaye", "Léa Martin"])

    teacher.page.get_by_role("button", name="End the class").click()
    teacher.page.get_by_role("dialog").get_by_role("button", name="End the class").click()
    for visitor in (teacher, student):
        expect(visitor.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    student.screenshot("class-ended")


def test_people_who_come_and_go_are_seen(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    teacher = visit(hub, TEACHER, f"/class/{session}")
    teacher.page.get_by_role("tab", name=re.compile("People")).click()
    names = teacher.page.locator("#people .person-name")
    expect(names).to_have_text(["Awa Ndiaye"])
    classmate = visit(hub, CLASSMATE, f"/class/{session}")
    expect(names).to_have_text(["Awa Ndiaye", "Tom Kouassi"])
    expect(teacher.page.locator("#people-count")).to_have_text("2")
    classmate.page.close()
    expect(names).to_have_text(["Awa Ndiaye"], timeout=20_000)


def test_an_author_deletes_a_message_for_everybody(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    student.write("Une erreur")
    seen = teacher.message("Une erreur")
    expect(seen).to_have_count(1)
    student.message("Une erreur").hover()
    student.message("Une erreur").get_by_role("button", name="Delete").click()
    student.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for visitor in (teacher, student):
        expect(visitor.page.locator("#messages .message-text")).to_have_text(["This message was deleted."])


def test_a_student_cannot_delete_what_others_wrote_and_a_host_can(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    teacher.write("Plan du cours")
    expect(student.message("Plan du cours")).to_have_count(1)
    expect(student.message("Plan du cours").get_by_role("button")).to_have_count(0)
    student.write("Hors sujet")
    teacher.message("Hors sujet").hover()
    teacher.message("Hors sujet").get_by_role("button", name="Delete").click()
    teacher.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(student.message("This message was deleted.")).to_have_count(1)


def test_an_anonymous_question_shows_no_name(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    classmate = visit(hub, CLASSMATE, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    student.page.get_by_label("As a question").check()
    student.page.get_by_label("Without my name").check()
    student.write("Est-ce à l’examen ?")
    expect(classmate.message("Est-ce à l’examen ?").locator(".author")).to_have_text("Anonymous")
    expect(student.page.locator("#pending > li")).to_have_count(0)


def test_a_change_of_the_session_over_rest_reaches_the_page(hub: Hub, visit: Visit) -> None:
    session = hub.plan("Ancien titre")
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    student.connected()
    hub.request("PUT", f"/api/live-sessions/{session}", TEACHER, {"title": "Nouveau titre", "is_chat_enabled": False})
    expect(student.page.get_by_role("heading", level=1)).to_have_text("Nouveau titre")
    expect(student.page.get_by_text("The chat is switched off in this class.")).to_be_visible()
    expect(student.page.locator("#composer")).to_be_hidden()


def test_an_outsider_sees_that_there_is_no_such_class(hub: Hub, visit: Visit) -> None:
    stranger = Person(99, "Eve", "Ailleurs", "student")
    session = hub.plan()
    outsider = visit(hub, stranger, f"/class/{session}", tolerated="status of 404")
    alert = outsider.page.get_by_role("alert")
    expect(alert).to_contain_text("There is no such class, or you are not enrolled in its course.")
    alert.get_by_role("link", name="Back to my live sessions").click()
    outsider.page.wait_for_url(hub.url + "/")


def test_a_class_far_ahead_says_when_its_room_opens(hub: Hub, visit: Visit) -> None:
    session = hub.plan(starts_in=180)
    student = visit(hub, STUDENT, f"/class/{session}")
    expect(student.page.get_by_text(re.compile(r"^The room opens at \d\d:\d\d\."))).to_be_visible()
    expect(student.page.locator("#connection")).to_have_text("The room is not open yet")


def test_a_class_is_held_from_the_keyboard_alone(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    student = visit(hub, STUDENT, f"/class/{session}")
    teacher = visit(hub, TEACHER, f"/class/{session}")
    teacher.connected()
    keys = teacher.page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(40):
            if teacher.page.locator(f"{selector}:focus").count():
                return
            keys.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab")

    expect(teacher.page.locator("#start")).to_be_enabled()
    tab_to("#start")
    keys.press("Enter")
    expect(student.page.get_by_role("heading", name="The class is live")).to_be_visible()

    student.page.get_by_label("As a question").check()
    student.write("On commence ?")
    expect(teacher.message("On commence ?")).to_have_count(1)
    tab_to("#scroller")
    keys.press("ArrowUp")
    expect(teacher.message("On commence ?")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(teacher.page.locator("#message")).to_be_focused()
    expect(teacher.page.locator(".answering")).to_be_visible()
    keys.press("Escape")
    expect(teacher.page.locator(".answering")).to_be_hidden()
    keys.type("Oui")
    keys.press("Shift+Enter")
    keys.type("tout de suite")
    keys.press("Enter")
    expect(student.message("Oui").locator(".message-text")).to_have_text("Oui\ntout de suite", use_inner_text=True)

    tab_to("#tab-chat")
    keys.press("ArrowRight")
    expect(teacher.page.locator("#panel-questions")).to_be_visible()
    keys.press("ArrowRight")
    expect(teacher.page.locator("#panel-materials")).to_be_visible()
    keys.press("ArrowRight")
    expect(teacher.page.locator("#panel-people")).to_be_visible()
    keys.press("ArrowRight")
    expect(teacher.page.locator("#panel-chat")).to_be_visible()
    teacher.page.locator("#tab-chat").evaluate("tab => tab.blur()")
    tab_to("#end")
    keys.press("Enter")
    expect(teacher.page.get_by_role("dialog")).to_be_visible()
    keys.press("Escape")
    expect(teacher.page.locator("#end")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    keys.press("Enter")
    expect(student.page.get_by_role("heading", name="The class has ended")).to_be_visible()


def test_the_chat_of_a_class_that_is_over_can_be_read(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}")
    student.write("À garder")
    expect(student.message("À garder")).to_have_count(1)
    own_hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    student.page.close()
    assert own_hub.stop() == 0
    own_hub.settings = {**own_hub.settings, "AMPHI_AFTERTALK": "0"}
    own_hub.start()
    reader = visit(own_hub, STUDENT, f"/class/{session}")
    expect(reader.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    expect(reader.page.locator("#messages .message-text")).to_have_text(["À garder"])
    expect(reader.page.get_by_text("Nothing can be written here any more.")).to_be_visible()
    expect(reader.page.locator("#composer")).to_be_hidden()
