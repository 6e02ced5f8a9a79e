"""The video: the IFrame API on a Jitsi of one's own, a link on the public one."""

from __future__ import annotations

import re

import jwt
import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import JITSI_SECRET, STUDENT, TEACHER, Hub
from jitsi_stand_in import PARSER, JitsiStandIn


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
    assert claims(first["jwt"])["sub"] == "meet.jitsi"
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


# Found from outside, no. 29
def test_a_tenant_s_page_embeds_the_room_of_the_join_url(tenant_hub: Hub, jitsi: JitsiStandIn, visit: Visit) -> None:
    session = tenant_hub.plan()
    tenant_hub.begin(session)
    student = visit(tenant_hub, STUDENT, f"/class/{session}")
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    [call] = calls(student)
    url = tenant_hub.request("POST", f"/api/live-sessions/{session}/join", STUDENT, {})["jitsi_join_url"]
    assert url.split("#")[0] == f"{jitsi.url}/{call['room']}"
    assert call["room"].startswith("school/mdsc-course-")
    assert call["domain"] == jitsi.domain
    token = claims(call["jwt"])
    assert (token["sub"], f"school/{token['room']}") == ("school", call["room"])


TITLES = [
    'Say "hello"', r"C:\temp & \& more", "R&D = 100 % #1", "“Les matrices” ‘et’ l’espace", "<b>bold</b>", "🎓 数学 é",
    "%22", "a=b&c=d", r"\u0022", r"\\&",
]


# Found from outside, no. 32, no. 34
@pytest.mark.parametrize("title", TITLES)
def test_the_call_gets_title_and_settings_in_the_page_and_by_the_join_url(
    video_hub: Hub, visit: Visit, title: str
) -> None:
    session = video_hub.plan(title)
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    ticket = video_hub.request("POST", f"/api/live-sessions/{session}/join", STUDENT, {})
    by_url = student.page.evaluate(f"(url) => {{ {PARSER}; return readFragment(new URL(url).hash); }}", ticket["jitsi_join_url"])
    assert by_url["config.subject"] == title
    assert claims(by_url["jwt"])["room"] == ticket["jitsi_room_name"]
    [call] = calls(student)
    # What the IFrame API writes cannot be escaped: typographic quotes become plain, as Jitsi makes them.
    plain = re.sub(r"\\+(?=&)", "", title).translate(str.maketrans("“”‘’", "\"\"''"))
    assert call["read"] == {
        "config.subject": plain,
        "config.prejoinConfig": {"enabled": False},
        "config.startWithAudioMuted": True,
        "config.startWithVideoMuted": True,
        "config.disableInviteFunctions": True,
        "config.disableDeepLinking": True,
        "config.readOnlyName": True,
        "userInfo.displayName": STUDENT.name,
    }
    for name, value in by_url.items():
        if name.startswith("config.") and name.count(".") == 1 and name != "config.subject":
            assert call["read"][name] == value


# Found from outside, no. 56
def test_the_frame_of_the_call_has_a_title_in_the_page_s_language(video_hub: Hub, visit: Visit) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    student.page.get_by_role("button", name="Join the video").click()
    frame = student.page.locator("#video iframe")
    expect(frame).to_have_attribute("title", "Video of the class")
    student.page.locator("#language select").select_option("fr")
    expect(frame).to_have_attribute("title", "Vidéo du cours")
    expect(student.page.get_by_role("heading", name="Vidéo du cours")).to_have_count(1)


BROKEN = {
    "empty": "",
    "another": "window.somethingElse = 1;",
    "no class": "window.JitsiMeetExternalAPI = {};",
    "throws": "window.JitsiMeetExternalAPI = class { constructor() { throw new Error('no'); } };",
    "deaf": "window.JitsiMeetExternalAPI = class {};",
}


# Found from outside, no. 56
@pytest.mark.parametrize("kind", BROKEN)
def test_a_script_that_is_none_of_jitsi_s_leaves_a_link_and_another_try(
    video_hub: Hub, jitsi: JitsiStandIn, visit: Visit, kind: str
) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    script = "**/external_api.js"
    student.page.route(script, lambda route: route.fulfill(body=BROKEN[kind], content_type="text/javascript"))
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.get_by_role("alert").filter(has_text="is not Jitsi")).to_be_visible()
    expect(student.page.locator("#video")).to_have_count(0)
    expect(student.page.locator("#class")).to_have_attribute("data-stage", "card")
    link = student.page.get_by_role("link", name="Open the video in a tab of its own")
    expect(link).to_have_attribute("href", re.compile(rf"^{re.escape(jitsi.url)}/mdsc-.*#jwt=%22"))
    expect(link).to_have_attribute("target", "_blank")
    student.screenshot("class-video-trouble")
    student.page.unroute(script)
    again = student.page.get_by_role("button", name="Try again")
    expect(again).to_be_focused()
    again.click()
    expect(student.page.locator("#video iframe")).to_be_visible()


