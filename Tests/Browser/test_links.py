"""Web addresses in a message: where they begin and end, where they lead, and how they are shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import Visit
from hub import STUDENT, Hub

# The text, and the links in it as (href, shown), or (href,) where both say the same.
LINKS: list[tuple[str, list[tuple[str, str]]]] = [
    ("https://example.org/a", [("https://example.org/a", "https://example.org/a")]),
    ("voir https://fr.wikipedia.org/wiki/Corps_(algèbre).", [
        ("https://fr.wikipedia.org/wiki/Corps_(alg%C3%A8bre)", "https://fr.wikipedia.org/wiki/Corps_(algèbre)")]),
    ("(https://en.wikipedia.org/wiki/Field_(algebra))", [
        ("https://en.wikipedia.org/wiki/Field_(algebra)", "https://en.wikipedia.org/wiki/Field_(algebra)")]),
    ("[https://e.example/x[1]]", [("https://e.example/x[1]", "https://e.example/x[1]")]),
    ("{https://e.example/x}!", [("https://e.example/x", "https://e.example/x")]),
    ("«https://e.example/a»", [("https://e.example/a", "https://e.example/a")]),
    ("« https://e.example/a », puis", [("https://e.example/a", "https://e.example/a")]),
    ("“https://e.example/a”.", [("https://e.example/a", "https://e.example/a")]),
    ("«https://e.example/a»et", [("https://e.example/a", "https://e.example/a")]),
    ("'https://e.example/a', ‘https://e.example/b’", [
        ("https://e.example/a", "https://e.example/a"), ("https://e.example/b", "https://e.example/b")]),
    ("'https://e.example/a','https://e.example/b'", [
        ("https://e.example/a", "https://e.example/a"), ("https://e.example/b", "https://e.example/b")]),
    *[(text, [("https://e.example/", "https://e.example")]) for text in (
        "https://e.example😀", "👉https://e.example👈", "〔https://e.example〕", "⟨https://e.example⟩", "〖https://e.example〗",
        "｢https://e.example｣", "https://e.example।", "https://e.example۔", "https://e.example→next", "https://e.example†",
        "(https://e.example)and", "＂https://e.example＂", "https://e.example•b")],
    *[(text, [("https://e.example/x", "https://e.example/x")]) for text in (
        "〔https://e.example/x〕", "https://e.example/x।", "https://e.example/x👈", "＜https://e.example/x＞")],
    ("http://[::1]:8080/x", [("http://[::1]:8080/x", "http://[::1]:8080/x")]),
    ("https://e.example:8443", [("https://e.example:8443/", "https://e.example:8443")]),
    ("https://e.example?q=1 https://e.example#a", [
        ("https://e.example/?q=1", "https://e.example?q=1"), ("https://e.example/#a", "https://e.example#a")]),
    ("https://e.example/a… https://e.example/b...", [
        ("https://e.example/a", "https://e.example/a"), ("https://e.example/b", "https://e.example/b")]),
    ("https://e.example/a,b;c?d=e!", [("https://e.example/a,b;c?d=e", "https://e.example/a,b;c?d=e")]),
    ("https://e.example/fin。", [("https://e.example/fin", "https://e.example/fin")]),
    ("HTTPS://E.example/X", [("https://e.example/X", "HTTPS://E.example/X")]),
    ("Http://e.example", [("http://e.example/", "Http://e.example")]),
    ("https://e.example:8443/x https://e.example:443/x", [
        ("https://e.example:8443/x", "https://e.example:8443/x"), ("https://e.example/x", "https://e.example:443/x")]),
    ("https://École.example/été", [("https://xn--cole-9oa.example/%C3%A9t%C3%A9", "https://École.example/été")]),
    ("https://россия.рф", [("https://xn--h1alffa9f.xn--p1ai/", "https://россия.рф")]),
    ("https://日本語.jp/", [("https://xn--wgv71a119e.jp/", "https://日本語.jp/")]),
    # Taken for another name by people: shown as what it is.
    ("https://pаypal.com/x", [("https://xn--pypal-4ve.com/x", "https://xn--pypal-4ve.com/x")]),
    ("https://аррӏе.com", [("https://xn--80ak6aa92e.com/", "https://xn--80ak6aa92e.com")]),
    ("https://ıstanbul.com", [("https://xn--stanbul-qfb.com/", "https://xn--stanbul-qfb.com")]),
    ("https://%65xample.org/", [("https://example.org/", "https://example.org/")]),
    ("https://ｅxample.org/", [("https://example.org/", "https://example.org/")]),
    ("https://e.example/a\u202egnp.exe", [("https://e.example/a", "https://e.example/a")]),
    ("https://e.example/a\u200bb", [("https://e.example/a", "https://e.example/a")]),
    *[(f"https://a.example{sign}https://b.example/c{sign}HTTP://d.example", [
        ("https://a.example/", "https://a.example"), ("https://b.example/c", "https://b.example/c"),
        ("http://d.example/", "HTTP://d.example")]) for sign in (",", ";", "|", "、", ",;", "),")],
    ("(https://a.example/x(1))(https://b.example)", [
        ("https://a.example/x(1)", "https://a.example/x(1)"), ("https://b.example/", "https://b.example")]),
    *[(f"{opening}https://a.example/x{closing}{sign}{opening}https://b.example/y{closing}", [
        ("https://a.example/x", "https://a.example/x"), ("https://b.example/y", "https://b.example/y")])
      for opening, closing, sign in (
          ("(", ")", ","), ("[", "]", ";"), ("«", "»", ","), ("“", "”", ","), ("„", "“", ","), ("‚", "‘", ","),
          ("‘", "’", ","), ("‹", "›", ","), ("（", "）", "，"), ("「", "」", "、"))],
    ("https://a.example/https://b.example?u=https://c.example", [
        ("https://a.example/https://b.example?u=https://c.example",
         "https://a.example/https://b.example?u=https://c.example")]),
    *[(f"https://a.example/{opening}x{closing}", [
        (f"https://a.example/{href}", f"https://a.example/{opening}x{closing}")]) for opening, closing, href in (
        ("‘", "’", "%E2%80%98x%E2%80%99"), ("“", "”", "%E2%80%9Cx%E2%80%9D"), ("„", "“", "%E2%80%9Ex%E2%80%9C"),
        ("‚", "‘", "%E2%80%9Ax%E2%80%98"), ("«", "»", "%C2%ABx%C2%BB"), ("'", "'", "'x'"))],
    *[(f"{opening}https://a.example/x{closing}", [("https://a.example/x", "https://a.example/x")])
      for opening, closing in ("‘’", "‚‘", "„“", "“”", "''", "‹›")],
    ("‘https://a.example/‘x’’", [("https://a.example/%E2%80%98x%E2%80%99", "https://a.example/‘x’")]),
    ("https://a.example/l’été", [("https://a.example/l%E2%80%99%C3%A9t%C3%A9", "https://a.example/l’été")]),
    ("https://bank.example@evil.example/", []), ("https://bank.example:x@evil.example/", []),
    ("javascript:alert(1)", []), ("JaVaScRiPt:alert(1)//https:x", []), ("data:text/html,x", []), ("ftp://e.example", []),
    (f"https://{'a.' * 123}example/", [(f"https://{'a.' * 123}example/", f"https://{'a.' * 123}example/")]),
    (f"https://{'a.' * 150}example/", []), (f"https:///{'a.' * 150}example/", []),
    ("https://", []), ("https:///", []), ("http://[", []), ("xhttps://e.example", []), ("www.example.org", []),
]


# Found from outside, no. 44
@pytest.mark.parametrize(("text", "links"), LINKS)
def test_links_in_a_text(hub: Hub, visit: Visit, text: str, links: list[tuple[str, str]]) -> None:
    page = visit(hub, None, "/sign-in").page
    parts = page.evaluate("async (text) => (await import('/js/links.js')).textParts(text)", text)
    assert [(part["href"], part["shown"]) for part in parts if part["href"]] == links
    if all(shown in text for _, shown in links):
        assert "".join(part["shown"] for part in parts) == text


# What stands again and again in a long text, behind the beginning of an address.
REPEATED = [
    *"]})»”’'.,«", ")]}’›", "()", "«»”", "“„”", "https://", ",https://", "https://a.example,", "(https://a.example),", ",(",
    "http", "a@", "../", " https://a.example/)",
]

# The least time of some rounds, for one long text and for as many characters in short texts.
TIMES = """async (repeated) => {
  const { textParts } = await import("/js/links.js");
  const [length, pieces] = [500, 32];
  const text = (size) => `https://a.example/${repeated.repeat(size / repeated.length)}`;
  const [short, long] = [text(length), text(length * pieces)];
  const least = (work) => Math.min(...[1, 2, 3].map(() => {
    const begin = performance.now();
    work();
    return performance.now() - begin;
  }));
  return [least(() => { for (let piece = 0; piece < pieces; piece += 1) textParts(short); }), least(() => textParts(long))];
}"""


# Found from outside, no. 44
@pytest.mark.parametrize("repeated", REPEATED)
def test_a_long_text_takes_no_longer_than_its_pieces(hub: Hub, visit: Visit, repeated: str) -> None:
    """What grows with the square of the length would take 32 times as long; the clock is too coarse for little."""
    page = visit(hub, None, "/sign-in").page
    pieces, whole = page.evaluate(TIMES, repeated)
    assert whole < 8 * max(pieces, 10)


# Found from outside, no. 44
def test_a_message_shows_its_links_from_left_to_right(hub: Hub, visit: Visit) -> None:
    session = hub.plan()
    hub.begin(session)
    student = visit(hub, STUDENT, f"/class/{session}")
    student.write("راجع (https://fr.wikipedia.org/wiki/Corps_(math)) «HTTPS://E.example/a».")
    links = student.page.locator("#messages a")
    expect(links).to_have_text(["https://fr.wikipedia.org/wiki/Corps_(math)", "HTTPS://E.example/a"])
    for link in links.all():
        expect(link).to_have_attribute("dir", "ltr")
        expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
