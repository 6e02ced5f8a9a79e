"""Fails when rooms (folders) of SessionHub name each other's types in a circle: what one knows of another goes one way.

A type belongs to the folder in which it is declared; a folder refers to it when one of its files names it, in code. A member that a
folder adds to a type of another (an extension) belongs to the folder that adds it, and whoever uses it knows that folder. It is found
where it is named with its type (`Type.member`), or by its name alone when nothing else in the module has that name.
"""

import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent / "Sources" / "SessionHub"
DECLARATION = re.compile(r"^(?:(?:package|public|private|fileprivate|final|indirect)\s+)*(?:struct|class|enum|protocol|actor|typealias)\s+(\w+)")
NAME = re.compile(r"(?<![.\w])([A-Z]\w*)")
EXTENSION = re.compile(r"^(?:(?:package|public)\s+)?extension\s+([\w.]+)")
MEMBER = re.compile(r"^( *)((?:@\w+\s+|\w+(?:\(set\))?\s+)*?)(?:func|var|let|case|enum|struct|class|typealias)\s+(\w+)")
USE = re.compile(r"\.(\w+)")
QUALIFIED = re.compile(r"(?<![.\w])([A-Z]\w*)\.(\w+)")


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


def added(rooms: dict[str, dict[str, str]], home: dict[str, str]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """The members that folders add to types of others, with the folder that adds them: by name, when it is declared once, and by type and
    name."""
    declared: dict[str, set[str]] = {}
    foreign: dict[str, str] = {}
    qualified: dict[tuple[str, str], str] = {}
    for room, files in rooms.items():
        for text in files.values():
            owner, kind = room, ""
            for line in text.splitlines():
                if extended := EXTENSION.match(line):
                    kind = extended.group(1).split(".")[0]
                    owner = home.get(kind, "")
                elif line and not line[0].isspace() and line[0] not in "})]":
                    owner = room
                if not (member := MEMBER.match(line)):
                    continue
                indent, marks, name = member.groups()
                declared.setdefault(name, set()).add(f"{room}: {line}")
                if len(indent) == 4 and owner != room and not re.search(r"\b(?:private|fileprivate)\b", marks):
                    foreign[name] = qualified[kind, name] = room
    return {name: room for name, room in foreign.items() if len(declared[name]) == 1}, qualified


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
    members, qualified = added(rooms, home)
    found: dict[tuple[str, str], set[str]] = {}
    for room, files in rooms.items():
        for file, text in files.items():
            named = {(name, home.get(name, room)) for name in NAME.findall(text)}
            named |= {(f".{name}", members.get(name, room)) for name in USE.findall(text)}
            named |= {(".".join(pair), qualified.get(pair, room)) for pair in QUALIFIED.findall(text)}
            for name, owner in named:
                if owner != room:
                    found.setdefault((room, owner), set()).add(f"{file}: {name}")
    return found


def circle(start: str, arrows: dict[str, set[str]]) -> list[str] | None:
    """The shortest way from a room back to it, beginning with its first room by name; None when there is none."""
    ways = [[start]]
    seen = set()
    for way in ways:
        for room in sorted(arrows.get(way[-1], ())):
            if room == start:
                first = way.index(min(way))
                return way[first:] + way[:first]
            if room not in seen:
                seen.add(room)
                ways.append([*way, room])
    return None


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """The shortest circle through each room that is in one, each once."""
    found = {tuple(way) for room in arrows if (way := circle(room, arrows))}
    return [list(way) for way in sorted(found, key=lambda way: (len(way), way))]


def main() -> int:
    found = references(rooms(TOP))
    arrows: dict[str, set[str]] = {}
    for room, other in found:
        arrows.setdefault(room, set()).add(other)
    wrong = circles(arrows)
    for way in wrong:
        print(f"a circle of {len(way)}:")
        for pair in zip(way, [*way[1:], way[0]], strict=True):
            print(f"  {pair[0]} -> {pair[1]}: {', '.join(sorted(found[pair]))}")
    names = {room for pair in found for room in pair}
    print(f"{len(names)} rooms, {len(found)} arrows, {len(wrong)} circles")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
