"""Fails on a Swift file of more than 300 lines, on a comment that goes beyond column 120 (swift-format looks at code only), and on
a file of WebSocketServer that sees the C library by Glibc alone."""

import pathlib
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
LINES = 300
COLUMNS = 120


def faults(path: pathlib.Path) -> list[str]:
    lines = path.read_text().splitlines()
    name = path.relative_to(TOP)
    found = [f"{name}: {len(lines)} lines, {LINES} are the most"] if len(lines) > LINES else []
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("//") and len(line) > COLUMNS:
            found.append(f"{name}:{number}: a comment of {len(line)} columns, {COLUMNS} are the most")
    # The headers of libwebsockets declare the C library's structures once more. Which of the two modules a member then belongs
    # to depends on the order in which the compiler meets the files, and so differs between a first build and later ones.
    imports = {line.split()[-1] for line in lines if line.lstrip().startswith(("import ", "internal import "))}
    if "WebSocketServer" in name.parts and "Glibc" in imports and "CLibwebsockets" not in imports:
        found.append(f"{name}: imports Glibc without CLibwebsockets, a first build may not find a structure's members")
    return found


def main() -> int:
    files = [TOP / "Package.swift"]
    for folder in ("Sources", "Tests"):
        # Not what tests install below them, in folders with a point.
        files += [file for file in (TOP / folder).rglob("*.swift") if "/." not in file.relative_to(TOP).as_posix()]
    found = [fault for file in sorted(files) for fault in faults(file)]
    for fault in found:
        print(fault)
    print(f"{len(files)} files: {len(found) or 'no'} faults of shape")
    return 1 if found else 0


sys.exit(main())
