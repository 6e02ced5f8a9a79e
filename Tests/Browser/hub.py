"""The real executable under test: starting it, reading its address, filling its Directory, stopping it."""

from __future__ import annotations

import itertools
import json
import math
import os
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import Condition, Thread
from typing import Any

import jwt

ROOT = Path(__file__).resolve().parents[2]
# Tests/search_logs.py looks for the mark in every log.
MARK = "never-in-a-log"
SECRET = f"{MARK}-browser-tests-jwt-secret-0123456789"
JITSI_SECRET = f"{MARK}-browser-tests-jitsi-secret-0123456789"
LOGS = os.environ.get("AMPHI_TEST_LOGS")


@dataclass(frozen=True)
class Person:
    id: int
    first_name: str
    last_name: str
    role: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        return f"user{self.id}@example.org"

    def fields(self) -> dict[str, str]:
        return {
            "email": self.email,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "role": self.role,
        }

    def token(self, ttl: int = 3600, is_new: bool = False) -> str:
        """A token as the learning platform mints it. Times of issue have whole seconds, and a password that was set within the same
        second has ended what was issued before it: a new token is issued at the next whole second, which is good already."""
        now = math.ceil(time.time()) if is_new else int(time.time())
        claims = {"userId": self.id, **self.fields(), "iat": now, "exp": now + ttl}
        return jwt.encode(claims, SECRET, algorithm="HS256")


ADMIN = Person(1, "Ada", "Admin", "admin")
TEACHER = Person(7, "Awa", "Ndiaye", "instructor")
STUDENT = Person(21, "Léa", "Martin", "student")
CLASSMATE = Person(22, "Tom", "Kouassi", "student")
COURSE = 123


def utc(minutes: float = 0) -> str:
    """A moment so many minutes from now, as the REST contract writes it."""
    moment = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


NUMBERS = itertools.count(1)


@dataclass
class Hub:
    """One running `amphi serve`."""

    database: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[str] | None = None
    lines: list[str] = field(default_factory=list)
    printed: Condition = field(default_factory=Condition)
    name: str = field(default_factory=lambda: f"browser-{next(NUMBERS)}")

    @property
    def log(self) -> Path:
        """Where standard error goes when the run keeps its logs."""
        return Path(LOGS or ".") / f"{self.name}.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        executable = Path(os.environ.get("AMPHI_TEST_EXECUTABLE", ROOT / ".build/debug/amphi"))
        command = [str(executable), "serve", *self.arguments, "--port", str(self.port)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AMPHI_", "JITSI_", "JWT_"))}
        environment = {
            **kept,
            "AMPHI_DATABASE": str(self.database),
            "AMPHI_MIGRATIONS": str(ROOT / "migrations"),
            "AMPHI_WEB_ROOT": str(ROOT / "public"),
            # In the output of a test only what is wrong; in a log that is searched, everything as usual.
            "AMPHI_LOG_LEVEL": "info" if LOGS else "warning",
            **self.settings,
        }
        with self.log.open("a") if LOGS else nullcontext() as log:
            self.process = subprocess.Popen(
                command, env=environment, cwd=self.database.parent, stdout=subprocess.PIPE, stderr=log, text=True,
                encoding="utf-8",
            )
        self.lines = []
        Thread(target=self._read, args=(self.process,), daemon=True).start()
        [line] = self.wait_for_lines("listening on http://127.0.0.1:")
        self.port = int(line.rsplit(":", 1)[1])

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            with self.printed:
                self.lines.append(line.rstrip("\n"))
                self.printed.notify_all()

    def wait_for_lines(self, part: str, count: int = 1, seconds: float = 20) -> list[str]:
        """The first `count` lines with `part` in them that this process has printed, or prints within the time."""

        def found() -> list[str]:
            return [line for line in self.lines if part in line][:count]

        with self.printed:
            if not self.printed.wait_for(lambda: len(found()) == count, seconds):
                raise AssertionError(f"amphi serve did not print {part!r} {count} times: {self.lines}")
            return found()

    def stop(self) -> int:
        """SIGTERM; the exit status, which must come within 10 s."""
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError("amphi serve did not stop within 10 s of SIGTERM") from None
        finally:
            self._keep_texts()

    def _keep_texts(self) -> None:
        """Writes what was said in this hub's classes beside its log, to be looked for in it."""
        if not LOGS or not self.database.exists():
            return
        with closing(sqlite3.connect(self.database)) as database:
            rows = database.execute("SELECT DISTINCT message FROM live_session_chat WHERE length(message) >= 5")
            self.log.with_suffix(".texts").write_text("\0".join(text for (text,) in rows), encoding="utf-8")

    def request(self, method: str, path: str, person: Person, body: Any = None) -> Any:
        """`data` of a REST answer; anything but a success fails the test."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {person.token()}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response).get("data")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def fill(self) -> None:
        """A course, its teacher and two students, over the Directory's own routes."""
        for person in (TEACHER, STUDENT, CLASSMATE):
            self.request("PUT", f"/api/users/{person.id}", ADMIN, person.fields())
        course = {"title": "Algèbre linéaire", "instructor_id": TEACHER.id, "course_type": "live"}
        self.request("PUT", f"/api/courses/{COURSE}", ADMIN, course)
        for person in (STUDENT, CLASSMATE):
            self.request("PUT", f"/api/courses/{COURSE}/enrollments/{person.id}", ADMIN, {"is_active": True})

    def plan(
        self, title: str = "Les matrices", starts_in: float = 2, minutes: float = 60, course: int = COURSE, **fields: Any
    ) -> int:
        """A new live session's id."""
        times = {"scheduled_start_at": utc(starts_in), "scheduled_end_at": utc(starts_in + minutes)}
        body = {"title": title, **times, **fields}
        return self.request("POST", f"/api/courses/{course}/live-sessions", TEACHER, body)["id"]

    def begin(self, session: int) -> None:
        self.request("POST", f"/api/live-sessions/{session}/start", TEACHER)