# Found from outside, no. 56
def test_a_script_that_never_comes_leaves_a_link_and_another_try(video_hub: Hub, visit: Visit) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    script = "**/external_api.js"
    waiting = []
    student.page.route(script, lambda route: waiting.append(route))
    student.page.get_by_role("button", name="Join the video").click()
    button = student.page.locator("#join-video")
    expect(button).to_have_text("Preparing the way to the video…")
    expect(button).to_be_focused()
    alert = student.page.get_by_role("alert").filter(has_text="does not answer")
    expect(alert).to_be_visible(timeout=60_000)
    expect(student.page.get_by_role("link", name="Open the video in a tab of its own")).to_be_visible()
    student.page.locator("#language select").select_option("fr")
    expect(student.page.get_by_role("alert").filter(has_text="ne donne pas de réponse")).to_be_visible()
    assert len(waiting) == 1
    student.page.unroute(script)
    student.page.get_by_role("button", name="Réessayer").click()
    expect(student.page.locator("#video iframe")).to_be_visible()
    expect(student.page.get_by_role("alert").filter(has_text="ne donne pas")).to_have_count(0)


# Found from outside, no. 56
def test_a_server_that_cannot_be_reached_is_named(video_hub: Hub, jitsi: JitsiStandIn, visit: Visit) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}", tolerated="Failed to load resource")
    student.page.route("**/external_api.js", lambda route: route.abort())
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.get_by_role("alert").filter(has_text=f"{jitsi.domain} cannot be reached")).to_be_visible()
    student.page.unroute("**/external_api.js")
    student.page.get_by_role("button", name="Try again").click()
    expect(student.page.locator("#video iframe")).to_be_visible()


# Found from outside, no. 56
def test_a_call_whose_page_does_not_come_offers_a_tab_and_may_still_come(video_hub: Hub, visit: Visit) -> None:
    session = video_hub.plan()
    video_hub.begin(session)
    student = visit(video_hub, STUDENT, f"/class/{session}")
    waiting = []
    student.page.route("**/mdsc-course-*", lambda route: waiting.append(route))
    student.page.get_by_role("button", name="Join the video").click()
    notice = student.page.locator("#stage .late")
    expect(notice).to_contain_text("does not answer", timeout=60_000)
    expect(notice.get_by_role("link", name="Open the video in a tab of its own")).to_be_visible()
    [route] = waiting
    route.fulfill(body="<!doctype html><title>room</title>", content_type="text/html")
    expect(notice).to_be_hidden()
    expect(student.page.locator("#video iframe")).to_be_visible()


# Found from outside, no. 31, no. 56
def test_a_refused_join_is_told_and_tried_again(video_hub: Hub, visit: Visit) -> None:
    session = video_hub.plan(max_participants=1)
    video_hub.begin(session)
    path = f"/api/live-sessions/{session}"
    student = visit(video_hub, STUDENT, f"/class/{session}", tolerated="400|4508|Failed to load resource")
    student.connected()
    refusal = {"success": False, "code": "not_joined", "error": "x", "message": "x"}
    student.page.route(f"**{path}/join", lambda route: route.fulfill(status=400, json=refusal))
    student.page.get_by_role("button", name="Join the video").click()
    expect(student.page.get_by_role("alert").filter(has_text="Join the class first.")).to_be_visible()
    expect(student.page.get_by_role("link", name="Open the video in a tab of its own")).to_have_count(0)
    student.page.unroute(f"**{path}/join")
    student.page.get_by_role("button", name="Try again").click()
    expect(student.page.locator("#video iframe")).to_be_visible()


# Found from outside, no. 56
def test_a_link_that_could_not_be_made_is_asked_for_again(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, "/", tolerated="Failed to load resource")
    join = f"**/api/live-sessions/{session}/join"
    student.page.route(join, lambda route: route.abort())
    student.page.goto(f"{hub.url}/class/{session}")
    again = student.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    student.page.unroute(join)
    again.click()
    expect(student.page.get_by_role("link", name=re.compile("Open the video"))).to_be_visible()
