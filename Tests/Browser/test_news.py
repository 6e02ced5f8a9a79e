"""Start and end for whoever looks elsewhere; and what a screen reader is told: each thing once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import Visit, Visitor
from hub import STUDENT, TEACHER, Hub

NETWORK_NOISE = "WebSocket connection to|net::ERR_|Failed to load resource"
# Everything that is written into a live region, as a screen reader meets it.
LISTEN = """
window.heard = [];
const LIVE = "[aria-live], [role=status], [role=alert], [role=log]";
new MutationObserver((changes) => {
  for (const { target, addedNodes, type } of changes) {
    const nodes = type === "childList" ? [...addedNodes] : [target];
    for (const node of nodes) {
      const place = node.nodeType === 1 ? node : node.parentElement;
      const region = place?.closest(LIVE);
      const isOff = region?.getAttribute("aria-live") === "off" || region?.closest("[hidden]");
      if (region && !isOff && node.textContent.trim() !== "") window.heard.push(node.textContent.trim());
    }
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
# Stands in for what a machine without ears and a desktop cannot show; counts what would have been heard and seen.
SENSES = """
window.tones = [];
window.shown = [];
window.asked = 0;
window.OscillatorNode = class {
  constructor(context, { frequency }) { this.frequency = frequency; }
  connect(next) { return next; }
  start() { window.tones.push(this.frequency); }
  stop() {}
};
class Shown extends EventTarget {
  static permission = "default";
  static async requestPermission() { window.asked += 1; Shown.permission = "granted"; return "granted"; }
  constructor(title, { body }) { super(); window.shown.push(`${title}: ${body}`); }
  close() {}
}
window.Notification = Shown;
document.hasFocus = () => window.isFocused === true;
"""


def listen(visitor: Visitor, script: str) -> None:
    visitor.context.add_init_script(script)
    visitor.page.reload()
    visitor.connected()


def heard(visitor: Visitor, part: str) -> list[str]:
    return [text for text in visitor.page.evaluate("window.heard") if part in text]


# Found from outside, no. 57
def test_each_message_is_said_once_one_s_own_as_well(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    teacher.write("Bienvenue")
    expect(teacher.message("Bienvenue")).to_have_count(1)
    student = visit(hub, STUDENT, f"/class/{session}")
    listen(student, LISTEN)
    student.write("De moi")
    expect(student.message("De moi")).to_have_count(1)
    expect(student.page.locator("#pending > li")).to_have_count(0)
    teacher.write("De la classe")
    expect(student.message("De la classe")).to_have_count(1)
    # What is drawn anew is not said again.
    student.message("De moi").hover()
    student.message("De moi").get_by_role("button", name="Delete").click()
    student.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(student.message("This message was deleted.")).to_have_count(1)
    student.page.get_by_label("Language").select_option("fr")
    expect(student.message("Ce message a été supprimé.")).to_have_count(1)
    assert heard(student, "De moi") == ["Léa Martin: De moi"]
    assert heard(student, "De la classe") == ["Awa Ndiaye: De la classe"]
    assert heard(student, "Bienvenue") == []


# Found from outside, no. 57
def test_a_lost_connection_is_said_once_and_its_return_once(own_hub: Hub, visit: Visit) -> None:
    session = own_hub.plan()
    own_hub.begin(session)
    student = visit(own_hub, STUDENT, f"/class/{session}", tolerated=NETWORK_NOISE)
    listen(student, LISTEN)
    assert own_hub.stop() == 0
    line = student.page.locator("#connection")
    # Several attempts, and a countdown of many seconds.
    student.page.evaluate(
        """() => {
          window.counted = new Set();
          const line = document.getElementById("connection");
          new MutationObserver(() => window.counted.add(line.textContent))
            .observe(line, { childList: true, characterData: true, subtree: true });
        }"""
    )
    student.until("() => window.counted.size >= 5", seconds=60)
    own_hub.start()
    expect(line).to_have_attribute("data-phase", "open", timeout=60_000)
    assert heard(student, "onnect") == [
        "The connection is lost. It comes back by itself; what you write is kept.", "Connected again.",
    ]


# Found from outside, no. 57
@pytest.mark.parametrize(
    ("locale", "begun", "over"),
    [
        ("en-GB", "The class has started", "The class has ended"),
        ("fr-FR", "Le cours a commencé", "Le cours est terminé"),
    ],
)
def test_start_and_end_reach_whoever_looks_elsewhere(
    hub: Hub, visit: Visit, locale: str, begun: str, over: str
) -> None:
    session = hub.plan("Les graphes")
    student = visit(hub, STUDENT, f"/class/{session}", locale=locale)
    listen(student, LISTEN + SENSES)
    page = student.page
    page.locator(".alerts summary").click()
    assert page.evaluate("window.asked") == 0
    page.locator("#alert-sound").check()
    page.locator("#alert-notification").check()
    student.until("() => window.asked === 1")
    student.until("() => window.tones.length === 2")
    hub.begin(session)
    student.until("(title) => document.title === title", f"● {begun} · Les graphes · Amphi")
    student.until("() => window.tones.length === 4")
    assert page.evaluate("window.shown") == [f"Les graphes: {begun}"]
    assert heard(student, begun) == [begun]
    # Looked at, the page has its own title again.
    page.evaluate("() => { window.isFocused = true; window.dispatchEvent(new Event('focus')); }")
    expect(page).to_have_title("Les graphes · Amphi")
    page.evaluate("() => { window.isFocused = false; }")
    # The choice outlives the page.
    page.reload()
    student.connected()
    hub.request("POST", f"/api/live-sessions/{session}/end", TEACHER, {})
    student.until("(title) => document.title === title", f"● {over} · Les graphes · Amphi")
    student.until("() => window.tones.length === 2")
    assert heard(student, over) == [over]


# Found from outside, no. 57
def test_without_the_choice_there_is_no_sound_and_no_question(hub: Hub, visit: Visit) -> None:
    session = hub.plan("Les graphes")
    student = visit(hub, STUDENT, f"/class/{session}")
    listen(student, LISTEN + SENSES)
    hub.begin(session)
    expect(student.page).to_have_title("● The class has started · Les graphes · Amphi")
    assert student.page.evaluate("[window.tones, window.shown, window.asked]") == [[], [], 0]


# Found from outside, no. 57
def test_a_refused_notification_is_said_and_not_kept(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    student = visit(hub, STUDENT, f"/class/{session}")
    refusing = SENSES.replace('Shown.permission = "granted"; return "granted"', 'Shown.permission = "denied"; return "denied"')
    listen(student, refusing)
    student.page.locator(".alerts summary").click()
    student.page.locator("#alert-notification").click()
    expect(student.page.get_by_text("Your browser does not allow notifications for this site.")).to_be_visible()
    expect(student.page.locator("#alert-notification")).not_to_be_checked()


# Found from outside, no. 57
def test_the_letters_that_are_left_are_said_at_a_few_marks_only(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    listen(student, LISTEN)
    field = student.page.locator("#message")
    field.fill("x" * 3895)
    field.press_sequentially("yyyyyyyyyyyyyyyy")
    expect(student.page.locator(".counter")).to_have_text("89 characters left")
    assert heard(student, "characters left") == ["100 characters left"]


# Found from outside, no. 36
def test_a_post_that_the_hub_refuses_offers_copy_and_remove_and_blocks_nothing(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}", permissions=["clipboard-read", "clipboard-write"])
    student.connected()
    # A NUL is in no message that the hub takes.
    field = student.page.locator("#message")
    field.evaluate("field => { field.value = 'avec un \\0 dedans'; }")
    field.press("Enter")
    failed = student.page.locator("#pending > li.failed")
    expect(failed).to_have_count(1)
    student.write("le suivant")
    expect(student.message("le suivant")).to_have_count(1)
    student.screenshot("post-failed")
    student.page.reload()
    student.write("après un rechargement")
    expect(student.message("après un rechargement")).to_have_count(1)
    expect(failed).to_have_count(1)
    failed.get_by_role("button", name="Copy").click()
    student.until("() => navigator.clipboard.readText().then((text) => text.startsWith('avec un'))")
    failed.get_by_role("button", name="Remove").click()
    expect(student.page.locator("#pending > li")).to_have_count(0)


# Found from outside, no. 36
def test_half_an_emoji_arrives_as_a_text_and_blocks_nothing(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    teacher = visit(hub, TEACHER, f"/class/{session}")
    student = visit(hub, STUDENT, f"/class/{session}")
    student.connected()
    field = student.page.locator("#message")
    field.evaluate("field => { field.value = 'moitié \\ud83d'; }")
    field.press("Enter")
    student.write("le suivant")
    expect(teacher.page.locator("#messages .message-text")).to_have_text(["moitié \ufffd", "le suivant"])
    expect(student.page.locator("#pending > li")).to_have_count(0)
