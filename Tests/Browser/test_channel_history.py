"""State + events = fresh state, for the page's own client: random classes on a real hub, seen by whoever is in them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Visit
from hub import ADMIN, CLASSMATE, SECRET, STUDENT, TEACHER, Hub, Person
from test_channel_client import expression

HISTORY = expression((Path(__file__).parent / "channel_history.js").read_text(encoding="utf-8"))
ASSISTANT = Person(8, "Kofi", "Mensah", "instructor")
UNLIMITED = ("POSTS_PER_USER", "POSTS_PER_SESSION", "STEERING_PER_USER", "STEERING_PER_SESSION", "CONNECTIONS_PER_USER",
             "REQUESTS_PER_USER")
STEPS = 72


@pytest.fixture(scope="module")
def busy_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub that nobody can be too fast for."""
    settings = {"JWT_SECRET": SECRET, **{f"AMPHI_LIMIT_{name}": "0" for name in UNLIMITED}}
    hub = Hub(tmp_path_factory.mktemp("busy-hub") / "amphi.db", settings)
    hub.start()
    hub.fill()
    hub.request("PUT", f"/api/users/{ASSISTANT.id}", ADMIN, ASSISTANT.fields())
    yield hub
    assert hub.stop() == 0


@pytest.mark.parametrize("seed", range(1, 11))
def test_every_viewer_of_a_random_class_has_at_any_moment_what_a_newcomer_is_given(
    busy_hub: Hub, visit: Visit, seed: int
) -> None:
    # A course of its own: who teaches it changes, and the next class must not notice.
    course = 1000 + seed
    about = {"title": f"Course {seed}", "instructor_id": TEACHER.id, "course_type": "live"}
    busy_hub.request("PUT", f"/api/courses/{course}", ADMIN, about)
    for person in (ASSISTANT, STUDENT, CLASSMATE):
        busy_hub.request("PUT", f"/api/courses/{course}/enrollments/{person.id}", ADMIN, {"is_active": True})
    session = busy_hub.plan(f"Class {seed}", course=course)
    people = {"admin": ADMIN, "teacher": TEACHER, "assistant": ASSISTANT, "student": STUDENT, "classmate": CLASSMATE}
    page = visit(busy_hub, None, "/sign-in", tolerated="Failed to load resource").page
    start = {
        "seed": seed, "steps": STEPS, "session": session, "course": {"id": course, **about},
        "people": {name: {"id": person.id, "token": person.token()} for name, person in people.items()},
    }
    found = page.evaluate(HISTORY, start)
    assert found["problems"] == [], f"seed {seed}: {json.dumps(found, indent=1, ensure_ascii=False)}"
    # A plan that does nothing proves nothing.
    assert found["events"] > 10 and found["comparisons"] >= 8
