"""The hub under a path of its host (AMPHI_PUBLIC_URL), behind nginx as people configure it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from conftest import Visit
from hub import ADMIN, COURSE, ROOT, SECRET, STUDENT, TEACHER, Hub

BASE = "/live"
NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $connection_upgrade {{ default upgrade; "" close; }}
  server {{
    listen 127.0.0.1:{port};
    location = /live {{ return 308 /live/; }}
    location /live/ {{
      proxy_pass http://127.0.0.1:{hub}{path};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
    location / {{ return 418; }}
  }}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class ProxiedHub(Hub):
    """A hub that is reached through nginx only."""

    front: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.front}{BASE}"


@pytest.fixture(params=["/", ""], ids=["stripped", "passed"])
def proxied(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ProxiedHub]:
    """`proxy_pass` with a path cuts the prefix off, without one it passes it on."""
    front = free_port()
    settings = {
        "JWT_SECRET": SECRET,
        "AMPHI_PUBLIC_URL": f"http://127.0.0.1:{front}{BASE}",
        "AMPHI_TRUSTED_PROXIES": "127.0.0.1",
    }
    hub = ProxiedHub(tmp_path / "amphi.db", settings, front=front)
    hub.start()
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(NGINX.format(folder=tmp_path, port=front, hub=hub.port, path=request.param))
    executable = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin")
    assert executable, "apt-get install nginx"
    nginx = subprocess.Popen([executable, "-p", str(tmp_path), "-c", str(configuration)], stderr=subprocess.PIPE)
    try:
        wait_for(front, nginx)
        hub.fill()
        yield hub
    finally:
        nginx.terminate()
        nginx.wait(timeout=10)
        assert hub.stop() == 0


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        assert process.poll() is None, process.stderr and process.stderr.read().decode()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "nginx does not listen"
            time.sleep(0.05)


# Found from outside, no. 41
def test_no_script_names_an_address_without_its_base() -> None:
    """Paths go through `at`, the browser's own path through `within` (js/base.js): a test of every page would miss some."""
    bare = re.compile(r"""(?:href: |assign\(|replace\(|open\(|fetch\()["'`]/(?!/)|location\.host\b""")
    outside = re.compile(r"location\.pathname")
    faults = []
    for script in sorted((ROOT / "public" / "js").rglob("*.js")):
        for number, line in enumerate(script.read_text(encoding="utf-8").splitlines(), 1):
            is_raw = outside.search(line) and "within(" not in line and "replaceState" not in line
            if bare.search(line) or is_raw:
                faults.append(f"{script.relative_to(ROOT)}:{number}: {line.strip()}")
    assert faults == []


# Found from outside, no. 41
def test_a_class_is_held_under_a_path(proxied: ProxiedHub, visit: Visit) -> None:
    session = proxied.plan("Sous un chemin")
    proxied.begin(session)
    teacher = visit(proxied, TEACHER, f"/class/{session}")
    teacher.connected()
    student = visit(proxied, STUDENT, "/")
    student.page.locator(f'a[href="{BASE}/class/{session}"]').click()
    expect(student.page).to_have_url(f"{proxied.url}/class/{session}")
    student.connected()
    student.write("Bonjour sous /live")
    expect(teacher.page.locator("#messages .message-text")).to_have_text(["Bonjour sous /live"])
    student.page.locator("a.brand").click()
    expect(student.page).to_have_url(f"{proxied.url}/")
    expect(student.page.locator("article").first).to_be_visible()


# Found from outside, no. 41
def test_a_sign_in_link_leads_in_and_on(proxied: ProxiedHub, visit: Visit) -> None:
    session = proxied.plan()
    proxied.begin(session)
    link = proxied.request("POST", f"/api/users/{STUDENT.id}/sign-in-link", ADMIN, {})["url"]
    assert link.startswith(f"{proxied.url}/sign-in#code=")
    path = link.removeprefix(proxied.url)
    visitor = visit(proxied, None, f"{path}&next=/class/{session}")
    expect(visitor.page).to_have_url(f"{proxied.url}/class/{session}")
    visitor.connected()


# Found from outside, no. 41
def test_every_page_finds_its_files_its_links_and_its_way_to_the_sign_in(proxied: ProxiedHub, visit: Visit) -> None:
    session = proxied.plan()
    outside: list[str] = []
    for person, path in [
        (TEACHER, "/"), (TEACHER, f"/class/{session}"), (TEACHER, f"/course/{COURSE}/links"), (TEACHER, "/account"),
        (ADMIN, "/admin"), (None, "/sign-in"),
    ]:
        visitor = visit(proxied, person, path)
        visitor.page.on("request", lambda request: outside.append(request.url))
        visitor.page.reload(wait_until="networkidle")
        for href in visitor.page.eval_on_selector_all("a[href]", "links => links.map((link) => link.getAttribute('href'))"):
            assert href.startswith((f"{BASE}/", "#", "http")), f"{path}: {href}"
    assert outside and all(url.startswith(f"{proxied.url}/") for url in outside)
    # Without a token one is sent to the sign-in, and from there back.
    stranger = visit(proxied, None, f"/class/{session}")
    expect(stranger.page).to_have_url(re.compile(re.escape(f"{proxied.url}/sign-in")))
    nowhere = visit(proxied, None, "/nowhere", tolerated="404")
    expect(nowhere.page.locator("main a.button")).to_have_attribute("href", f"{BASE}/")
    nowhere.page.locator("main a.button").click()
    expect(nowhere.page).to_have_url(re.compile(re.escape(f"{proxied.url}/sign-in")))


# Found from outside, no. 41
def test_the_path_without_its_slash_leads_to_the_start(proxied: ProxiedHub, visit: Visit) -> None:
    visitor = visit(proxied, STUDENT, "")
    expect(visitor.page.locator("#account")).to_contain_text(STUDENT.last_name)


# Found from outside, no. 41
def test_the_calendar_and_the_join_answer_name_addresses_that_work(proxied: ProxiedHub) -> None:
    session = proxied.plan()
    proxied.begin(session)
    [item] = proxied.request("GET", "/api/calendar", STUDENT)
    assert item["url"] == f"{proxied.url}/class/{session}"
    joined = proxied.request("POST", f"/api/live-sessions/{session}/join", STUDENT, {})
    assert joined["channel_url"] == f"{proxied.url.replace('http', 'ws', 1)}/api/live-sessions/{session}/channel"
