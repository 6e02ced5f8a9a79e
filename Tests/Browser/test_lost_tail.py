"""A hub that comes back without the last moments: an older file of its database under the same epoch."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from playwright.sync_api import expect

from channel_peer import Peer
from conftest import Visit, Visitor
from hub import CLASSMATE, STUDENT, TEACHER, Hub

NETWORK_NOISE = "WebSocket connection to|net::ERR_|Failed to load resource"


def copy(hub: Hub) -> Path:
    """A copy of the database as it is now; unlike one that `amphi backup` makes, it has the same epoch."""
    path = hub.database.with_suffix(".copy")
    with closing(sqlite3.connect(hub.database)) as database, closing(sqlite3.connect(path)) as target:
        database.backup(target)
    return path


def lose_tail(hub: Hub, older: Path) -> None:
    """The hub is gone at once, and its disk has not kept what came after the copy."""
    assert hub.process
    hub.process.kill()
    hub.process.wait()
    for suffix in ("-wal", "-shm"):
        hub.database.with_name(hub.database.name + suffix).unlink(missing_ok=True)
    older.replace(hub.database)


def back(visitor: Visitor) -> None:
    expect(visitor.page.locator("#connection")).to_have_attribute("data-phase", "open", timeout=30_000)
    expect(visitor.page.locator("#pending > li")).to_have_count(0)


def stored(hub: Hub, session: int) -> list[str]:
    rows = hub.request("GET", f"/api/live-sessions/{session}/chat?limit=200", TEACHER)["messages"]
    return [row["message"] for row in rows]


def test_what_was_acknowledged_and_lost_comes_again_once_and_what_was_deleted_does_not(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", tolerated=NETWORK_NOISE)
    student = visit(own_hub, STUDENT, f"/class/{session}", tolerated=NETWORK_NOISE)
    teacher.connected()
    student.connected()
    student.write("gardé")
    expect(teacher.message("gardé")).to_have_count(1)
    older = copy(own_hub)
    for visitor, text in ((student, "perdu 1"), (teacher, "perdu 2"), (student, "effacé"), (student, "perdu 3")):
        visitor.write(text)
        for other in (teacher, student):
            expect(other.message(text)).to_have_count(1)
    events = own_hub.request("GET", f"/api/live-sessions/{session}/events?after_seq=0", TEACHER)["events"]
    peer = Peer("websockets", own_hub, TEACHER, session)
    try:
        peer.command("chat.delete", id=next(event["id"] for event in events if event.get("text") == "effacé"))
    finally:
        peer.close()
    expect(student.message("effacé")).to_have_count(0)

    lose_tail(own_hub, older)
    expect(student.page.locator("#connection")).not_to_have_attribute("data-phase", "open")
    student.write("après")
    own_hub.start()
    everything = {"gardé", "perdu 1", "perdu 2", "perdu 3", "après"}
    for visitor in (teacher, student):
        back(visitor)
        for text in everything:
            expect(visitor.message(text)).to_have_count(1)
    texts = stored(own_hub, session)
    assert Counter(texts) == Counter(everything)
    assert [text for text in texts if not text.endswith("2")] == ["gardé", "perdu 1", "perdu 3", "après"]
    assert teacher.texts() == student.texts() == texts


def test_who_comes_back_when_the_journal_has_grown_anew_sees_all_of_it(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}", tolerated=NETWORK_NOISE)
    student.connected()
    student.write("gardé")
    expect(student.message("gardé")).to_have_count(1)
    older = copy(own_hub)
    for text in ("perdu 1", "perdu 2"):
        student.write(text)
        expect(student.message(text)).to_have_count(1)
    expect(student.page.locator("#pending > li")).to_have_count(0)
    student.context.set_offline(True)
    expect(student.page.locator("#connection")).not_to_have_attribute("data-phase", "open")

    lose_tail(own_hub, older)
    own_hub.start()
    # At the places of what was lost, and beyond: a position alone would take the first ones for known.
    anew = [f"nouveau {number}" for number in range(4)]
    peer = Peer("websockets", own_hub, CLASSMATE, session)
    try:
        for text in anew:
            peer.post(text)
    finally:
        peer.close()
    student.context.set_offline(False)
    back(student)
    everything = ["gardé", *anew, "perdu 1", "perdu 2"]
    expect(student.page.locator("#messages .message-text")).to_have_text(everything)
    assert stored(own_hub, session) == everything
