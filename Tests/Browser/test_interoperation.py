"""Clients that nobody here wrote hold a class with each other: Python's two WebSocket libraries and Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from channel_peer import LIBRARIES, Peer
from conftest import Visit
from hub import CLASSMATE, STUDENT, TEACHER, Hub


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_python_teacher_and_a_chromium_student_hold_a_class(hub: Hub, visit: Visit, library: str) -> None:
    session = hub.plan()
    student = visit(hub, STUDENT, f"/class/{session}")
    student.connected()
    teacher = Peer(library, hub, TEACHER, session)
    try:
        assert teacher.welcome["me"]["role"] == "instructor"
        student.page.get_by_role("tab", name=re.compile("People")).click()
        expect(student.page.locator("#people .person-name")).to_have_text(["Awa Ndiaye", "Léa Martin"])
        student.page.get_by_role("tab", name=re.compile("Chat")).click()

        teacher.command("session.start")
        expect(student.page.get_by_role("heading", name="The class is live")).to_be_visible()
        stored = teacher.post("Bienvenue — été, ∑, 🎓")
        expect(student.page.locator("#messages .message-text")).to_have_text(["Bienvenue — été, ∑, 🎓"])
        own = teacher.wait_for_event("chat.message")
        assert (own["id"], own["seq"], own["user"]["id"]) == (stored["id"], stored["seq"], TEACHER.id)

        student.page.get_by_label("As a question").check()
        student.write("Est-ce enregistré ?")
        question = teacher.wait_for_event("chat.message")
        assert (question["kind"], question["text"], question["user"]["name"]) == (
            "question",
            "Est-ce enregistré ?",
            "Léa Martin",
        )
        teacher.post("Non.", kind="answer", reply_to=question["id"])
        expect(student.message("Non.").locator(".quoted")).to_have_text("Est-ce enregistré ?")

        teacher.command("chat.delete", id=stored["id"])
        expect(student.page.locator("#messages .message-text").first).to_have_text("This message was deleted.")
        teacher.command("session.end")
        expect(student.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    finally:
        teacher.close()


def test_both_python_libraries_and_chromium_read_the_same_events(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    teacher.connected()
    peers = [Peer("websockets", hub, STUDENT, session), Peer("aiohttp", hub, CLASSMATE, session)]
    try:
        for number in range(3):
            for peer in peers:
                peer.post(f"{peer.welcome['me']['user']['name']} {number}")
            teacher.write(f"Awa {number}")
            expect(teacher.page.locator("#messages > li")).to_have_count(3 * (number + 1))
        histories = [peer.command("history", after_seq=0, limit=200)["events"] for peer in peers]
        assert histories[0] == histories[1]
        assert [event["seq"] for event in histories[0]] == list(range(1, len(histories[0]) + 1))
        written = [event["text"] for event in histories[0] if event["type"] == "chat.message"]
        assert teacher.texts() == written
    finally:
        for peer in peers:
            peer.close()
