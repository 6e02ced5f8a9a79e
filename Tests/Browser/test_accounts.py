"""Signing in with a password, choosing one, links for a class, and staying signed in."""

from __future__ import annotations

import json
import re
import time
from itertools import count
from typing import Any

import jwt
import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import ADMIN, COURSE, MARK, SECRET, STUDENT, TEACHER, Hub, Person, utc

WORDS = {
    "en-GB": {
        "email": "E-mail address",
        "password": "Password",
        "sign in": "Sign in",
        "wrong": "This e-mail address and this password do not belong together.",
        "wait": ("Too many attempts. Try again in {} second.", "Too many attempts. Try again in {} seconds."),
        "current": "Current password",
        "new": "New password",
        "show": "Show what I type",
        "save": "Save the password",
        "wrong current": "This is not your current password.",
        "changed": "Your password is saved. On your other devices, sign in again.",
        "sign out": "Sign out",
        "reset": "You are signed in by a link for a new password.",
        "no password": "You have no password here yet. Ask your administrator for a link to choose one.",
    },
    "fr-FR": {
        "email": "Adresse e-mail",
        "password": "Mot de passe",
        "sign in": "Se connecter",
        "wrong": "Cette adresse e-mail et ce mot de passe ne vont pas ensemble.",
        "wait": ("Trop de tentatives. Réessayez dans {} seconde.", "Trop de tentatives. Réessayez dans {} secondes."),
        "current": "Mot de passe actuel",
        "new": "Nouveau mot de passe",
        "show": "Afficher ce que je tape",
        "save": "Enregistrer le mot de passe",
        "wrong current": "Ce n’est pas votre mot de passe actuel.",
        "changed": "Votre mot de passe est enregistré. Reconnectez-vous sur vos autres appareils.",
        "sign out": "Se déconnecter",
        "reset": "Vous êtes connecté par un lien pour un nouveau mot de passe.",
        "no password":
            "Vous n’avez pas encore de mot de passe ici. Demandez à l’administration un lien pour en choisir un.",
    },
}
OLD, NEW = f"{MARK} une phrase assez longue", f"{MARK} une autre phrase assez longue"
numbers = count(500)
both_languages = pytest.mark.parametrize("locale", WORDS)


def somebody(hub: Hub, password: str | None) -> Person:
    """A new person, so that no test waits for another's failures."""
    person = Person(next(numbers), "Fanta", "Cissé", "student")
    fields: dict[str, Any] = person.fields()
    if password:
        fields["password"] = password
    hub.request("PUT", f"/api/users/{person.id}", ADMIN, fields)
    return person


def sign_in(visitor: Visitor, words: dict[str, str], person: Person, password: str) -> None:
    visitor.page.get_by_label(words["email"]).fill(person.email)
    visitor.page.get_by_label(words["password"]).fill(password)
    visitor.page.keyboard.press("Enter")


def identity(visitor: Visitor) -> Any:
    return visitor.page.evaluate("JSON.parse(sessionStorage.getItem('amphi.identity'))")


