"""A sign-in that ends: every page says so, and leads back to where one was."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import ADMIN, COURSE, Hub, Person, utc
from test_accounts import OLD, somebody
from test_device import kept, link_of

NOISE = "status of 4|WebSocket connection to"
SENTENCES = {"en-GB": "Your sign-in has expired.", "fr-FR": "Votre connexion a expiré."}


def sign_in_for(visitor: Visitor, person: Person, seconds: int) -> None:
    """Signs in with a token of the platform that lasts so long."""
    identity = {"token": person.token(seconds, is_new=True), "expires_at": utc(seconds / 60), "user": {"id": person.id, **person.fields()}}
    visitor.page.evaluate("(text) => sessionStorage.setItem('amphi.identity', text)", json.dumps(identity))


def sign_in(visitor: Visitor, person: Person) -> None:
    visitor.page.locator("#email").fill(person.email)
    visitor.page.locator("#password").fill(OLD)
    visitor.page.locator("#login button").click()


def member(hub: Hub) -> Person:
    person = somebody(hub, OLD)
    hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{person.id}", ADMIN, {"is_active": True})
    return person


# Found from outside, no. 54
@pytest.mark.parametrize(("locale", "seconds"), [("en-GB", 45), ("fr-FR", -60)])
def test_who_waits_for_a_class_with_a_sign_in_that_ends_is_led_to_a_new_one_and_back(
    hub: Hub, visit: Visit, locale: str, seconds: int
) -> None:
    session, person = hub.plan(), member(hub)
    student = visit(hub, None, "/sign-in", locale=locale, tolerated=NOISE)
    sign_in_for(student, person, seconds)
    student.page.goto(f"{hub.url}/class/{session}")
    if seconds > 0:
        student.connected()
    student.page.wait_for_url("**/sign-in*", timeout=90_000)
    expect(student.page.get_by_role("status")).to_have_text(SENTENCES[locale])
    sign_in(student, person)
    student.page.wait_for_url(f"**/class/{session}")
    student.connected()


# Found from outside, no. 54
def test_what_was_not_sent_yet_is_sent_after_the_new_sign_in(hub: Hub, visit: Visit) -> None:
    session, person = hub.plan(), member(hub)
    hub.begin(session)
    student = visit(hub, None, "/sign-in", tolerated=NOISE)
    sign_in_for(student, person, 60)
    kept = [{
        "clientId": "kept-1", "kind": "text", "text": "Encore là", "replyTo": None, "anonymous": False, "at": utc(),
        "status": "queued", "seq": None, "error": None,
    }]
    key = f"amphi.outbox.{session}.{person.id}"
    student.page.evaluate("([key, posts]) => sessionStorage.setItem(key, posts)", [key, json.dumps(kept)])
    sign_in_for(student, person, -60)
    student.page.goto(f"{hub.url}/class/{session}")
    student.page.wait_for_url("**/sign-in*")
    sign_in(student, person)
    expect(student.message("Encore là")).to_have_count(1)


# Found from outside, no. 54
def test_in_a_live_class_the_end_of_the_sign_in_interrupts_nothing(hub: Hub, visit: Visit) -> None:
    session, person = hub.plan(), member(hub)
    hub.begin(session)
    student = visit(hub, None, "/sign-in", tolerated=NOISE)
    sign_in_for(student, person, 40)
    ends = time.time() + 42
    student.page.goto(f"{hub.url}/class/{session}")
    student.connected()
    student.until("(end) => Date.now() > end", ends * 1000, seconds=90)
    # Something that needs the sign-in says that it has ended, and the chat goes on.
    student.page.evaluate("import('/js/page.js').then(({ api }) => api.me()).catch(() => undefined)")
    expect(student.page.locator("#problem")).to_contain_text("Your sign-in has expired.")
    student.write("Toujours là")
    expect(student.message("Toujours là")).to_have_count(1)
    student.page.get_by_role("button", name="Sign in again").click()
    student.page.wait_for_url("**/sign-in*")
    sign_in(student, person)
    student.page.wait_for_url(f"**/class/{session}")


on_every_page = pytest.mark.parametrize(
    ("path", "press"),
    [
        ("/", None), ("/class/1", None), (f"/course/{COURSE}/links", "#make"), ("/admin#people", None),
        ("/admin#courses", None), (f"/admin#course/{COURSE}", None), ("/admin#hub", None), ("/account", "form button"),
    ],
)


# Found from outside, no. 54
@on_every_page
def test_an_expired_sign_in_is_said_on_every_page_and_leads_back(
    hub: Hub, visit: Visit, path: str, press: str | None
) -> None:
    person = Person(1, "Ada", "Admin", "admin")
    reader = visit(hub, None, "/sign-in", tolerated=NOISE)
    sign_in_for(reader, person, -60)
    reader.page.goto(hub.url + path)
    if press:
        for field in reader.page.locator("main input[type=password]").all():
            field.fill(OLD)
        reader.page.locator(press).first.click()
    reader.page.wait_for_url("**/sign-in*")
    expect(reader.page.get_by_role("status")).to_have_text(SENTENCES["en-GB"])


# Found from outside, no. 54
@on_every_page
def test_the_end_of_one_sign_in_leaves_another_s_on_the_device(
    hub: Hub, visit: Visit, path: str, press: str | None
) -> None:
    keeper = somebody(hub, None)
    tab = visit(hub, None, link_of(hub, keeper), tolerated=NOISE)
    tab.page.get_by_role("button", name="Yes, keep me signed in").click()
    expect(tab.page.locator("#device")).to_be_hidden()
    other = Visitor(tab.context.new_page(), tab.context)
    other.page.goto(hub.url + "/not-found")
    sign_in_for(other, ADMIN, -60)
    other.page.goto(hub.url + path)
    if press:
        for field in other.page.locator("main input[type=password]").all():
            field.fill(OLD)
        other.page.locator(press).first.click()
    other.page.wait_for_url("**/sign-in*")
    expect(other.page.get_by_role("status")).to_have_text(SENTENCES["en-GB"])
    assert kept(tab)["user"]["id"] == keeper.id
    # Nor does the tab become that person by itself.
    other.page.goto(hub.url + "/")
    other.page.wait_for_url("**/sign-in*")
    expect(other.page.get_by_role("link", name=f"Go on as {keeper.name}")).to_be_visible()


# Found from outside, no. 54
def test_a_refused_token_in_the_administration_s_dialogs_leads_to_the_sign_in(hub: Hub, visit: Visit) -> None:
    reader = visit(hub, None, "/sign-in", tolerated=NOISE)
    sign_in_for(reader, ADMIN, 3600)
    reader.page.goto(hub.url + "/admin")
    expect(reader.page.get_by_role("row").nth(1)).to_be_visible()
    reader.page.get_by_role("button", name="Add a person").click()
    reader.page.get_by_label("E-mail").fill("late@example.org")
    sign_in_for(reader, ADMIN, -60)
    reader.page.get_by_role("button", name="Save").click()
    reader.page.wait_for_url("**/sign-in*")
    expect(reader.page.get_by_role("status")).to_have_text(SENTENCES["en-GB"])


# Found from outside, no. 54
def test_the_way_back_survives_a_reload_of_the_sign_in_page(hub: Hub, visit: Visit) -> None:
    session, person = hub.plan(), member(hub)
    student = visit(hub, None, f"/class/{session}")
    for _ in range(2):
        student.page.wait_for_url("**/sign-in*")
        expect(student.page.get_by_role("status")).to_have_text("You are not signed in in this tab.")
        student.page.reload()
    sign_in(student, person)
    student.page.wait_for_url(f"**/class/{session}")
    student.connected()


# Found from outside, no. 54
@pytest.mark.parametrize("path", ["//elsewhere.example/", "https://elsewhere.example/", "/\\\\elsewhere.example/"])
def test_the_way_back_is_this_hubs_own_after_a_reload_too(hub: Hub, visit: Visit, path: str) -> None:
    person = member(hub)
    student = visit(hub, None, f"/sign-in#code=never-issued&reason=expired&next={path}", tolerated=NOISE)
    expect(student.page.locator("#login")).to_be_visible()
    assert "never-issued" not in student.page.url
    student.page.reload()
    expect(student.page.get_by_role("status")).to_have_text("Your sign-in has expired.")
    sign_in(student, person)
    student.page.wait_for_url(f"{hub.url}/")


# Found from outside, no. 54
def test_a_plan_that_met_the_end_of_the_sign_in_is_there_after_the_new_one(hub: Hub, visit: Visit) -> None:
    person = replace(somebody(hub, OLD), role="instructor")
    hub.request("PUT", f"/api/users/{person.id}", ADMIN, person.fields())
    for course in (901, 902):
        body = {"title": f"Atelier {course}", "instructor_id": person.id, "course_type": "live"}
        hub.request("PUT", f"/api/courses/{course}", ADMIN, body)
    teacher = visit(hub, None, "/sign-in", tolerated=NOISE)
    sign_in_for(teacher, person, 3600)
    teacher.page.goto(hub.url)
    expect(teacher.page.locator("#group-courses")).to_be_visible()
    create = teacher.page.locator("#create")
    expect(create).to_be_hidden()
    teacher.page.locator("#new-session").click()
    create.get_by_label("Course").select_option("902")
    create.get_by_label("Title").fill("Les graphes")
    create.get_by_label("Duration in minutes").fill("75")
    create.get_by_label("Description").fill("Chapitre 3")
    create.get_by_label("With a chat").uncheck()
    sign_in_for(teacher, person, -60)
    create.get_by_role("button", name="Plan the session").click()
    teacher.page.wait_for_url("**/sign-in*")
    sign_in(teacher, person)
    expect(create.get_by_label("Title")).to_have_value("Les graphes")
    expect(create.get_by_label("Course")).to_have_value("902")
    expect(create.get_by_label("Duration in minutes")).to_have_value("75")
    expect(create.get_by_label("Description")).to_have_value("Chapitre 3")
    expect(create.get_by_label("With a chat")).not_to_be_checked()
    create.get_by_role("button", name="Plan the session").click()
    expect(teacher.page.get_by_role("article", name="Les graphes")).to_be_visible()
    # What was planned is not offered again, and neither is what was given up.
    for _ in range(2):
        teacher.page.reload()
        expect(teacher.page.locator("#group-courses")).to_be_visible()
        expect(create).to_be_hidden()
        teacher.page.locator("#new-session").click()
        expect(create.get_by_label("Title")).to_have_value("")
        create.get_by_label("Title").fill("Les arbres")
        create.get_by_role("button", name="Cancel").click()
