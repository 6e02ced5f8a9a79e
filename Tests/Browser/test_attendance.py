"""The roll-call during a class, and the page of its attendance: for the teacher, for a student, on paper and small screens."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from conftest import Visit, Visitor
from hub import ADMIN, CLASSMATE, COURSE, STUDENT, TEACHER, Hub, Person
from test_small_screens import reach, wide

WORDS: dict[str, dict[str, str]] = {
    "en-GB": {
        "roll": "Roll-call: {} of 2 here", "here": "here", "absent": "absent", "excused": "excused", "present": "present",
        "left": "has left", "early": "left early", "correct": "Correct the attendance of {}", "status": "Attendance",
        "reason": "Reason (this person and the teachers will read it)", "save": "Save", "recorded": "Recorded: absent.",
        "by": "Corrected by Awa Ndiaye", "all": "All corrections", "csv": "Download (CSV)", "came": "1 of 2 who were expected came.",
        "acts": "corrected the attendance of {}: excused", "own": "My attendance", "page": "Attendance of this class",
        "rules": "Late: more than 10 min", "refresh": "Refresh", "never": "was not there",
    },
    "fr-FR": {
        "roll": "Appel : {} sur 2", "here": "là", "absent": "absent", "excused": "excusé", "present": "présent", "left": "est parti",
        "early": "parti avant la fin", "correct": "Corriger la présence de {}", "status": "Présence",
        "reason": "Motif (cette personne et les enseignants le liront)", "save": "Enregistrer", "recorded": "Enregistré : absent.",
        "by": "Corrigé par Awa Ndiaye", "all": "Toutes les corrections", "csv": "Télécharger (CSV)",
        "came": "Venues parmi les personnes attendues : 1 sur 2.", "acts": "a corrigé la présence de {} : excusé", "own": "Ma présence",
        "page": "Présences de cette séance", "rules": "En retard : plus de 10 min", "refresh": "Actualiser", "never": "n’était pas là",
    },
}
both_languages = pytest.mark.parametrize("locale", WORDS)


def line(visitor: Visitor, person: Person) -> Locator:
    """The line of somebody in the roll-call or in the table of the attendance page."""
    return visitor.page.locator(f"#roll-list [data-id='{person.id}'], tr[data-id='{person.id}']")


def correct(visitor: Visitor, words: dict[str, str], person: Person, status: str, reason: str) -> None:
    visitor.page.get_by_role("button", name=words["correct"].format(person.name), exact=True).click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_label(words["status"], exact=True).select_option(status)
    dialog.get_by_label(words["reason"]).fill(reason)
    dialog.get_by_role("button", name=words["save"]).click()
    expect(dialog).to_have_count(0)


def at(minutes: float) -> int:
    return int((datetime.now(timezone.utc) + timedelta(minutes=minutes)).timestamp() * 1000)


def begun(hub: Hub, minutes: float = 60) -> int:
    """A class that began so long ago."""
    session = hub.plan()
    hub.begin(session)
    with closing(sqlite3.connect(hub.database)) as database, database:
        database.execute("UPDATE live_sessions SET actual_start_at = ? WHERE id = ?", (at(-minutes), session))
    return session


def attend(hub: Hub, session: int, person: Person, *spans: tuple[float, float]) -> None:
    """Writes when somebody was there, as the hub itself stores it."""
    with closing(sqlite3.connect(hub.database)) as database, database:
        who = (session, person.id)
        database.execute("DELETE FROM live_session_attendance WHERE session_id = ? AND user_id = ?", who)
        for start, end in spans:
            database.execute(
                "INSERT INTO live_session_attendance (session_id, user_id, joined_at, left_at, last_seen_at, source)"
                " VALUES (?, ?, ?, ?, ?, 'channel')",
                (*who, at(start), at(end), at(end)),
            )


@both_languages
def test_a_teacher_calls_the_roll_and_corrects_it(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale)
    for visitor in (teacher, student):
        visitor.connected()
    expect(student.page.locator("#roll")).to_be_hidden()
    teacher.page.locator("#tab-people").click()
    # By the keyboard alone.
    teacher.page.locator("#roll-title").focus()
    teacher.page.keyboard.press("Enter")
    expect(teacher.page.locator("#roll-title")).to_have_text(words["roll"].format(1))
    expect(line(teacher, STUDENT).locator(".tag")).to_have_text(words["here"])
    expect(line(teacher, CLASSMATE).locator(".tag")).to_have_text(words["absent"])
    # Who is missing stands first.
    expect(teacher.page.locator("#roll-list .person-name")).to_have_text([CLASSMATE.name, STUDENT.name])
    correct(teacher, words, CLASSMATE, "excused", "Un mot du médecin")
    expect(line(teacher, CLASSMATE).locator(".tag")).to_have_text(words["excused"])
    expect(line(teacher, CLASSMATE)).to_contain_text(words["recorded"])
    expect(line(teacher, CLASSMATE)).to_contain_text("Un mot du médecin")
    teacher.screenshot(f"roll-call-{locale[:2]}")
    teacher.page.locator("#acts-title").click()
    expect(teacher.page.locator(".acts li").first).to_contain_text(words["acts"].format(CLASSMATE.name))
    # Somebody comes: the roll-call that is open follows, and the correction stands.
    classmate = visit(own_hub, CLASSMATE, f"/class/{session}", locale=locale)
    classmate.connected()
    expect(teacher.page.locator("#roll-title")).to_have_text(words["roll"].format(2))
    expect(line(teacher, CLASSMATE).locator(".tag")).to_have_text(words["excused"])


@both_languages
def test_the_page_of_a_class_shows_everybody_on_the_line_of_time(
    own_hub: Hub, visit: Visit, tmp_path: Path, locale: str
) -> None:
    words = WORDS[locale]
    session = begun(own_hub)
    visit(own_hub, STUDENT, f"/class/{session}").connected()
    own_hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    attend(own_hub, session, STUDENT, (-60, -40), (-20, 0))
    teacher = visit(own_hub, TEACHER, f"/class/{session}", locale=locale)
    teacher.page.get_by_role("link", name=words["page"]).click()
    teacher.page.wait_for_url(f"**/class/{session}/attendance")
    expect(teacher.page.get_by_role("status")).to_have_text(words["came"])
    expect(teacher.page.get_by_text(words["rules"])).to_be_visible()
    expect(line(teacher, STUDENT).locator(".tag")).to_have_text(words["early"])
    picture = line(teacher, STUDENT).get_by_role("img")
    expect(picture.locator(".line-here")).to_have_count(2)
    # In words for whoever does not see it.
    expect(picture).to_have_attribute("aria-label", re.compile(r"^\d\d:\d\d – \d\d:\d\d, \d\d:\d\d – \d\d:\d\d$"))
    expect(line(teacher, CLASSMATE).get_by_role("img")).to_have_attribute("aria-label", words["never"])
    correct(teacher, words, CLASSMATE, "present", "Elle était là")
    correct(teacher, words, CLASSMATE, "excused", "Non : un mot du médecin")
    expect(line(teacher, CLASSMATE).locator(".tag").first).to_have_text(words["excused"])
    expect(line(teacher, CLASSMATE)).to_contain_text(words["recorded"])
    expect(line(teacher, CLASSMATE)).to_contain_text(words["by"])
    # Nothing is overwritten: what was said before stands there as well.
    line(teacher, CLASSMATE).get_by_text(words["all"]).click()
    expect(line(teacher, CLASSMATE).locator(".corrections li")).to_have_count(2)
    teacher.screenshot(f"attendance-{locale[:2]}")
    with teacher.page.expect_download() as download:
        teacher.page.get_by_role("button", name=words["csv"]).click()
    file = tmp_path / "attendance.csv"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8-sig")
    assert STUDENT.name in text and CLASSMATE.name in text and "Non : un mot du médecin" in text
    teacher.page.get_by_role("button", name=words["refresh"]).click()
    expect(line(teacher, CLASSMATE).locator(".tag").first).to_have_text(words["excused"])


@both_languages
def test_a_student_sees_their_own_attendance_alone(own_hub: Hub, visit: Visit, locale: str) -> None:
    words = WORDS[locale]
    session = begun(own_hub)
    student = visit(own_hub, STUDENT, f"/class/{session}", locale=locale, viewport={"width": 390, "height": 844})
    student.connected()
    own_hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    attend(own_hub, session, STUDENT, (-60, -40))
    path = f"/api/live-sessions/{session}/attendance/{STUDENT.id}/corrections"
    own_hub.request("POST", path, TEACHER, {"status": "present", "reason": "Le réseau de l’école"})
    student.page.get_by_role("link", name=words["own"]).click()
    student.page.wait_for_url(f"**/class/{session}/attendance")
    card = student.page.get_by_role("region", name=words["own"])
    expect(card.locator(".tag")).to_have_text(words["present"])
    expect(card).to_contain_text("Le réseau de l’école")
    expect(card.get_by_role("img")).to_be_visible()
    expect(student.page.locator("body")).not_to_contain_text(CLASSMATE.name)
    expect(student.page.locator("#csv")).to_have_count(0)
    student.screenshot(f"attendance-own-{locale[:2]}")
    assert wide(student) <= 0


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 320), (320, 350), (320, 200)])
def test_the_attendance_fits_a_small_screen(own_hub: Hub, visit: Visit, width: int, height: int) -> None:
    words = WORDS["fr-FR"]
    session = begun(own_hub)
    options = {"locale": "fr-FR", "viewport": {"width": width, "height": height}, "has_touch": True}
    teacher = visit(own_hub, TEACHER, f"/class/{session}", **options)
    teacher.connected()
    path = f"/api/live-sessions/{session}/attendance/{CLASSMATE.id}/corrections"
    own_hub.request("POST", path, TEACHER, {"status": "excused", "reason": "Un motif assez long pour plusieurs lignes. " * 6})
    teacher.page.locator("#tab-people").click()
    teacher.page.locator("#roll-title").click()
    for person in (STUDENT, CLASSMATE):
        reach(teacher, line(teacher, person).get_by_role("button"))
    reach(teacher, teacher.page.locator("#attendance-page"))
    assert wide(teacher) <= 0
    teacher.screenshot(f"roll-call-{width}x{height}")
    teacher.page.goto(f"{own_hub.url}/class/{session}/attendance")
    reach(teacher, teacher.page.locator("#csv"))
    for person in (STUDENT, CLASSMATE):
        reach(teacher, line(teacher, person).get_by_role("img"))
        reach(teacher, line(teacher, person).get_by_role("button"))
    assert wide(teacher) <= 0
    teacher.page.get_by_role("button", name=words["correct"].format(STUDENT.name)).click()
    reach(teacher, teacher.page.get_by_role("dialog").get_by_role("button", name=words["save"]))
    teacher.page.keyboard.press("Escape")
    teacher.screenshot(f"attendance-{width}x{height}")


def test_a_course_says_who_is_late_and_who_was_present(own_hub: Hub, visit: Visit) -> None:
    admin = visit(own_hub, ADMIN, "/admin#courses")
    admin.page.get_by_role("button", name="Edit Algèbre linéaire").click()
    dialog = admin.page.get_by_role("dialog")
    late, present = dialog.get_by_label("Late after (minutes)"), dialog.get_by_label("Present from (percent of the class)")
    expect(late).to_have_value("10")
    expect(present).to_have_value("75")
    late.fill("5")
    present.fill("50")
    admin.screenshot("admin-course-thresholds")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    course = own_hub.request("GET", f"/api/courses/{COURSE}", ADMIN)
    assert (course["late_after_minutes"], course["present_percent"]) == (5, 50)