@both_languages
def test_a_person_signs_in_with_a_password_chooses_another_and_signs_out(
    hub: Hub, visit: Visit, locale: str
) -> None:
    words, person = WORDS[locale], somebody(hub, OLD)
    reader = visit(hub, None, "/account", tolerated="status of 4", locale=locale)
    reader.page.wait_for_url("**/sign-in*")
    sign_in(reader, words, person, f"{MARK} not this one")
    expect(reader.page.get_by_role("alert")).to_have_text(words["wrong"])
    expect(reader.page.get_by_label(words["password"])).to_be_focused()
    sign_in(reader, words, person, OLD)
    reader.page.wait_for_url("**/account")
    reader.screenshot(f"account-{locale}")

    reader.page.get_by_label(words["current"]).fill(f"{MARK} not this one")
    reader.page.get_by_label(words["new"]).fill(NEW)
    reader.page.get_by_role("button", name=words["save"]).click()
    expect(reader.page.get_by_role("alert")).to_have_text(words["wrong current"])
    reader.page.get_by_label(words["current"]).fill(OLD)
    reader.page.get_by_label(words["show"]).check()
    expect(reader.page.get_by_label(words["new"])).to_have_attribute("type", "text")
    before = identity(reader)["token"]
    reader.page.get_by_role("button", name=words["save"]).click()
    expect(reader.page.get_by_role("status")).to_have_text(words["changed"])
    expect(reader.page.get_by_label(words["new"])).to_have_value("")
    assert identity(reader)["token"] != before

    reader.page.get_by_role("button", name=words["sign out"]).click()
    reader.page.wait_for_url("**/sign-in*")
    assert identity(reader) is None
    sign_in(reader, words, person, OLD)
    expect(reader.page.get_by_role("alert")).to_have_text(words["wrong"])
    sign_in(reader, words, person, NEW)
    reader.page.wait_for_url(hub.url + "/")
    expect(reader.page.get_by_role("link", name="Fanta Cissé")).to_be_visible()


@both_languages
def test_whoever_fails_often_is_told_how_long_to_wait(hub: Hub, visit: Visit, locale: str) -> None:
    words, person = WORDS[locale], somebody(hub, OLD)
    reader = visit(hub, None, "/sign-in", tolerated="status of 4", locale=locale)
    statuses: list[int] = []
    # The first wait is one second, and a slow machine may need longer for the form: then the next one is twice as long.
    while 429 not in statuses:
        with reader.page.expect_response("**/api/auth/login") as answer:
            sign_in(reader, words, person, f"{MARK} guess {len(statuses)}")
        statuses.append(answer.value.status)
        expect(reader.page.get_by_role("button", name=words["sign in"])).to_be_enabled()
        assert len(statuses) < 20
    assert statuses[:5] == [401] * 5
    seconds = int(answer.value.headers["retry-after"])
    one, more = words["wait"]
    expect(reader.page.get_by_role("alert")).to_have_text((one if seconds == 1 else more).format(seconds))


@both_languages
def test_a_link_for_a_new_password_leads_to_the_account(hub: Hub, visit: Visit, locale: str) -> None:
    words, person = WORDS[locale], somebody(hub, None)
    path = f"/api/users/{person.id}/sign-in-link"
    link = hub.request("POST", path, ADMIN, {"purpose": "reset_password"})["url"]
    reader = visit(hub, None, link.removeprefix(hub.url), tolerated="status of 4", locale=locale)
    reader.page.wait_for_url("**/account")
    expect(reader.page.get_by_role("status")).to_contain_text(words["reset"])
    expect(reader.page.get_by_label(words["current"])).to_be_hidden()
    reader.page.get_by_label(words["new"]).fill(NEW)
    reader.page.get_by_role("button", name=words["save"]).click()
    expect(reader.page.get_by_role("status")).to_have_text(words["changed"])
    expect(reader.page.get_by_label(words["current"])).to_be_visible()
    again = visit(hub, None, "/sign-in", locale=locale)
    sign_in(again, words, person, NEW)
    again.page.wait_for_url(hub.url + "/")


