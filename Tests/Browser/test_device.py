"""A sign-in that is kept on the device, by choice; and tabs that stay who they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from conftest import Visit, Visitor
from hub import ADMIN, COURSE, MARK, STUDENT, TEACHER, Hub, Person
from test_accounts import OLD, somebody

NAMES = {STUDENT.id: STUDENT.name, TEACHER.id: TEACHER.name}


def link_of(hub: Hub, person: Person, purpose: str = "sign_in") -> str:
    url = hub.request("POST", f"/api/users/{person.id}/sign-in-link", ADMIN, {"purpose": purpose})["url"]
    return url.removeprefix(hub.url)


def another_tab(hub: Hub, visitor: Visitor, path: str) -> Page:
    page = visitor.context.new_page()
    page.goto(hub.url + path)
    return page


def kept(visitor: Visitor) -> Any:
    return visitor.page.evaluate("JSON.parse(localStorage.getItem('amphi.identity'))")


# Found from outside, no. 50
@pytest.mark.parametrize(
    ("locale", "yes"), [("en-GB", "Yes, keep me signed in"), ("fr-FR", "Oui, rester connecté")]
)
def test_on_one_s_own_device_a_used_link_simply_goes_on(hub: Hub, visit: Visit, locale: str, yes: str) -> None:
    person, session = somebody(hub, None), hub.plan()
    hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{person.id}", ADMIN, {"is_active": True})
    link = f"{link_of(hub, person)}&next=/class/{session}"
    first = visit(hub, None, link, locale=locale)
    first.page.wait_for_url(f"**/class/{session}")
    first.connected()
    assert kept(first) is None
    first.page.get_by_role("button", name=yes).click()
    expect(first.page.locator("#device")).to_be_hidden()
    first.page.close()
    again = another_tab(hub, first, link)
    again.wait_for_url(f"**/class/{session}")
    expect(again.locator("#connection")).to_have_attribute("data-phase", "open")
    # All tabs share it, and signing out ends it in all of them.
    start = another_tab(hub, first, "/")
    expect(start.get_by_role("link", name=person.name)).to_be_visible()
    start.locator("#account button").click()
    start.wait_for_url("**/sign-in*")
    again.wait_for_url("**/sign-in*")


# Found from outside, no. 50
def test_on_a_shared_device_nothing_is_kept(hub: Hub, visit: Visit) -> None:
    link = link_of(hub, somebody(hub, None))
    reader = visit(hub, None, link, tolerated="status of 4")
    reader.page.get_by_role("button", name="No, it is shared").click()
    expect(reader.page.locator("#device")).to_be_hidden()
    reader.page.reload()
    expect(reader.page.locator("#sessions")).to_have_attribute("aria-busy", "false")
    expect(reader.page.locator("#device")).to_be_hidden()
    assert kept(reader) is None
    other = another_tab(hub, reader, "/")
    other.wait_for_url("**/sign-in*")
    other.goto(hub.url + link)
    expect(other.get_by_role("status")).to_have_text("This link has already been used, or it is too old.")
    expect(other.locator("#advice")).to_contain_text("go back to that tab: you are signed in there. Otherwise ask")


# Found from outside, no. 50
def test_no_tab_becomes_another_person(hub: Hub, visit: Visit) -> None:
    one, two = somebody(hub, OLD), somebody(hub, OLD)
    tab = visit(hub, None, link_of(hub, one), tolerated="status of 4")
    tab.page.get_by_role("button", name="Yes, keep me signed in").click()
    # Another's link, opened on the same device: that person, in that tab, and nowhere else.
    guest = another_tab(hub, tab, link_of(hub, two))
    guest.wait_for_url(hub.url + "/")
    assert guest.evaluate("JSON.parse(sessionStorage.getItem('amphi.identity')).user.id") == two.id
    expect(guest.locator("#device")).to_be_hidden()
    assert kept(tab)["user"]["id"] == one.id
    guest.goto(hub.url + "/account")
    expect(guest.locator("#device-state")).to_contain_text(f"The sign-in of {one.name} is kept on this device.")
    guest.get_by_role("button", name="Keep me signed in on this device").click()
    # The first tab is asked who it is, and goes on as the other only by a press.
    tab.page.wait_for_url("**/sign-in*")
    onward = tab.page.get_by_role("link", name=f"Go on as {two.name}")
    expect(onward).to_be_visible()
    onward.click()
    tab.page.wait_for_url(hub.url + "/")
    assert kept(tab)["user"]["id"] == two.id


# Found from outside, no. 50
def test_a_tab_that_somebody_has_left_waits_for_a_press(hub: Hub, visit: Visit) -> None:
    one, two = somebody(hub, None), somebody(hub, None)
    tab = visit(hub, None, link_of(hub, one))
    tab.page.get_by_role("button", name="Yes, keep me signed in").click()
    guest = another_tab(hub, tab, link_of(hub, two))
    guest.wait_for_url(hub.url + "/")
    guest.locator("#account button").click()
    guest.wait_for_url("**/sign-in*")
    onward = guest.get_by_role("link", name=f"Go on as {one.name}")
    expect(onward).to_be_visible()
    assert guest.evaluate("sessionStorage.getItem('amphi.person')") != str(one.id)
    guest.goto(hub.url + "/")
    guest.wait_for_url("**/sign-in*")
    assert kept(tab)["user"]["id"] == one.id
    onward.click()
    guest.wait_for_url(hub.url + "/")
    assert guest.evaluate("sessionStorage.getItem('amphi.person')") == str(one.id)


# Found from outside, no. 50
def test_a_tab_whose_kept_sign_in_has_ended_does_not_become_who_is_kept_later(hub: Hub, visit: Visit) -> None:
    one, two = somebody(hub, None), somebody(hub, None)
    tab = visit(hub, None, link_of(hub, one), tolerated="status of 4")
    tab.page.get_by_role("button", name="Yes, keep me signed in").click()
    identity = {**kept(tab), "token": one.token(-60), "renew_at": None}
    tab.page.evaluate("(text) => localStorage.setItem('amphi.identity', text)", json.dumps(identity))
    tab.page.reload()
    tab.page.wait_for_url("**/sign-in*")
    assert kept(tab) is None
    later = another_tab(hub, tab, link_of(hub, two))
    later.get_by_role("button", name="Yes, keep me signed in").click()
    expect(later.locator("#device")).to_be_hidden()
    tab.page.goto(hub.url + "/")
    tab.page.wait_for_url("**/sign-in*")
    expect(tab.page.get_by_role("link", name=f"Go on as {two.name}")).to_be_visible()


# Found from outside, no. 50
def test_a_box_that_is_left_off_takes_back_one_s_own_yes_and_nobody_else_s(hub: Hub, visit: Visit) -> None:
    one, two = somebody(hub, OLD), somebody(hub, OLD)
    tab = visit(hub, None, "/not-found", tolerated="status of 4")
    for person, keeps, is_kept in [(one, True, one), (two, False, one), (one, False, None)]:
        tab.page.goto(hub.url + "/sign-in")
        tab.page.get_by_label("E-mail address").fill(person.email)
        tab.page.get_by_label("Password").fill(OLD)
        tab.page.get_by_label("This is my own device").set_checked(keeps)
        tab.page.get_by_role("button", name="Sign in").click()
        tab.page.wait_for_url(hub.url + "/")
        assert (kept(tab) or {}).get("user", {}).get("id") == (is_kept.id if is_kept else None)
    another_tab(hub, tab, "/").wait_for_url("**/sign-in*")
    tab.page.goto(hub.url + "/account")
    expect(tab.page.locator("#device-state")).to_contain_text("in this tab only")


# Found from outside, no. 50
def test_a_password_keeps_one_signed_in_only_if_one_says_so(hub: Hub, visit: Visit) -> None:
    person = somebody(hub, OLD)
    for keeps in (False, True):
        reader = visit(hub, None, "/sign-in")
        reader.page.get_by_label("E-mail address").fill(person.email)
        reader.page.get_by_label("Password").fill(OLD)
        box = reader.page.get_by_label("This is my own device")
        expect(box).not_to_be_checked()
        box.set_checked(keeps)
        reader.page.get_by_role("button", name="Sign in").click()
        reader.page.wait_for_url(hub.url + "/")
        assert (kept(reader) is not None) == keeps
        other = another_tab(hub, reader, "/account")
        if keeps:
            expect(other.locator("#device-state")).to_contain_text("You stay signed in on this device")
            other.get_by_role("button", name="Only in this tab").click()
            assert other.evaluate("localStorage.getItem('amphi.identity')") is None
            # The tabs that shared it have nobody any more.
            reader.page.wait_for_url("**/sign-in*")
            expect(other.locator("#device-state")).to_contain_text("in this tab only")
        else:
            other.wait_for_url("**/sign-in*")


# Found from outside, no. 50
def test_a_kept_sign_in_ends_with_its_token(hub: Hub, visit: Visit) -> None:
    reader = visit(hub, None, link_of(hub, somebody(hub, None)))
    reader.page.get_by_role("button", name="Yes, keep me signed in").click()
    identity = {**kept(reader), "ends_at": 1}
    reader.page.evaluate("(text) => localStorage.setItem('amphi.identity', text)", json.dumps(identity))
    other = another_tab(hub, reader, "/")
    other.wait_for_url("**/sign-in*")


# Found from outside, no. 50
def test_an_old_sign_in_in_the_tab_does_not_spoil_a_new_link(hub: Hub, visit: Visit) -> None:
    one, two = somebody(hub, None), somebody(hub, None)
    reader = visit(hub, None, "/not-found", tolerated="status of 4")
    user = {"id": one.id, **one.fields()}
    old = json.dumps({"token": one.token(-60), "expires_at": "2020-01-01T00:00:00Z", "user": user, "renew_at": 1})
    for storage in ("sessionStorage", "localStorage"):
        reader.page.evaluate(f"(old) => {storage}.setItem('amphi.identity', old)", old)
        reader.page.goto(hub.url + link_of(hub, two))
        reader.page.wait_for_url(hub.url + "/")
        expect(reader.page.get_by_role("link", name=two.name)).to_be_visible()
        assert reader.page.evaluate("JSON.parse(sessionStorage.getItem('amphi.identity')).user.id") == two.id
        reader.page.evaluate("sessionStorage.clear()")


# Found from outside, no. 50
@pytest.mark.parametrize("has_password", [False, True])
def test_whoever_came_by_a_link_chooses_a_first_password(hub: Hub, visit: Visit, has_password: bool) -> None:
    person = somebody(hub, OLD if has_password else None)
    reader = visit(hub, None, f"{link_of(hub, person)}&next=/account", tolerated="status of 4")
    reader.page.wait_for_url("**/account")
    expect(reader.page.get_by_role("status")).to_contain_text("You came in by a link.")
    expect(reader.page.get_by_label("Current password")).to_be_hidden()
    bodies: list[Any] = []
    answer = {"success": True, "data": {"token": "t", "expires_at": "x", "expires_in": 60, "refresh_until": "x"}}

    def put(route: Any) -> None:
        bodies.append(route.request.post_data_json)
        answer["data"]["user"] = {"id": person.id, **person.fields()}
        route.fulfill(json=answer)

    if not has_password:
        # What the hub answers to whoever has no password and came in a moment ago.
        reader.page.route("**/api/auth/password", put)
    new = f"{MARK} mon tout premier mot de passe"
    reader.page.get_by_label("New password").fill(new)
    reader.page.get_by_role("button", name="Save the password").click()
    if has_password:
        expect(reader.page.get_by_role("alert")).to_contain_text("You have a password already")
        expect(reader.page.get_by_label("Current password")).to_be_focused()
        reader.page.keyboard.type(OLD)
        reader.page.get_by_role("button", name="Save the password").click()
    expect(reader.page.get_by_role("status")).to_contain_text("Your password is saved.")
    expect(reader.page.get_by_label("Current password")).to_be_visible()
    assert bodies == ([] if has_password else [{"password": new}])


# Found from outside: a new password in one tab ended the class in the other, and its button lost the new sign-in.
@pytest.mark.parametrize("is_live", [False, True])
def test_a_new_password_in_one_tab_leaves_the_class_in_the_other(hub: Hub, visit: Visit, is_live: bool) -> None:
    person, session = somebody(hub, OLD), hub.plan()
    hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{person.id}", ADMIN, {"is_active": True})
    if is_live:
        hub.begin(session)
    tab = in_class(hub, visit, person, session)
    account = another_tab(hub, tab, "/account")
    before = kept(tab)["token"]
    account.get_by_label("Current password").fill(OLD)
    account.get_by_label("New password").fill(f"{MARK} un tout autre mot de passe")
    with tab.page.expect_event("websocket"):
        account.get_by_role("button", name="Save the password").click()
    expect(account.get_by_role("status")).to_contain_text("Your password is saved.")
    tab.connected()
    expect(tab.page.locator("#problem")).to_be_hidden()
    tab.write("Toujours là")
    expect(tab.message("Toujours là")).to_have_count(1)
    assert kept(tab)["token"] != before


# Found from outside, as above.
def test_to_sign_in_again_forgets_only_the_sign_in_that_was_refused(hub: Hub, visit: Visit) -> None:
    person, session = somebody(hub, OLD), hub.plan()
    hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{person.id}", ADMIN, {"is_active": True})
    tab = in_class(hub, visit, person, session)
    hub.request("POST", f"/api/users/{person.id}/revoke", ADMIN, {})
    again = tab.page.get_by_role("button", name="Sign in again")
    expect(again).to_be_visible()
    # A newer one that nobody has told this page of.
    tab.page.evaluate(
        """async ([email, password]) => {
          const [{ api }, { signIn }] = await Promise.all([import("/js/page.js"), import("/js/identity.js")]);
          signIn(await api.login(email, password), { keep: true });
        }""",
        [person.email, OLD],
    )
    newer = kept(tab)["token"]
    again.click()
    tab.connected()
    assert kept(tab)["token"] == newer
    hub.request("POST", f"/api/users/{person.id}/revoke", ADMIN, {})
    again.click()
    tab.page.wait_for_url("**/sign-in*")
    assert kept(tab) is None


def in_class(hub: Hub, visit: Visit, person: Person, session: int) -> Visitor:
    """In the class, by a password and on a device of one's own."""
    tab = visit(hub, None, f"/sign-in#next=/class/{session}", tolerated="status of 4|WebSocket")
    tab.page.get_by_label("E-mail address").fill(person.email)
    tab.page.get_by_label("Password").fill(OLD)
    tab.page.get_by_label("This is my own device").check()
    tab.page.get_by_role("button", name="Sign in").click()
    tab.page.wait_for_url(f"**/class/{session}")
    tab.connected()
    return tab


