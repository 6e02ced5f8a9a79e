"""What the page tells the hub while a question is written."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, Hub


def frames(visitor: Visitor, direction: str) -> list[dict[str, Any]]:
    """Everything that goes over the visitor's channel from the next load on."""
    seen: list[dict[str, Any]] = []
    visitor.page.on("websocket", lambda socket: socket.on(direction, lambda frame: seen.append(json.loads(frame))))
    visitor.page.reload()
    visitor.connected()
    return seen


def typed(sent: list[dict[str, Any]]) -> list[bool]:
    return [frame["on"] for frame in sent if frame.get("type") == "typing"]


# Found from outside, no. 7
def test_a_question_is_written_without_a_word_about_typing(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    classmate = visit(hub, CLASSMATE, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    received, sent = frames(classmate, "framereceived"), frames(student, "framesent")
    student.page.get_by_label("As a question").check()
    student.page.get_by_label("Without my name").check()
    student.page.locator("#message").press_sequentially("Est-ce à l’examen ?")
    student.page.keyboard.press("Enter")
    expect(classmate.message("Est-ce à l’examen ?")).to_have_count(1)
    assert typed(sent) == []
    assert [frame["typing"] for frame in received if "typing" in frame] == []
    # A message with a name is announced as ever.
    student.page.locator("#message").press_sequentially("Merci")
    expect(classmate.page.locator("#typing")).to_have_text("Léa Martin is writing…")
    student.page.keyboard.press("Enter")
    expect(classmate.page.locator("#typing")).to_have_text("")


# Found from outside, no. 7
def test_a_text_that_becomes_a_question_is_seen_no_more_and_says_so(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    classmate = visit(hub, CLASSMATE, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    sent = frames(student, "framesent")
    student.page.locator("#message").press_sequentially("Est-ce")
    expect(classmate.page.locator("#typing")).to_have_text("Léa Martin is writing…")
    student.page.get_by_label("As a question").check()
    expect(classmate.page.locator("#typing")).to_have_text("")
    warning = student.page.get_by_text("Others saw a moment ago that you were writing.")
    expect(warning).to_be_hidden()
    student.page.get_by_label("Without my name").check()
    expect(warning).to_be_visible()
    student.page.locator("#message").press_sequentially(" à l’examen ?")
    student.page.keyboard.press("Enter")
    expect(classmate.message("Est-ce à l’examen ?")).to_have_count(1)
    expect(warning).to_be_hidden()
    assert typed(sent) == [True, False]
