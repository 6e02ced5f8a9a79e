"""A role that changes while the class goes on, as the page shows it."""

from __future__ import annotations

from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import ADMIN, CLASSMATE, COURSE, STUDENT, TEACHER, Hub, Person

ASSISTANT = Person(8, "Kofi", "Mensah", "instructor")


def appoint(hub: Hub, *people: Person) -> None:
    """Makes them the co-instructors of the course; whoever is not named is none any more."""
    ids = [person.id for person in people]
    course = {"title": "Algèbre linéaire", "instructor_id": TEACHER.id, "course_type": "live"}
    hub.request("PUT", f"/api/courses/{COURSE}", ADMIN, {**course, "co_instructor_ids": ids})


def test_a_co_instructor_of_the_last_minute_starts_and_ends_the_class(own_hub: Hub, visit: Visit) -> None:
    own_hub.request("PUT", f"/api/users/{ASSISTANT.id}", ADMIN, ASSISTANT.fields())
    own_hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{ASSISTANT.id}", ADMIN, {"is_active": True})
    session = own_hub.plan()
    assistant = visit(own_hub, ASSISTANT, f"/class/{session}")
    student = visit(own_hub, STUDENT, f"/class/{session}")
    student.connected()
    assistant.connected()
    # Whoever becomes a host is connected anew, once and without a word; whoever is none any more is not.
    reconnects: list[str] = []
    assistant.page.on("websocket", lambda socket: reconnects.append(socket.url))
    start = assistant.page.get_by_role("button", name="Start the class")
    expect(start).to_have_count(0)
    student.write("Une question de plus")

    phases(assistant)
    appoint(own_hub, ASSISTANT)
    expect(start).to_be_enabled()
    # All that a host may is offered, not only what the role decides by itself.
    said = assistant.message("Une question de plus")
    said.hover()
    expect(said.get_by_role("button", name="Delete")).to_be_visible()
    start.click()
    expect(student.page.locator("#badge")).to_have_text("Live")
    end = assistant.page.get_by_role("button", name="End the class")
    expect(end).to_be_enabled()

    assert len(reconnects) == 1
    appoint(own_hub)
    expect(end).to_have_count(0)
    expect(said.get_by_role("button", name="Delete")).to_have_count(0)
    expect(assistant.page.locator("#badge")).to_have_text("Live")

    appoint(own_hub, ASSISTANT)
    end.click()
    assistant.page.get_by_role("dialog").get_by_role("button", name="End the class").click()
    expect(student.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    assert len(reconnects) == 2
    assert phases(assistant) == []


PHASES = """() => {
  const line = document.getElementById("connection");
  if (!window.phases) {
    window.phases = [];
    new MutationObserver(() => window.phases.push(line.dataset.phase)).observe(line, { attributeFilter: ["data-phase"] });
  }
  return window.phases.filter((phase) => phase !== "open");
}"""


def phases(visitor: Visitor) -> list[str]:
    """What the line of the connection has said beside `open`, since this was asked for the first time."""
    return visitor.page.evaluate(PHASES)


def test_who_becomes_a_host_learns_what_only_hosts_are_shown(own_hub: Hub, visit: Visit) -> None:
    own_hub.request("PUT", f"/api/users/{ASSISTANT.id}", ADMIN, ASSISTANT.fields())
    own_hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{ASSISTANT.id}", ADMIN, {"is_active": True})
    session = own_hub.plan()
    assistant = visit(own_hub, ASSISTANT, f"/class/{session}")
    student = visit(own_hub, STUDENT, f"/class/{session}")
    assistant.connected()
    student.connected()
    moderation = f"/api/live-sessions/{session}/moderation"
    own_hub.request("POST", moderation, TEACHER, {"action": "ban", "user_id": CLASSMATE.id})
    student.page.locator("#as-question").check()
    student.page.get_by_label("Only for the teachers").check()
    student.write("Entre nous ?")
    expect(student.message("Entre nous ?")).to_be_visible()
    own_hub.request("POST", moderation, TEACHER, {"action": "mute", "user_id": STUDENT.id})
    composer = assistant.page.get_by_role("textbox", name="Your message")
    composer.fill("Un début")
    phases(assistant)
    appoint(own_hub, ASSISTANT)
    expect(assistant.message("Entre nous ?")).to_be_visible()
    # Nothing was taken away for it: the focus and what was being written are where they were.
    expect(composer).to_be_focused()
    expect(composer).to_have_value("Un début")
    assert phases(assistant) == []
    assistant.page.locator("#tab-people").click()
    expect(assistant.page.locator(f".person[data-id='{STUDENT.id}'] .tag")).to_have_text("muted")
    own_hub.request("POST", moderation, TEACHER, {"action": "unmute", "user_id": STUDENT.id})
    expect(assistant.page.locator(f".person[data-id='{STUDENT.id}'] .tag")).to_have_count(0)


# Found from outside, no. 11
def test_who_gives_a_class_and_may_hold_it_no_more_is_offered_no_start(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan(starts_in=600)
    former = Person(TEACHER.id, TEACHER.first_name, TEACHER.last_name, "student")
    own_hub.request("PUT", f"/api/users/{former.id}", ADMIN, former.fields())
    own_hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{former.id}", ADMIN, {"is_active": True})
    told = own_hub.request("GET", f"/api/live-sessions/{session}", former)
    assert told["instructor_id"] == former.id
    reader = visit(own_hub, former, f"/class/{session}", tolerated="WebSocket connection to")
    expect(reader.page.get_by_role("heading", name="The class has not started yet")).to_be_visible()
    expect(reader.page.get_by_text("Everybody who waits here enters when you start the class.")).to_have_count(0)
    expect(reader.page.locator("#start")).to_have_count(0)
    host = visit(own_hub, ADMIN, f"/class/{session}", tolerated="WebSocket connection to")
    expect(host.page.get_by_role("heading", name="Ready when you are")).to_be_visible()
