"""The pages themselves: languages, width, safety of what is shown, signing in, planning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from conftest import Visit
from hub import ADMIN, COURSE, STUDENT, TEACHER, Hub, Person

HOSTILE = '<img src=x onerror="console.error(1)"><script>console.error(2)</script>&amp;<b>gras</b>'


def test_markup_in_texts_names_and_titles_is_shown_as_text(hub: Hub, visit: Visit) -> None:
    session = hub.plan(f"Titre {HOSTILE}", description=HOSTILE)
    mallory = Person(31, "<b>Mal</b>", "<i>lory</i>", "student")
    hub.request("PUT", f"/api/users/{mallory.id}", ADMIN, mallory.fields())
    hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{mallory.id}", ADMIN, {"is_active": True})
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, mallory, f"/class/{session}")
    student.write(HOSTILE)
    expect(teacher.page.locator("#messages .message-text")).to_have_text([HOSTILE])
    expect(teacher.page.locator("#messages .author")).to_have_text(["<b>Mal</b> <i>lory</i>"])
    expect(teacher.page.get_by_role("heading", level=1)).to_have_text(f"Titre {HOSTILE}")
    assert teacher.page.locator("main img, main b, main i, main script").count() == 0


def test_a_web_address_in_a_message_is_a_link_and_nothing_else_is(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    student.write("Voir https://example.org/cours?a=1, puis javascript:alert(1)")
    link = student.page.locator("#messages a")
    expect(link).to_have_count(1)
    expect(link).to_have_attribute("href", "https://example.org/cours?a=1")
    expect(link).to_have_attribute("rel", re.compile("noopener"))


def test_the_page_speaks_the_reader_s_language_and_can_be_switched(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    student = visit(hub, STUDENT, f"/class/{session}", locale="fr-FR")
    expect(student.page.get_by_role("heading", name="Le cours n’a pas encore commencé")).to_be_visible()
    expect(student.page.locator("html")).to_have_attribute("lang", "fr")
    student.page.get_by_label("Langue").select_option("en")
    expect(student.page.get_by_role("heading", name="The class has not started yet")).to_be_visible()
    student.page.reload()
    expect(student.page.get_by_role("heading", name="The class has not started yet")).to_be_visible()


def test_both_languages_have_the_same_sentences(hub: Hub, visit: Visit) -> None:
    reader = visit(hub, None, "/sign-in")
    missing = reader.page.evaluate(
        """async () => {
          const { en } = await import("/js/language/en.js");
          const { fr } = await import("/js/language/fr.js");
          const placeholders = (sentence) => [...(sentence ?? "").matchAll(/\\{\\w+\\}/g)].map(String).sort().join();
          return [...new Set([...Object.keys(en), ...Object.keys(fr)])]
            .filter((key) => !en[key] || !fr[key] || placeholders(en[key]) !== placeholders(fr[key]));
        }"""
    )
    assert missing == []


@pytest.mark.parametrize("width", [320, 360, 390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways(hub: Hub, visit: Visit, width: int, scheme: str) -> None:
    session = hub.plan("Un titre assez long pour un petit écran, avec motsanscoupurequiseraienttroplongs" + "x" * 40)
    hub.begin(session)
    options = {"viewport": {"width": width, "height": 780}, "color_scheme": scheme, "locale": "fr-FR"}
    teacher = visit(hub, TEACHER, f"/class/{session}", **options)
    teacher.connected()
    teacher.write("m" * 300)
    expect(teacher.page.locator("#messages > li")).to_have_count(1)
    start = visit(hub, TEACHER, "/", **options)
    expect(start.page.locator("article").first).to_be_visible()
    sign_in = visit(hub, None, "/sign-in", **options)
    account = visit(hub, TEACHER, "/account", **options)
    links = visit(hub, TEACHER, f"/course/{COURSE}/links", **options)
    links.page.get_by_role("button", name="Créer les liens").click()
    expect(links.page.locator("#links li").first).to_be_visible()
    visitors = {"class": teacher, "sessions": start, "sign-in": sign_in, "account": account, "links": links}
    for name, visitor in visitors.items():
        visitor.screenshot(f"{name}-{width}-{scheme}")
        overflow = visitor.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{name} is wider than the screen"
        assert visitor.page.evaluate("document.querySelector('main').scrollWidth <= window.innerWidth")


def test_a_teacher_plans_a_session_on_the_start_page(hub: Hub, visit: Visit) -> None:
    hub.plan()
    teacher = visit(hub, TEACHER, "/")
    expect(teacher.page.locator("article").first).to_be_visible()
    teacher.page.get_by_role("button", name="New session").click()
    teacher.page.get_by_label("Title").fill("Séance prévue ici")
    expect(teacher.page.get_by_label("Course").locator("option")).to_have_text(["Algèbre linéaire"])
    teacher.page.get_by_role("button", name="Plan the session").click()
    card = teacher.page.get_by_role("article", name="Séance prévue ici")
    expect(card).to_be_visible()
    expect(card.get_by_role("link")).to_be_focused()
    student = visit(hub, STUDENT, "/")
    expect(student.page.get_by_role("article", name="Séance prévue ici")).to_be_visible()
    expect(student.page.get_by_role("button", name="New session")).to_be_hidden()


def test_a_teacher_s_first_session_is_planned_in_one_of_the_teacher_s_courses(own_hub: Hub, visit: Visit) -> None:
    teacher = visit(own_hub, TEACHER, "/")
    expect(teacher.page.locator("#sessions")).to_have_attribute("aria-busy", "false")
    teacher.page.get_by_role("button", name="New session").click()
    expect(teacher.page.get_by_label("Course").locator("option")).to_have_text(["Algèbre linéaire"])
    teacher.page.get_by_label("Title").fill("La toute première")
    teacher.page.get_by_role("button", name="Plan the session").click()
    expect(teacher.page.get_by_role("article", name="La toute première")).to_be_visible()


def test_without_a_sign_in_every_page_leads_to_the_sign_in_page(hub: Hub, visit: Visit) -> None:
    for path in ("/", "/account", f"/course/{COURSE}/links", "/class/1"):
        reader = visit(hub, None, path)
        reader.page.wait_for_url("**/sign-in*")
        expect(reader.page.get_by_role("status")).to_have_text("You are not signed in in this tab.")
        expect(reader.page.get_by_label("E-mail address")).to_be_focused()


@pytest.mark.parametrize(
    ("locale", "title", "back"),
    [
        ("en-GB", "There is nothing at this address", "Back to my live sessions"),
        ("fr-FR", "Il n’y a rien à cette adresse", "Retour à mes cours en direct"),
    ],
)
def test_an_address_that_is_not_there_leads_back(hub: Hub, visit: Visit, locale: str, title: str, back: str) -> None:
    reader = visit(hub, TEACHER, "/class/copied-badly", tolerated="status of 404", locale=locale)
    expect(reader.page.get_by_role("heading", name=title)).to_be_visible()
    reader.page.get_by_role("link", name=back).click()
    reader.page.wait_for_url(hub.url + "/")


def test_an_unknown_sign_in_code_gets_a_friendly_sentence(hub: Hub, visit: Visit) -> None:
    reader = visit(hub, None, "/sign-in#code=never-issued", tolerated="status of 4")
    expect(reader.page.get_by_role("status")).to_have_text("This link has already been used, or it is too old.")
    assert "never-issued" not in reader.page.url


# Found from outside, no. 19
@pytest.mark.parametrize(
    "next_path",
    [
        "//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/.//evil.example",
        "/..//evil.example", "/a/..//evil.example", "/%2e//evil.example", "/.\t//evil.example", "/\t/evil.example",
        "/\n/evil.example", "\t//evil.example", "/%2f/evil.example", "/%5Cevil.example", "/./\\evil.example", " //evil.example",
        "/\u0000/evil.example", "///evil.example", "//", "/\u2028/evil.example", "data:text/html,x", "evil.example", "", "/ /x",
    ],
)
def test_the_way_on_after_signing_in_stays_on_this_origin(hub: Hub, visit: Visit, next_path: str) -> None:
    reader = visit(hub, None, "/sign-in")
    chosen = reader.page.evaluate(
        "async (path) => (await import('/js/identity.js')).safeNext(path, location.origin)", next_path
    )
    assert chosen == "/"


# Found from outside, no. 19
@pytest.mark.parametrize("next_path", ["/", "/account", "/class/7", "/admin#course/3", "/class/7?a=b#c", "/%C3%A9t%C3%A9"])
def test_the_way_on_after_signing_in_is_kept(hub: Hub, visit: Visit, next_path: str) -> None:
    reader = visit(hub, None, "/sign-in")
    chosen = reader.page.evaluate(
        "async (path) => (await import('/js/identity.js')).safeNext(path, location.origin)", next_path
    )
    assert chosen == next_path


# Found from outside, no. 19
@pytest.mark.parametrize("next_path", ["/.//evil.example/", "/..//evil.example", "/%09/evil.example"])
def test_a_link_with_a_hostile_way_on_leads_to_the_start_page(hub: Hub, visit: Visit, next_path: str) -> None:
    link = hub.request("POST", f"/api/users/{STUDENT.id}/sign-in-link", ADMIN, {"purpose": "sign_in"})["url"]
    code = re.search(r"code=([^&]+)", link)[1]
    student = visit(hub, None, f"/sign-in#code={code}&next={next_path}")
    student.page.wait_for_url(hub.url + "/")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Hub]:
    hub = Hub(tmp_path / "demo.db", {}, ("--demo",))
    hub.start()
    yield hub
    assert hub.stop() == 0


def test_a_link_of_the_demo_signs_in_once_and_opens_the_class(demo: Hub, visit: Visit) -> None:
    links = [re.search(r"/sign-in#\S+", line)[0] for line in demo.wait_for_lines("/sign-in#", count=2)]
    first, second = (visit(demo, None, link) for link in links)
    for visitor in (first, second):
        visitor.page.wait_for_url("**/class/*")
        visitor.connected()
        assert "code" not in visitor.page.url
    first.write("Bonjour de la démonstration")
    expect(second.message("Bonjour de la démonstration")).to_have_count(1)
    again = visit(demo, None, links[0], tolerated="status of 4")
    expect(again.page.get_by_role("status")).to_have_text("This link has already been used, or it is too old.")


def at_rest(shown: Locator) -> bytes:
    """A picture of what is shown, once it does not change any more: what comes into view moves for a moment."""
    picture, last = shown.screenshot(), b""
    while picture != last:
        picture, last = shown.screenshot(), picture
    return picture


# Found from outside: one message of stacked accents covered those above it.
def test_stacked_marks_are_painted_over_nobody_else_s_words(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    tall = Person(32, "Z" + "\u0301" * 60, "Zed", "student")
    hub.request("PUT", f"/api/users/{tall.id}", ADMIN, tall.fields())
    hub.request("PUT", f"/api/courses/{COURSE}/enrollments/{tall.id}", ADMIN, {"is_active": True})
    reader = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    student.write("Quelques mots au calme, et d’autres encore")
    before = reader.message("au calme")
    expect(before).to_have_count(1)
    reader.page.locator("#tab-people").click()
    reader.page.locator("#tab-chat").click()
    plain = at_rest(before)
    noisy = visit(hub, tall, f"/class/{session}")
    noisy.write("a" + "\u0301" * 500)
    expect(reader.page.locator("#messages > li")).to_have_count(2)
    reader.screenshot("stacked-marks")
    assert at_rest(before) == plain
    reader.page.locator("#tab-people").click()
    reader.screenshot("stacked-marks-people")
