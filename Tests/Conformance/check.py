"""Sends a handful of frames to ConformanceEcho and compares what comes back, byte by byte. No suite, no package needed.

python3 Tests/Conformance/check.py [PROGRAM]: the built echo server, .build/debug/ConformanceEcho by default.
"""

import os
import socket
import struct
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def frame(opcode, payload=b"", final=True, length=None):
    """A client's frame, masked with zeros; `length` is told in place of the payload's own."""
    count = len(payload) if length is None else length
    head = bytes([(0x80 if final else 0) | opcode])
    if count < 126:
        head += bytes([0x80 | count])
    elif count < 65536:
        head += struct.pack("!BH", 0x80 | 126, count)
    else:
        head += struct.pack("!BQ", 0x80 | 127, count)
    return head + bytes(4) + payload


def answer(opcode, payload=b""):
    count = len(payload)
    if count < 126:
        return bytes([0x80 | opcode, count]) + payload
    if count < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, count) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, count) + payload


def close(code, reason=b""):
    return struct.pack("!H", code) + reason


LARGE = b"*" * (1 << 20)
#: Name, frames sent, bytes expected until the server is done (a Close is answered, so that it ends).
CASES = [
    ("1.1.1 empty text", [frame(1)], answer(1)),
    ("1.1.8 65,536 bytes", [frame(1, b"*" * 65536)], answer(1, b"*" * 65536)),
    ("9.1.3 a mebibyte", [frame(1, LARGE)], answer(1, LARGE)),
    ("2.5 a ping of 126 bytes", [frame(9, b"*" * 126)], answer(8, close(1002))),
    ("3.1 a reserved bit", [bytes([0xC1, 0x80, 0, 0, 0, 0])], answer(8, close(1002, b"rsv bits"))),
    ("4.1 a reserved opcode", [frame(3)], answer(8, close(1002, b"bad opc"))),
    ("5.3 fragments", [frame(1, b"one", False), frame(0, b"two")], answer(1, b"onetwo")),
    ("6.3 no UTF-8", [frame(1, b"\xce\xba\xed\xa0\x80")], answer(8, close(1007, b"bad utf8"))),
    ("7.3.1 an empty close", [frame(8)], answer(8)),
    ("7.3.2 a close of one byte", [frame(8, b"a")], answer(8, close(1002))),
    ("7.3.6 a close of 126 bytes", [frame(8, close(1000, b"*" * 124))], answer(8, close(1002))),
    ("7.5.1 a reason that is no UTF-8", [frame(8, close(1000, b"\xed\xa0\x80"))], answer(8, close(1002))),
    ("7.7 3000", [frame(8, close(3000))], answer(8, close(3000))),
    ("7.7 4999", [frame(8, close(4999))], answer(8, close(4999))),
    ("7.9 999", [frame(8, close(999))], answer(8, close(1002))),
    ("7.9 2999", [frame(8, close(2999))], answer(8, close(1002))),
    ("7.13 5000", [frame(8, close(5000))], answer(8, close(1002))),
    ("7.13 65535", [frame(8, close(65535))], answer(8, close(1002))),
]


def take(stream, count):
    found = b""
    while len(found) < count:
        more = stream.recv(count - len(found))
        if not more:
            break
        found += more
    return found


def run(port, frames, expected):
    with socket.create_connection(("127.0.0.1", port), 10) as stream:
        stream.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += take(stream, 1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        for one in frames:
            stream.sendall(one)
        return take(stream, len(expected))


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else os.path.join(TOP, ".build", "debug", "ConformanceEcho")
    with subprocess.Popen([program, "0"], stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline().rsplit(":", 1)[1].rstrip("/\n"))
            wrong = 0
            for name, frames, expected in CASES:
                found = run(port, frames, expected)
                wrong += found != expected
                print("ok  " if found == expected else f"BAD  ({found[:40]!r})", name)
        finally:
            server.terminate()
    print(f"{len(CASES) - wrong} passed, {wrong} failed")
    return wrong != 0


sys.exit(main())
