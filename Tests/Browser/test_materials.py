"""Materials and the task of now, put up by a teacher and opened by students, before, during and after the class."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, TEACHER, Hub
from test_small_screens import reach, wide

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WORDS: dict[str, dict[str, str]] = {
    "en-GB": {
        "add": "Add a material", "yes": "Add", "title": "Title", "url": "Web address", "new": "New material: {}", "tab": "(in a new tab)",
        "remove": "Remove “{}”", "sure": "Remove", "set": "Set a task", "change": "Change the task", "text": "What everybody does now",
        "save": "Save", "now": "Task: {}", "over": "There is no task any more.",
    },
    "fr-FR": {
        "add": "Ajouter un support", "yes": "Ajouter", "title": "Titre", "url": "Adresse web", "new": "Nouveau support : {}",
        "tab": "(dans un nouvel onglet)", "remove": "Retirer « {} »", "sure": "Retirer", "set": "Donner une consigne",
        "change": "Changer la consigne", "text": "Ce que tout le monde fait maintenant", "save": "Enregistrer", "now": "Consigne : {}",
        "over": "Il n’y a plus de consigne.",
    },
}
both_languages = pytest.mark.parametrize("locale", WORDS)


def add(host: Visitor, words: dict[str, str], title: str, url: str) -> Locator:
    """Fills in the form and sends it; the dialog, which stays when it is refused."""
    host.page.get_by_role("button", name=words["add"]).click()
    dialog = host.page.get_by_role("dialog")
    dialog.get_by_label(words["title"]).fill(title)
    dialog.get_by_label(words["url"]).fill(url)
    host.page.keyboard.press("Enter")
    return dialog


def titles(visitor: Visitor) -> Locator:
    return visitor.page.locator("#materials .material a")


@both_languages
def test_a_teacher_puts_up_materials_and_a_task(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale, **PHONE)
    for visitor in (teacher, student):
        visitor.connected()
    expect(student.page.locator("#task-line")).to_be_hidden()
    # By the keyboard alone: the tab by the arrows, the form by Enter.
    teacher.page.locator("#tab-chat").focus()
    for _ in range(2):
        teacher.page.keyboard.press("ArrowRight")
    expect(teacher.page.locator("#panel-materials")).to_be_visible()
    expect(add(teacher, words, "RFC 6455", "www.rfc-editor.org/rfc/rfc6455")).to_have_count(0)
    expect(teacher.page.get_by_role("button", name=words["add"])).to_be_focused()
    expect(student.page.locator("#announcer")).to_contain_text(words["new"].format("RFC 6455"))
    expect(student.page.locator("#materials-count")).to_have_text("1")
    student.page.locator("#tab-materials").tap()
    link = titles(student).first
    expect(link).to_have_text(f"RFC 6455 {words['tab']}")
    expect(link).to_have_attribute("href", "https://www.rfc-editor.org/rfc/rfc6455")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(student.page.locator(".material-host")).to_have_text("www.rfc-editor.org")
    for control in ("#add-material", "#set-task", "#materials button"):
        expect(student.page.locator(control).first).to_be_hidden()

    # A name in letters that can be taken for others is shown as it is asked for; one in one's own letters as it is written.
    add(teacher, words, "Banque", "https://аррӏе.com:8443/a")
    add(teacher, words, "École", "https://école.example/cours")
    expect(student.page.locator(".material-host")).to_have_text(["www.rfc-editor.org", "xn--80ak6aa92e.com:8443", "école.example"])
    # What is no web address is refused in words, and what was typed stays.
    dialog = add(teacher, words, "Piège", "javascript:alert(1)")
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    expect(dialog.get_by_label(words["url"])).to_have_value("javascript:alert(1)")
    teacher.screenshot(f"materials-refused-{locale[:2]}")
    teacher.page.keyboard.press("Escape")

    teacher.page.get_by_role("button", name=words["set"]).click()
    dialog.get_by_label(words["text"]).fill("Lisez la section 1.3.\nQue veut dire 101 ? https://www.rfc-editor.org/rfc/rfc6455#section-1.3")
    teacher.screenshot(f"task-form-{locale[:2]}")
    dialog.get_by_role("button", name=words["save"]).click()
    task = student.page.locator("#task-text")
    expect(task).to_contain_text("Que veut dire 101 ?")
    expect(task.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer nofollow")
    student.screenshot(f"materials-phone-{locale[:2]}")
    # In every other tab a line of it, which leads to all of it.
    student.page.locator("#tab-chat").tap()
    line = student.page.locator("#task-line")
    expect(line).to_contain_text(words["now"].format("Lisez la section 1.3."))
    student.screenshot(f"task-line-phone-{locale[:2]}")
    line.tap()
    expect(student.page.locator("#panel-materials")).to_be_visible()
    expect(student.page.locator("#tab-materials")).to_be_focused()
    assert wide(student) <= 0

    teacher.page.get_by_role("button", name=words["remove"].format("Banque"), exact=True).focus()
    teacher.page.keyboard.press("Enter")
    teacher.page.get_by_role("dialog").get_by_role("button", name=words["sure"]).click()
    for visitor in (teacher, student):
        expect(titles(visitor)).to_have_count(2)
    expect(teacher.page.locator("#panel-materials")).to_be_focused()
    teacher.page.get_by_role("button", name=words["change"]).click()
    dialog.get_by_label(words["text"]).fill("")
    dialog.get_by_role("button", name=words["save"]).click()
    expect(student.page.locator("#task")).to_be_hidden()
    expect(student.page.locator("#announcer")).to_contain_text(words["over"])
    teacher.screenshot(f"materials-teacher-{locale[:2]}")


def test_what_is_up_is_there_before_the_class_and_after_it(own_hub: Hub, visit: Visit) -> None:
    path = "/api/live-sessions/{}"
    far, over = own_hub.plan(starts_in=300), own_hub.plan()
    for session in (far, over):
        own_hub.request("POST", f"{path.format(session)}/materials", TEACHER, {"title": "Énoncé", "url": "https://example.org/a"})
        own_hub.request("PUT", f"{path.format(session)}/task", TEACHER, {"text": "À lire"})
    # Long before the start nobody but hosts is let in; what is up can be read all the same.
    early = visit(own_hub, STUDENT, f"/class/{far}", tolerated="WebSocket connection to")
    expect(early.page.locator("#task-line")).to_have_text("Task: À lire")
    early.page.locator("#tab-materials").click()
    expect(titles(early)).to_have_count(1)
    own_hub.begin(over)
    own_hub.request("POST", f"{path.format(over)}/end", TEACHER, {})
    teacher = visit(own_hub, TEACHER, f"/class/{over}")
    classmate = visit(own_hub, CLASSMATE, f"/class/{over}")
    teacher.page.locator("#tab-materials").click()
    add(teacher, WORDS["en-GB"], "Corrigé", "https://example.org/b")
    classmate.page.locator("#tab-materials").click()
    expect(titles(classmate)).to_have_count(2)


@pytest.mark.parametrize("locale", WORDS)
@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 320), (320, 350), (320, 200), (256, 200)])
def test_materials_and_task_fit_a_small_screen(hub: Hub, visit: Visit, width: int, height: int, locale: str) -> None:
    session = hub.plan()
    hub.begin(session)
    path = f"/api/live-sessions/{session}"
    for title in ("Énoncé", "U" * 120, "Dernier"):
        hub.request("POST", f"{path}/materials", TEACHER, {"title": title, "url": f"https://example.org/{'a' * 200}"})
    hub.request("PUT", f"{path}/task", TEACHER, {"text": "Une consigne assez longue pour un petit écran. " * 8})
    teacher = visit(hub, TEACHER, f"/class/{session}", locale=locale, viewport={"width": width, "height": height}, has_touch=True)
    teacher.connected()
    reach(teacher, teacher.page.locator("#task-line"))
    reach(teacher, teacher.page.locator("#message"))
    assert teacher.page.locator("#scroller").evaluate("scroller => scroller.clientHeight") >= 80
    teacher.page.locator("#tab-materials").click()
    for target in ("#add-material", "#set-task", "#task-text", ".material:last-child a", ".material:last-child button"):
        reach(teacher, teacher.page.locator(target))
    assert wide(teacher) <= 0
    assert teacher.page.locator(".side").evaluate("side => side.scrollWidth - side.clientWidth") <= 0
    teacher.screenshot(f"materials-{width}x{height}-{locale[:2]}")
