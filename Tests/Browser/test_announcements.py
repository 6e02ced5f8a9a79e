"""A host's word that nobody overlooks."""

from __future__ import annotations

from playwright.sync_api import expect

from conftest import Visit
from hub import STUDENT, TEACHER, Hub
from test_questions import open_class


def test_an_announcement_is_overlooked_by_nobody(own_hub: Hub, visit: Visit) -> None:
    teacher, student = open_class(own_hub, visit, TEACHER, STUDENT)
    expect(student.page.get_by_label("As an announcement")).to_be_hidden()
    teacher.page.locator("#tab-chat").click()
    teacher.page.get_by_label("As an announcement").check()
    teacher.write("Examen <b>vendredi</b>")
    notice = student.page.locator("#announced")
    expect(notice).to_contain_text("Announcement by Awa Ndiaye")
    expect(notice).to_contain_text("Examen <b>vendredi</b>")
    expect(student.page.locator("#announcer-now")).to_have_text("Announcement by Awa Ndiaye: Examen <b>vendredi</b>")
    expect(student.page.locator("#announcer")).not_to_contain_text("Examen")
    expect(teacher.page.locator("#announced")).to_be_hidden()
    expect(teacher.page.get_by_label("As an announcement")).not_to_be_checked()
    expect(student.page.locator("#typing")).to_be_empty()
    student.page.locator("#tab-chat").click()
    expect(student.page.locator(".message.announcement .tag.announcement")).to_have_text("Announcement")
    student.screenshot("announcement")
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()
    # Whoever comes later reads it in the chat.
    student.page.reload()
    student.connected()
    expect(student.message("Examen <b>vendredi</b>")).to_have_count(1)
    expect(notice).to_be_hidden()