BLOCKED = """
for (const name of ["sessionStorage", "localStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("Access is denied for this document.", "SecurityError"); } });
}
"""
FULL = """() => {
  for (let size = 1 << 22, at = 0; size >= 1; size >>= 1) {
    try {
      for (;;) sessionStorage.setItem(`x${at++}`, "x".repeat(size));
    } catch {}
  }
}"""


# Found from outside: with site data blocked every page was blank.
@pytest.mark.parametrize(
    ("locale", "sentence"),
    [("en-GB", "this browser keeps nothing for this site"), ("fr-FR", "ce navigateur ne garde rien pour ce site")],
)
def test_where_the_browser_keeps_nothing_the_page_says_so_and_a_link_stays_good(
    hub: Hub, visit: Visit, locale: str, sentence: str
) -> None:
    link, session = link_of(hub, somebody(hub, None)), hub.plan()
    for is_full in (False, True):
        reader = visit(hub, None, "/not-found", tolerated="status of 4", locale=locale)
        if is_full:
            reader.page.evaluate(FULL)
        else:
            reader.context.add_init_script(BLOCKED)
        for path in (link, "/", f"/class/{session}"):
            reader.page.goto(hub.url + "/not-found")
            reader.page.goto(hub.url + path)
            reader.page.wait_for_url("**/sign-in*")
            expect(reader.page.get_by_role("status")).to_contain_text(sentence)
            expect(reader.page.locator("#login")).to_be_hidden()
        reader.screenshot(f"nothing-kept-{locale[:2]}")
    visit(hub, None, link).page.wait_for_url(hub.url + "/")


