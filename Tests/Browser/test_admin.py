"""The administration in a browser: people, courses and their members, the import with its trial, the hub."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from conftest import Visit
from hub import ADMIN, COURSE, STUDENT, TEACHER, Hub


def test_an_administrator_adds_a_person_and_hands_out_a_sign_in_link_that_works_once(hub: Hub, visit: Visit) -> None:
    admin = visit(hub, ADMIN, "/admin")
    page = admin.page
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("First name").fill("Noémie")
    page.get_by_label("Last name").fill("Éboué")
    page.get_by_label("E-mail").fill("noemie@example.org")
    page.get_by_role("button", name="Save").click()
    # While the dialog is open, what is typed does not reach the search.
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("Search").fill("eboue")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Noémie Éboué")
    admin.screenshot("admin-people")
    page.get_by_role("button", name="Sign-in link for Noémie Éboué").click()
    link = page.locator(".link-dialog code").inner_text()
    assert link.startswith(hub.url)
    newcomer = visit(hub, None, link.removeprefix(hub.url))
    expect(newcomer.page.get_by_role("heading", name="My live sessions")).to_be_visible()
    expect(newcomer.page.get_by_text("Noémie Éboué")).to_be_visible()
    again = visit(hub, None, link.removeprefix(hub.url), tolerated="401")
    expect(again.page.get_by_text("This link has already been used")).to_be_visible()


def test_a_row_shows_its_role_in_one_line_and_a_phone_s_card_its_titles(hub: Hub, visit: Visit) -> None:
    admin = visit(hub, ADMIN, "/admin", locale="fr-FR", viewport={"width": 900, "height": 700})
    # Long names and addresses take the room of the other columns.
    long = {**STUDENT.fields(), "first_name": "Marie-Antoinette", "email": "prenom.nom-de-famille@departement.ecole.example"}
    hub.request("PUT", "/api/users/88", ADMIN, long)
    admin.page.get_by_label("Rechercher").fill("Marie-Antoinette")
    role = admin.page.get_by_role("cell", name="Étudiant")
    expect(role).to_have_count(1)
    lines = "cell => { const range = document.createRange(); range.selectNodeContents(cell); return range.getClientRects().length; }"
    assert role.evaluate(lines) == 1
    admin.page.set_viewport_size({"width": 390, "height": 780})
    number = admin.page.get_by_role("cell", name="Numéro")
    assert number.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Numéro"'
    assert admin.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_refusal_stays_beside_what_was_typed(hub: Hub, visit: Visit) -> None:
    admin = visit(hub, ADMIN, "/admin", tolerated="4\\d\\d")
    page = admin.page
    page.get_by_role("button", name="Add a person").click()
    page.get_by_label("First name").fill("Second")
    page.get_by_label("E-mail").fill(STUDENT.email)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("dialog [role=alert]")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Second")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_an_enrollment_ends_and_resumes(hub: Hub, visit: Visit) -> None:
    page = visit(hub, ADMIN, "/admin#courses", locale="fr-FR").page
    page.get_by_role("link", name="Algèbre linéaire").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Algèbre linéaire")
    row = page.get_by_role("row").filter(has_text=STUDENT.name)
    row.get_by_role("button", name=f"Terminer l’inscription de {STUDENT.name}").click()
    expect(row).to_contain_text("Terminée")
    assert hub.request("GET", f"/api/courses/{COURSE}/enrollments/{STUDENT.id}", ADMIN)["is_active"] is False
    row.get_by_role("button", name=f"Reprendre l’inscription de {STUDENT.name}").click()
    expect(row).to_contain_text("Active")


def test_a_course_is_made_for_a_teacher_who_exists(own_hub: Hub, visit: Visit) -> None:
    page = visit(own_hub, ADMIN, "/admin#courses").page
    page.get_by_role("button", name="Add a course").click()
    page.get_by_label("Title").fill("Géométrie")
    page.get_by_label("Teacher’s e-mail").fill("nobody@example.org")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("dialog [role=alert]")).to_contain_text("nobody@example.org")
    page.get_by_label("Teacher’s e-mail").fill(TEACHER.email)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Géométrie")).to_be_visible()


def test_the_links_of_a_class_are_one_step_away(hub: Hub, visit: Visit) -> None:
    admin = visit(hub, ADMIN, f"/admin#course/{COURSE}")
    admin.page.get_by_role("link", name="Sign-in links of the class").click()
    expect(admin.page).to_have_url(re.compile(f"/course/{COURSE}/links$"))


def test_an_import_is_tried_first_and_every_fault_has_its_line(hub: Hub, visit: Visit, tmp_path: Path) -> None:
    admin = visit(hub, ADMIN, "/admin#import")
    page = admin.page
    file = tmp_path / "people.csv"
    file.write_text(f"email,first_name,last_name,role,course_id\nimport1@example.org,Ida,Un,student,{COURSE}\nno address,Bo,,student,\n")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("Nothing was changed: 1 line has a fault.")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text("3")
    expect(page.get_by_role("button", name="Import")).to_be_disabled()
    admin.screenshot("admin-import")
    file.write_text(f"email,first_name,last_name,role,course_id\nimport1@example.org,Ida,Un,student,{COURSE}\n")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("The file is right.")).to_be_visible()
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Imported: ")).to_be_visible()
    assert len(hub.request("GET", "/api/users?search=import1", ADMIN)) == 1


# Found from outside, no. 58
@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-GB", ("Try", "Import", "people.csv has changed since it was chosen", "Save the list as CSV", "is empty")),
        ("fr-FR", ("Essayer", "Importer", "people.csv a changé depuis", "Enregistrez la liste en CSV", "est vide")),
    ],
)
def test_a_file_that_cannot_be_imported_says_what_to_do(
    hub: Hub, visit: Visit, tmp_path: Path, locale: str, words: tuple[str, ...]
) -> None:
    attempt, go, changed, spreadsheet, empty = words
    admin = visit(hub, ADMIN, "/admin#import", locale=locale)
    page, file, result = admin.page, tmp_path / "people.csv", admin.page.locator("#view [role=status]")
    chosen = page.locator("#import-file")

    def lines(count: int) -> str:
        return "email,first_name,last_name\n" + "".join(f"{locale}{row}@example.org,Ida,Un\n" for row in range(count))

    file.write_text(lines(1))
    chosen.set_input_files(file)
    file.write_text(lines(2))
    page.get_by_role("button", name=attempt, exact=True).click()
    expect(result).to_contain_text(changed)
    expect(chosen).to_be_focused()
    assert chosen.evaluate("field => field.value") == ""
    # Chosen again, it is read; changed between the trial and the import, it is not imported.
    chosen.set_input_files(file)
    page.get_by_role("button", name=attempt, exact=True).click()
    expect(page.get_by_role("button", name=go, exact=True)).to_be_enabled()
    file.write_text(lines(3))
    page.get_by_role("button", name=go, exact=True).click()
    expect(result).to_contain_text(changed)
    for name, content, sentence in [
        ("liste.xlsx", b"PK\x03\x04\x14\x00\x06\x00", spreadsheet), ("liste.csv", b"PK\x03\x04\x14\x00", spreadsheet),
        ("liste.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", spreadsheet), ("liste.csv", b"", empty),
    ]:
        other = tmp_path / name
        other.write_bytes(content)
        chosen.set_input_files(other)
        page.get_by_role("button", name=attempt, exact=True).click()
        expect(result).to_contain_text(sentence)
        expect(page.get_by_role("button", name=go, exact=True)).to_be_disabled()


# Found from outside, no. 58
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.txt", "email,first_name\nkind1@example.org,Ida\n"),
        ("people.data", '{"user":{"id":911,"email":"kind2@example.org"}}\n'),
        ("PEOPLE.CSV", "\ufeffemail,first_name\nkind3@example.org,Ida\n"),
    ],
)
def test_what_a_file_is_is_seen_in_it_and_not_in_its_name(
    hub: Hub, visit: Visit, tmp_path: Path, name: str, content: str
) -> None:
    page = visit(hub, ADMIN, "/admin#import").page
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    page.locator("#import-file").set_input_files(file)
    page.get_by_role("button", name="Try").click()
    expect(page.get_by_text("The file is right.")).to_be_visible()


# Found from outside, no. 58
def test_excel_s_plain_csv_is_named_for_what_it_is_and_columns_left_out_are_told(
    hub: Hub, visit: Visit, tmp_path: Path
) -> None:
    page = visit(hub, ADMIN, "/admin#import").page
    types: list[str] = []
    answer = {"created": 1, "updated": 0, "unchanged": 0, "dry_run": True, "error_count": 0, "errors": []}

    def answered(route: Route) -> None:
        types.append(route.request.headers["content-type"])
        route.fulfill(json={"success": True, "data": {**answer, "ignored_columns": ["Classe", "Téléphone"]}})

    page.route("**/api/directory/import*", answered)
    for name, encoding in [("a.csv", "windows-1252"), ("b.csv", "utf-8"), ("c.csv", "utf-16")]:
        file = tmp_path / name
        file.write_text("email;prénom\nexcel@example.org;Noémie\n", encoding=encoding)
        page.get_by_label("File").set_input_files(file)
        page.get_by_role("button", name="Try").click()
        result = page.locator("#view [role=status]")
        expect(result).to_contain_text("were left out: Classe, Téléphone.")
        assert ("Windows-1252" in result.inner_text()) == (encoding == "windows-1252")
    assert types == ["text/csv; charset=windows-1252", "text/csv", "text/csv"]


# Found from outside, no. 38
def test_a_list_with_one_bad_byte_is_not_read_as_another_encoding(hub: Hub, visit: Visit, tmp_path: Path) -> None:
    page = visit(hub, ADMIN, "/admin#import").page
    lists = {
        "bad.csv": "email,first_name\nbad1@example.org,Zoé\nbad2@example.org,Élo".encode() + b"\xe9\n",
        "bad.ndjson": '{"user":{"email":"bad1@example.org","first_name":"'.encode() + b'\xe9"}}\n',
        "wide.ndjson": '{"user":{"email":"wide@example.org","first_name":"Zoé"}}\n'.encode("utf-16"),
    }
    for name, text in lists.items():
        (tmp_path / name).write_bytes(text)
        page.locator("#import-file").set_input_files(tmp_path / name)
        page.get_by_role("button", name="Try").click()
        result = page.locator("#view [role=status]")
        if name.startswith("wide"):
            expect(result).to_contain_text("The file is right.")
            expect(page.get_by_role("button", name="Import", exact=True)).to_be_enabled()
        else:
            expect(result).to_contain_text("(E9)")
            expect(page.get_by_role("button", name="Import", exact=True)).to_be_disabled()
        expect(result).not_to_contain_text("1252")


# Found from outside, no. 55
def test_the_hub_s_sentence_for_the_last_administrator_is_shown(hub: Hub, visit: Visit) -> None:
    admin = visit(hub, ADMIN, "/admin", tolerated="status of 409")
    page, sentence = admin.page, "You are the last administrator: make somebody else one first."
    refusal = {"success": False, "code": "conflict", "message": sentence, "field": "role"}
    page.route(
        re.compile(r"/api/users/\d+$"),
        lambda route: route.continue_() if route.request.method == "GET" else route.fulfill(status=409, json=refusal),
    )
    page.get_by_label("Search").fill(STUDENT.email)
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name=f"Edit {STUDENT.name}").click()
    page.get_by_role("dialog").get_by_label("Role").select_option("instructor")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_have_text(sentence)
    page.keyboard.press("Escape")
    page.get_by_role("button", name=f"Delete {STUDENT.name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#view > .view > [role=alert]")).to_have_text(sentence)


def test_the_hub_shows_its_figures(hub: Hub, visit: Visit) -> None:
    admin = visit(hub, ADMIN, "/admin#hub")
    expect(admin.page.get_by_text("Live classes")).to_be_visible()
    expect(admin.page.locator(".figures dd").first).not_to_be_empty()
    admin.screenshot("admin-hub")


def test_nobody_but_an_administrator_is_let_in(hub: Hub, visit: Visit) -> None:
    teacher = visit(hub, TEACHER, "/admin")
    expect(teacher.page.get_by_role("alert")).to_have_text("Only administrators can use this page.")
    assert teacher.page.get_by_role("table").count() == 0
    expect(teacher.page.get_by_role("link", name="People")).to_have_count(0)
    nobody = visit(hub, None, "/admin")
    expect(nobody.page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("view", ["people", "courses", "import", "hub", f"course/{COURSE}"])
def test_the_administration_fits_a_phone(hub: Hub, visit: Visit, width: int, view: str) -> None:
    admin = visit(hub, ADMIN, f"/admin#{view}", viewport={"width": width, "height": 800}, locale="fr-FR")
    expect(admin.page.locator("tbody tr, .figures dd, #import-file").first).to_be_visible()
    assert admin.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    admin.screenshot(f"admin-{view.split('/')[0]}-{width}")
