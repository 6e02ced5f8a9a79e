"""Fails when two rooms (folders) of SessionHub name each other's types: what one knows of another goes one way.

A type belongs to the folder in which it is declared; a folder refers to it when one of its files names it, in code. Members that a
folder adds to a type of another (an extension) belong to nobody: only names of types are looked at.
"""

import itertools
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "SessionHub"
DECLARATION = re.compile(r"^(?:(?:package|public|private|fileprivate|final|indirect)\s+)*(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)")
NAME = re.compile(r"(?<![.\w])([A-Z]\w*)")


def code(text: str) -> str:
    """Without comments and texts."""
    text = re.sub(r'"""(?:.|\n)*?"""', '""', text)
    text = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)
    return re.sub(r"//[^\n]*", "", text)


def rooms(top: pathlib.Path) -> dict[str, dict[str, str]]:
    """The code of every file, by folder."""
    return {
        folder.name: {file.name: code(file.read_text()) for file in sorted(folder.glob("*.swift"))}
        for folder in sorted(top.iterdir())
        if folder.is_dir() and folder.suffix != ".docc"
    }


def references(rooms: dict[str, dict[str, str]]) -> dict[tuple[str, str], set[str]]:
    """Which types a folder names of another: (from, to) -> "File.swift: Type"."""
    home = {}
    for room, files in rooms.items():
        for text in files.values():
            for line in text.splitlines():
                if declared := DECLARATION.match(line):
                    # What one file keeps for itself may have a namesake elsewhere.
                    if not line.startswith(("private", "fileprivate")):
                        home[declared.group(1)] = room
    found: dict[tuple[str, str], set[str]] = {}
    for room, files in rooms.items():
        for file, text in files.items():
            for name in set(NAME.findall(text)):
                if (owner := home.get(name, room)) != room:
                    found.setdefault((room, owner), set()).add(f"{file}: {name}")
    return found


def main() -> int:
    found = references(rooms(TOP))
    names = sorted({room for pair in found for room in pair})
    circles = [(a, b) for a, b in itertools.combinations(names, 2) if (a, b) in found and (b, a) in found]
    for a, b in circles:
        print(f"{a} and {b} point at each other:")
        for pair in ((a, b), (b, a)):
            print(f"  {pair[0]} -> {pair[1]}: {', '.join(sorted(found[pair]))}")
    pairs = len(names) * (len(names) - 1) // 2
    print(f"{len(names)} rooms, {len(found)} arrows, {len(circles)} of {pairs} pairs point both ways")
    return 1 if circles else 0


if __name__ == "__main__":
    sys.exit(main())
