"""Amphi beside a platform on one /api, behind the nginx file of the guide (Migration.md): which path goes where."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import websockets

from hub import COURSE, ROOT, SECRET, STUDENT, TEACHER, Hub, Person

FILE = ROOT / "Sources/SessionHub/Documentation.docc/Resources/nginx-beside-the-platform.conf"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Platform(BaseHTTPRequestHandler):
    """Stands for the platform: says which path it was asked for."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps({"platform": self.path, "host": self.headers["Host"]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_: object) -> None:
        pass


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass
class Front:
    """nginx with the guide's file, before the hub and the platform."""

    port: int
    hub: Hub

    def ask(
        self, method: str, path: str, person: Person | None = None, body: object = None, host: str = "school.example"
    ) -> tuple[int, object]:
        headers = {"Host": host, "Content-Type": "application/json"}
        if person:
            headers["Authorization"] = f"Bearer {person.token()}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def is_platform(self, method: str, path: str, person: Person | None = None) -> bool:
        return "platform" in self.ask(method, path, person)[1]


def configuration(folder: Path, port: int, hub: int, platform: int) -> Path:
    """The guide's file with this test's three addresses, in a http block of its own."""
    text = FILE.read_text(encoding="utf-8")
    for old, new, count in [
        ("server 127.0.0.1:8080;", f"server 127.0.0.1:{hub};", 1),
        ("server 127.0.0.1:3000;", f"server 127.0.0.1:{platform};", 1),
        ("listen 80;", f"listen 127.0.0.1:{port};", 2),
    ]:
        assert text.count(old) == count, old
        text = text.replace(old, new)
    (folder / "amphi.conf").write_text(text, encoding="utf-8")
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log stderr warn;\nworker_processes 1;\n"
        "events { worker_connections 256; }\n"
        f"http {{\naccess_log off;\n{places}include {folder}/amphi.conf;\n}}\n",
        encoding="utf-8",
    )
    return main


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    assert NGINX, "nginx is not installed; Tests/run installs it"
    settings = {"JWT_SECRET": SECRET, "AMPHI_TRUSTED_PROXIES": "127.0.0.1", "AMPHI_PUBLIC_URL": "http://hub.school.example"}
    hub = Hub(tmp_path / "amphi.db", settings)
    hub.start()
    platform = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    Thread(target=platform.serve_forever, daemon=True).start()
    port = free_port()
    main = configuration(tmp_path, port, hub.port, platform.server_port)
    nginx = subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(main)])
    try:
        hub.fill()
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert nginx.poll() is None and time.monotonic() < deadline, "nginx does not start"
        yield Front(port, hub)
    finally:
        nginx.terminate()
        nginx.wait(timeout=20)
        platform.shutdown()
        hub.stop()


# Found from outside, no. 28
def test_each_path_goes_to_its_side(front: Front) -> None:
    session = front.hub.plan()
    for path in [
        f"/api/courses/{COURSE}/live-sessions", f"/api/courses/{COURSE}/live-sessions?status=past&limit=500",
        "/api/student/live-sessions", "/api/instructor/live-sessions", f"/api/live-sessions/{session}",
        f"/api/live-sessions/{session}/participants", f"/api/live-sessions/{session}/chat",
        "/api/student/calendar/live-sessions?start_date=2026-03-01&end_date=2026-03-31", "/api/calendar",
        "/api/calendar/events?start=2026-03-01", f"/api/calendar/live-session-{session}", f"/api/calendar/{session}",
    ]:
        status, answer = front.ask("GET", path, STUDENT)
        assert (status, answer.get("success")) == (200, True), (path, answer)
    for path in [
        "/", "/class/1", "/api/courses", f"/api/courses/{COURSE}", f"/api/courses/{COURSE}/lessons", "/api/users/1",
        "/api/auth/login", "/api/student/courses", "/api/live-sessionsX", "/api/calendars", "/api/courses/x/live-sessions",
        "/api/directory/import", "/api/enrollments",
    ]:
        assert front.is_platform("GET", path), path
        assert front.is_platform("POST", path), path


# Found from outside, no. 28
def test_a_class_is_held_through_it(front: Front) -> None:
    status, made = front.ask(
        "POST", f"/api/courses/{COURSE}/live-sessions", TEACHER,
        {"title": "Les matrices", "scheduled_start_at": "2026-03-15T10:00:00Z", "scheduled_end_at": "2096-03-15T12:00:00Z"},
    )
    assert status == 201, made
    session = made["data"]["id"]
    for person, step in [(TEACHER, "start"), (STUDENT, "join"), (STUDENT, "jitsi-token")]:
        status, answer = front.ask("POST", f"/api/live-sessions/{session}/{step}", person, {})
        assert status == 200, answer
    _, joined = front.ask("POST", f"/api/live-sessions/{session}/join", STUDENT, {})
    assert joined["data"]["channel_url"] == f"ws://hub.school.example/api/live-sessions/{session}/channel"

    async def talk(host: str) -> dict[str, object]:
        url = f"ws://{host}/api/live-sessions/{session}/channel"
        headers = {"Authorization": f"Bearer {STUDENT.token()}"}
        async with websockets.connect(
            url, subprotocols=["amphi.v1"], additional_headers=headers, host="127.0.0.1", port=front.port
        ) as channel:
            await channel.send(json.dumps({"type": "hello", "ref": 1}))
            while True:
                message = json.loads(await asyncio.wait_for(channel.recv(), 20))
                if message.get("ref") == 1:
                    return message["ok"]

    # On a thread of its own: Playwright keeps a running event loop on this one when tests with pages came before.
    with ThreadPoolExecutor(1) as other:
        for host in ("school.example", "hub.school.example"):
            assert other.submit(asyncio.run, talk(host)).result()["session"]["id"] == session
    status, left = front.ask("POST", f"/api/live-sessions/{session}/leave", STUDENT)
    assert status == 200 and left["data"]["session_id"] == session
    assert front.ask("POST", f"/api/live-sessions/{session}/end", TEACHER, {})[0] == 200


# Found from outside, no. 28
def test_the_hubs_own_name_is_the_whole_hub(front: Front) -> None:
    for path in ["/livez", "/readyz", "/api/config"]:
        status, answer = front.ask("GET", path, host="hub.school.example")
        assert status == 200 and "platform" not in answer, path
    status, answer = front.ask("GET", "/api/courses", STUDENT, host="hub.school.example")
    assert (status, answer["code"]) == (403, "forbidden")
