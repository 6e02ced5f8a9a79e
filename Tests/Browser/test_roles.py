"""A role that changes while the class goes on, as the page shows it: nobody has to reconnect."""

from __future__ import annotations

from playwright.sync_api import expect

from conftest import Visit
from hub import ADMIN, COURSE, STUDENT, TEACHER, Hub, Person

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
    # The connection that stands now is the one on which everything below must happen.
    reconnects: list[str] = []
    assistant.page.on("websocket", lambda socket: reconnects.append(socket.url))
    start = assistant.page.get_by_role("button", name="Start the class")
    expect(start).to_have_count(0)
    student.write("Une question de plus")

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

    appoint(own_hub)
    expect(end).to_have_count(0)
    expect(said.get_by_role("button", name="Delete")).to_have_count(0)
    expect(assistant.page.locator("#badge")).to_have_text("Live")

    appoint(own_hub, ASSISTANT)
    end.click()
    assistant.page.get_by_role("dialog").get_by_role("button", name="End the class").click()
    expect(student.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    assert reconnects == []


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
