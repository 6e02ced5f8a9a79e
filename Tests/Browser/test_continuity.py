"""Reloads, lost networks and restarts: the chat loses nothing and repeats nothing."""

from __future__ import annotations

from playwright.sync_api import expect

from conftest import Visit
from hub import STUDENT, TEACHER, Hub

NETWORK_NOISE = "WebSocket connection to|net::ERR_|Failed to load resource"


def test_a_reload_shows_the_same_chat(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    written = [f"ligne {number}" for number in range(8)]
    for text in written:
        student.write(text)
    texts = student.page.locator("#messages .message-text")
    expect(texts).to_have_text(written)
    expect(student.page.locator("#pending > li")).to_have_count(0)
    student.page.reload()
    expect(texts).to_have_text(written)


def test_what_is_written_without_network_arrives_once_and_in_order(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}", tolerated=NETWORK_NOISE)
    student.write("avant")
    expect(teacher.message("avant")).to_have_count(1)

    student.context.set_offline(True)
    expect(student.page.locator("#connection")).not_to_have_attribute("data-phase", "open")
    student.write("sans réseau 1")
    student.write("sans réseau 2")
    expect(student.page.locator("#pending > li")).to_have_count(2)
    teacher.write("pendant")

    student.context.set_offline(False)
    student.connected()
    expect(student.page.locator("#pending > li")).to_have_count(0)
    everything = ["avant", "pendant", "sans réseau 1", "sans réseau 2"]
    for visitor in (teacher, student):
        expect(visitor.page.locator("#messages .message-text")).to_have_text(everything)


def test_what_is_written_without_network_survives_a_reload(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}", tolerated=NETWORK_NOISE)
    student.connected()
    student.context.set_offline(True)
    student.write("à ne pas perdre")
    expect(student.page.locator("#pending > li")).to_have_count(1)
    student.context.set_offline(False)
    student.page.reload()
    expect(student.page.locator("#messages .message-text")).to_have_text(["à ne pas perdre"])
    expect(student.page.locator("#pending > li")).to_have_count(0)


# Found from outside, no. 54
def test_a_draft_and_its_kind_survive_a_reload_and_tell_nothing(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    student.connected()
    student.page.get_by_label("As a question").check()
    student.page.get_by_label("Without my name").check()
    student.page.locator("#message").press_sequentially("Est-ce noté")
    sent: list[str] = []
    student.page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    student.page.reload()
    student.connected()
    expect(student.page.locator("#message")).to_have_value("Est-ce noté")
    student.page.locator("#message").press_sequentially(" ?")
    student.page.keyboard.press("Enter")
    expect(student.message("Est-ce noté").locator(".author")).to_have_text("Anonymous")
    assert not any('"typing"' in frame for frame in sent)
    student.page.reload()
    expect(student.message("Est-ce noté")).to_have_count(1)
    expect(student.page.locator("#message")).to_have_value("")


def test_a_restart_of_the_hub_loses_and_repeats_nothing(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}", tolerated=NETWORK_NOISE)
    student = visit(own_hub, STUDENT, f"/class/{session}", tolerated=NETWORK_NOISE)
    teacher.connected()
    student.connected()
    student.write("avant")
    expect(teacher.message("avant")).to_have_count(1)

    assert own_hub.stop() == 0
    expect(student.page.locator("#connection")).not_to_have_attribute("data-phase", "open")
    student.write("pendant")
    teacher.write("pendant aussi")
    own_hub.start()
    for visitor in (teacher, student):
        expect(visitor.page.locator("#connection")).to_have_attribute("data-phase", "open", timeout=30_000)
        expect(visitor.page.locator("#messages > li")).to_have_count(3)
        expect(visitor.page.locator("#pending > li")).to_have_count(0)
    assert teacher.texts() == student.texts()
    assert sorted(student.texts()) == ["avant", "pendant", "pendant aussi"]


def test_a_burst_beyond_the_limit_arrives_whole_and_in_order(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    student.connected()
    written = [f"rafale {number}" for number in range(25)]
    for text in written:
        student.write(text)
    expect(student.page.locator("#messages .message-text")).to_have_text(written, timeout=30_000)
    expect(student.page.locator("#pending > li")).to_have_count(0)


def test_a_late_comer_reads_the_chat_from_its_beginning(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    teacher = visit(own_hub, TEACHER, f"/class/{session}")
    teacher.connected()
    written = [f"note {number}" for number in range(130)]
    teacher.page.evaluate(
        """async ([session, texts]) => {
          const { AmphiClient } = await import("/js/amphi-client.js");
          const { token } = JSON.parse(sessionStorage.getItem("amphi.identity"));
          const url = `ws://${location.host}/api/live-sessions/${session}/channel`;
          const client = new AmphiClient({ url, token: async () => token });
          client.start();
          for (const text of texts) client.post({ kind: "text", text });
          await new Promise((resolve) => client.subscribe(() => client.pendingPosts.length === 0 && resolve()));
          client.stop();
        }""",
        [session, written],
    )
    student = visit(own_hub, STUDENT, f"/class/{session}")
    texts = student.page.locator("#messages .message-text")
    expect(student.message("note 129")).to_have_count(1)
    while (shown := texts.count()) < len(written):
        student.page.get_by_role("button", name="Load earlier messages").click()
        expect(texts).not_to_have_count(shown)
    expect(texts).to_have_text(written)
