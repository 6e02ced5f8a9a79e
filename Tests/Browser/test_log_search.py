"""The search of the logs finds what it is there to find, and shows nothing of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hub import ROOT, SECRET, STUDENT

HARMLESS = 'info amphi: [SessionHub] listening url=http://127.0.0.1:8080 epoch=758f51c3a455ebf9c54900bfd8609a24\n'


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    for kind in ("swift", "browser", "bench"):
        (tmp_path / f"{kind}-1.log").write_text(HARMLESS)
    return tmp_path


def search(logs: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "Tests/search_logs.py"), str(logs)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_logs_without_secrets_pass(logs: Path) -> None:
    result = search(logs)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "secret",
    [
        STUDENT.token(), SECRET, "a9" * 24, "0f" * 32, "kQ3-_xYz9AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
        "mfrggzdfmztwq2lknnwg23tpob", "scrypt$32768$8$1$c2FsdA", "b:3:17:1893456000000000:xxxx",
    ],
)
def test_a_secret_in_a_log_is_found_and_not_shown(logs: Path, secret: str) -> None:
    (logs / "swift-2.log").write_text(f"{HARMLESS}warning amphi: refused value={secret} again\n")
    result = search(logs)
    assert result.returncode == 1
    assert "swift-2.log:2: " in result.stdout
    assert secret not in result.stdout


def test_what_was_said_in_a_class_is_found_in_its_log(logs: Path) -> None:
    (logs / "browser-1.texts").write_text("Bonjour à tous\0Pourquoi ?", encoding="utf-8")
    (logs / "browser-1.log").write_text(f"{HARMLESS}error amphi: failed text=Bonjour à tous\n", encoding="utf-8")
    result = search(logs)
    assert (result.returncode, result.stdout) == (1, "browser-1.log:2: a chat text of its class\n")


def test_a_run_whose_logs_were_not_kept_fails(logs: Path) -> None:
    (logs / "bench-1.log").write_text("")
    result = search(logs)
    assert (result.returncode, result.stdout) == (1, "no log of the kind bench\n")
