"""The video: the IFrame API on a Jitsi of one's own, a link on the public one."""

from __future__ import annotations

import re

import jwt
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import JITSI_SECRET, STUDENT, TEACHER, Hub
from jitsi_stand_in import JitsiStandIn


def calls(visitor: Visitor) -> list[dict]:
    return visitor.page.evaluate("(window.jitsiCalls ?? []).map(({ call: { options, ...call } }) => call)")


def claims(token: str) -> dict:
    return jwt.decode(token, JITSI_SECRET, algorithms=["HS256"], options={"verify_aud": False})


def test_the_call_runs_in_the_page_with_a_token_for_each_entry(
    video_hub: Hub, jitsi: JitsiStandIn, visit: Visit
) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    student.screenshot("class-video")
    [first] = calls(student)
    assert first["domain"] == jitsi.domain
    assert first["name"] == STUDENT.name
    assert first["lang"] == "en"
    assert claims(first["jwt"])["room"] == first["room"]
    assert claims(first["jwt"])["context"]["user"]["id"] == str(STUDENT.id)

    student.page.evaluate("jitsiCalls[0].emit('readyToClose')")
    expect(student.page.get_by_role("heading", name="You have left the video")).to_be_visible()
    student.page.get_by_role("button", name="Join the video again").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    left, second = calls(student)
    assert left["disposed"] and not second["disposed"]
    assert second["jwt"] is not None


def test_the_room_s_password_is_set_by_the_host_and_answered_by_everybody(video_hub: Hub, visit: Visit) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    commands = {}
    for person in (TEACHER, STUDENT):
        visitor = visit(video_hub, person, f"/class/{session}")
        visitor.page.get_by_role("button", name="Join the video").click()
        expect(visitor.page.locator("#video iframe")).to_be_visible()
        visitor.page.evaluate("jitsiCalls[0].emit('participantRoleChanged', { id: 'x', role: 'moderator' })")
        set_by = len(calls(visitor)[0]["commands"])
        visitor.page.evaluate("jitsiCalls[0].emit('passwordRequired')")
        commands[person.role] = (set_by, calls(visitor)[0]["commands"])
    assert commands["instructor"][0] == 1
    assert commands["student"][0] == 0
    [[name, password]] = commands["student"][1]
    assert (name, len(password) >= 16) == ("password", True)
    assert commands["instructor"][1] == [["password", password]] * 2


def test_the_end_of_the_class_ends_the_call(video_hub: Hub, visit: Visit) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    video_hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    expect(student.page.get_by_role("heading", name="The class has ended")).to_be_visible()
    [call] = calls(student)
    assert call["disposed"]
    assert call["commands"] == [["hangup"]]


def test_on_the_public_server_the_video_is_a_link_and_says_why(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    link = student.page.get_by_role("link", name=re.compile("Open the video"))
    expect(link).to_have_attribute("href", re.compile(r"^https://meet\.jit\.si/mdsc-"))
    expect(link).to_have_attribute("target", "_blank")
    assert "jwt" not in link.get_attribute("href")
    expect(student.page.get_by_text("must sign in there with Google, GitHub or Facebook")).to_be_visible()
    student.screenshot("class-link-only")
