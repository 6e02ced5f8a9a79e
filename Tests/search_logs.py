"""Searches the logs of a whole test run for what must never be in one: tokens, secrets, passwords, codes, chat texts.

    search_logs.py FOLDER

Prints file and number of every such line, never the line itself. Exits 1 when there is one, and when a kind of log is
missing, because then nothing was searched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

# Who starts hubs: TestSupport's HubProcess, Tests/Browser/hub.py, amphi-bench.
KINDS = ("swift", "browser", "bench")

FORBIDDEN = {
    "a JSON Web Token": re.compile(r"eyJ"),
    # The tests write it into every secret, password and chat text of theirs.
    "a marked secret, password or chat text": re.compile(r"never-in-a-log", re.IGNORECASE),
    "a code of a sign-in link": re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII),
    "a password of a room": re.compile(r"(?<![\w.-])[a-z2-7]{26}(?![\w.-])"),
    "a secret that was made": re.compile(r"(?<![0-9a-f])(?:[0-9a-f]{48}|[0-9a-f]{64})(?![0-9a-f])"),
    "the hash of a password": re.compile(r"scrypt\$"),
    "a chat text of amphi-bench": re.compile(r"\bb:\d+:\d+:\d+:"),
}


def found_in(log: Path) -> Iterator[tuple[int, str]]:
    """Number and reason of each line that must not be there."""
    texts = log.with_suffix(".texts")
    said = set(texts.read_text("utf-8").split("\0")) - {""} if texts.exists() else set()
    for number, line in enumerate(log.read_text("utf-8", errors="replace").splitlines(), 1):
        for reason, pattern in FORBIDDEN.items():
            if pattern.search(line):
                yield number, reason
        if any(text in line for text in said):
            yield number, "a chat text of its class"


def main(folder: Path) -> int:
    logs = sorted(folder.glob("*.log"))
    sizes = {kind: sum(log.stat().st_size for log in logs if log.name.startswith(f"{kind}-")) for kind in KINDS}
    findings = [f"{log.name}:{number}: {reason}" for log in logs for number, reason in found_in(log)]
    findings += [f"no log of the kind {kind}" for kind, size in sizes.items() if size == 0]
    print("\n".join(findings) or f"{len(logs)} logs, {sum(sizes.values())} bytes: nothing that must not be there")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