@both_languages
def test_without_a_password_the_account_says_how_to_get_one(hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    reader = visit(hub, somebody(hub, None), "/account", tolerated="status of 403", locale=locale)
    reader.page.get_by_label(words["current"]).fill(f"{MARK} anything")
    reader.page.get_by_label(words["new"]).fill(NEW)
    reader.page.get_by_role("button", name=words["save"]).click()
    expect(reader.page.get_by_role("alert")).to_have_text(words["no password"])


def test_the_form_is_named_for_password_managers_and_never_goes_into_an_address(hub: Hub, visit: Visit) -> None:
    reader = visit(hub, None, "/sign-in")
    expect(reader.page.get_by_label("E-mail address")).to_have_attribute("autocomplete", "username")
    expect(reader.page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")
    account = visit(hub, STUDENT, "/account")
    expect(account.page.get_by_label("New password")).to_have_attribute("autocomplete", "new-password")
    for page in (reader.page, account.page):
        assert page.evaluate("[...document.forms].every((form) => form.method === 'post')")


def test_a_teacher_prints_the_links_of_a_class_and_each_lets_its_student_in(own_hub: Hub, visit: Visit) -> None:
    own_hub.plan()
    teacher = visit(own_hub, TEACHER, "/")
    teacher.page.get_by_role("link", name="Sign-in links: Algèbre linéaire").click()
    teacher.page.wait_for_url(f"**/course/{COURSE}/links")
    teacher.page.get_by_role("button", name="Make the links").click()
    strips = teacher.page.locator("#links li")
    expect(strips).to_have_count(2)
    expect(teacher.page.get_by_role("status")).to_have_text("2 links")
    expect(strips.locator("strong")).to_have_text(["Tom Kouassi", "Léa Martin"])
    teacher.page.emulate_media(media="print")
    expect(teacher.page.get_by_role("button", name="Print")).to_be_hidden()
    expect(strips.first).to_be_visible()
    for name, link in zip(["Tom Kouassi", "Léa Martin"], strips.locator("code").all_text_contents(), strict=True):
        student = visit(own_hub, None, link.removeprefix(own_hub.url))
        student.page.wait_for_url(own_hub.url + "/")
        expect(student.page.get_by_role("link", name=name)).to_be_visible()


def test_a_student_makes_no_links(hub: Hub, visit: Visit) -> None:
    student = visit(hub, STUDENT, f"/course/{COURSE}/links", tolerated="status of 403")
    student.page.get_by_role("button", name="Make the links").click()
    expect(student.page.get_by_role("alert")).to_have_text("You may not do this.")


def test_the_page_renews_its_token_when_it_is_time(hub: Hub, visit: Visit) -> None:
    person = somebody(hub, OLD)
    reader = visit(hub, None, "/sign-in")
    sign_in(reader, WORDS["en-GB"], person, OLD)
    reader.page.wait_for_url(hub.url + "/")
    first = identity(reader)
    assert 0 < first["renew_at"] - time.time() * 1000 < 2.1 * 3600_000
    reader.page.evaluate(
        """() => {
          const identity = JSON.parse(sessionStorage.getItem("amphi.identity"));
          sessionStorage.setItem("amphi.identity", JSON.stringify({ ...identity, renew_at: 1 }));
        }"""
    )
    with reader.page.expect_response("**/api/auth/refresh") as answer:
        reader.page.reload()
    assert answer.value.status == 200
    reader.page.wait_for_function("JSON.parse(sessionStorage.getItem('amphi.identity')).renew_at > 1")


def test_an_open_channel_gets_the_renewed_token(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    now = int(time.time())
    claims = {
        "userId": STUDENT.id, **STUDENT.fields(), "iat": now, "exp": now + 40,
        "amphi_login": "password", "amphi_login_at": now,
    }
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    user = {"id": STUDENT.id, **STUDENT.fields()}
    own = {"token": token, "expires_at": utc(0.6), "user": user, "renew_at": (now + 3600) * 1000}
    reader = visit(hub, None, "/sign-in")
    reader.page.evaluate("(own) => sessionStorage.setItem('amphi.identity', own)", json.dumps(own))
    sent: list[str] = []
    reader.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    with reader.page.expect_response("**/api/auth/refresh"):
        reader.page.goto(f"{hub.url}/class/{session}")
    reader.connected()
    reader.page.wait_for_function("(old) => !sessionStorage.getItem('amphi.identity').includes(old)", arg=token)
    deadline = time.monotonic() + 10
    while not any("token.refresh" in frame for frame in sent) and time.monotonic() < deadline:
        reader.page.evaluate("new Promise(requestAnimationFrame)")
    refreshed = [frame for frame in sent if "token.refresh" in frame]
    assert refreshed and not any(re.search(re.escape(token), frame) for frame in refreshed)