# Found from outside, as above.
@pytest.mark.parametrize("text", ['{"x":1}', "7", '"x"', "[]", '{"token":"t","user":{"id":"21"}}', "{"])
def test_what_another_application_has_kept_under_the_same_name_is_nobody(hub: Hub, visit: Visit, text: str) -> None:
    session = hub.plan()
    reader = visit(hub, None, "/not-found", tolerated="status of 4")
    for storage in ("sessionStorage", "localStorage"):
        reader.page.goto(hub.url + "/not-found")
        reader.page.evaluate(f"(text) => {storage}.setItem('amphi.identity', text)", text)
        reader.page.goto(f"{hub.url}/class/{session}")
        reader.page.wait_for_url("**/sign-in*")
        expect(reader.page.locator("#login")).to_be_visible()


# Found from outside, as above.
def test_a_sign_in_for_which_there_is_no_room_any_more_lasts_as_long_as_the_page(hub: Hub, visit: Visit) -> None:
    one, two = somebody(hub, OLD), somebody(hub, OLD)
    reader = visit(hub, None, link_of(hub, one))
    reader.page.wait_for_url(hub.url + "/")
    reader.page.evaluate(FULL)
    found = reader.page.evaluate(
        """async ([email, password]) => {
          const [{ api }, { signIn, currentIdentity }] = await Promise.all([import("/js/page.js"), import("/js/identity.js")]);
          signIn(await api.login(email, password), {});
          return currentIdentity().user.id;
        }""",
        [two.email, OLD],
    )
    assert found == two.id
