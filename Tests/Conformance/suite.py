"""Runs the fuzzing client of the Autobahn test suite, which is written for Python 2, under Python 3.

suite.py [SPECIFICATION]: fuzzingclient.json by default. README.md says what to install and how to start the server.

The suite's modules are converted while they are imported; nothing is changed on disk. Python 2's strings are bytes.
Here they stay strings, one Latin-1 character for each byte, and become bytes where `Protocol` hands them to autobahn.
"""

import builtins
import importlib.abc
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
import types
from collections import Counter

HERE = os.path.dirname(os.path.abspath(__file__))
SUITE = importlib.util.find_spec("autobahntestsuite").submodule_search_locations[0]
#: What is replaced in the suite's sources, in this order.
CHANGES = [
    (r"^(\s*)print (.+)$", r"\1print(\2)"),
    (r"^from (case\w*|report) import", r"from .\1 import"),
    # It is in no list of cases, and zope.interface has lost what it imports.
    (r"^from .case9_9_1 import \*$", ""),
    # The rest of the report is for other modes, and needs a template engine.
    (r"^import jinja2$", ""),
    (r"(?s:^REPORT_DIR_PERMISSIONS = .*)", ""),
    (r"([\w.\[\]]+)\.has_key\((.+?)\)", r"(\2 in \1)"),
    (r"\(object, Case, ?\)", "(Case,)"),
    (r"frames_expected\[0\] = (.+) / ", r"frames_expected[0] = \1 // "),
    (r"binascii\.b2a_hex\(", "hexadecimal("),
    (r"v\.validate\(vss\[:i\]\)", "v.validate(octets(vss[:i]))"),
    # The pickles of equal lists may differ.
    (r"pickle\.dumps\(obj1\) == pickle\.dumps\(obj2\)", "obj1 == obj2"),
    # The reports, which are written as text.
    (r"""\.encode\(['"]utf-?8['"]\)\)$""", ")"),
    (r"(open\(os\.path\.join\(outdir, report_filename\), 'w')\)", r"\1, encoding = 'utf-8')"),
]


def octets(text):
    return text.encode("latin-1") if isinstance(text, str) else text


def text(octets):
    return octets.decode("latin-1") if isinstance(octets, bytes) else octets


def excerpt(data, maxlen=64, replace=False):
    data = octets(data)
    try:
        return data[:maxlen].decode() + " ..." if len(data) > maxlen else data.decode()
    except UnicodeDecodeError:
        return "0x" + data[:maxlen].hex()


class Converter(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules of the suite."""

    def find_spec(self, name, path=None, target=None):
        package, _, rest = name.partition(".")
        if package != "autobahntestsuite" or not rest:
            return None
        place = os.path.join(SUITE, *rest.split("."))
        folder = os.path.isdir(place)
        file = os.path.join(place, "__init__.py") if folder else place + ".py"
        return importlib.util.spec_from_loader(name, self, origin=file, is_package=folder)

    def get_source(self, name):
        with open(importlib.util.find_spec(name).origin, encoding="latin-1") as file:
            source = re.sub(r"^# -\*- coding.*$", "", file.read(), flags=re.M)
        for pattern, replacement in CHANGES:
            source = re.sub(pattern, replacement, source, flags=re.M)
        return source

    def is_package(self, name):
        return name in ("autobahntestsuite", "autobahntestsuite.case")


def load():
    """The suite's module `fuzzing`. Its package's own __init__ would import all modes, so an empty one stands in."""
    builtins.xrange, builtins.octets, builtins.hexadecimal = range, octets, lambda data: octets(data).hex()
    suite = types.ModuleType("autobahntestsuite")
    suite.__path__, suite.version = [SUITE], importlib.metadata.version("autobahntestsuite")
    resources = types.ModuleType("pkg_resources")
    resources.resource_filename = lambda package, name: os.path.join(SUITE, name)
    sys.modules.update(autobahntestsuite=suite, pkg_resources=resources)
    sys.meta_path.insert(0, Converter())
    from autobahntestsuite import fuzzing
    fuzzing.asciiLogData = excerpt
    return fuzzing


fuzzing = load()


class Protocol(fuzzing.FuzzingClientProtocol):
    """Between the suite, whose bytes are strings, and autobahn."""

    def sendFrame(self, opcode, payload=b"", payload_len=None, **rest):
        payload = octets(payload)
        if payload_len is not None:
            payload = (payload * (payload_len // len(payload) + 1))[:payload_len]
        super().sendFrame(opcode=opcode, payload=payload, **rest)

    def sendMessage(self, payload, *rest, **named):
        super().sendMessage(octets(payload), *rest, **named)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(octets(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, octets(reasonUtf8), isReply)

    def onMessage(self, payload, isBinary):
        super().onMessage(text(payload), isBinary)

    def onPong(self, payload):
        super().onPong(text(payload))

    def logRxFrame(self, frameHeader, payload):
        super().logRxFrame(frameHeader, [text(part) for part in payload])

    def connectionLost(self, reason):
        for name in ("http_request_data", "http_response_data", "localCloseReason"):
            setattr(self, name, text(getattr(self, name, "?")))
        super().connectionLost(reason)


def main():
    with open(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "fuzzingclient.json")) as file:
        factory = fuzzing.FuzzingClientFactory(json.load(file))
    fuzzing.reactor.run()
    for agent, cases in factory.agents.items():
        groups = {}
        for case in sorted(cases, key=factory.CaseSet.caseIdtoIdTuple):
            found = cases[case]
            groups.setdefault(case.split(".")[0], Counter())[found["behavior"]] += 1
            if found["behavior"] != "OK" or found["behaviorClose"] not in ("OK", "INFORMATIONAL"):
                print(case, found["behavior"], found["result"], found["behaviorClose"], found["resultClose"], sep="; ")
        for group, counts in groups.items():
            print(f"{agent} {group}:", ", ".join(f"{count} {kind}" for kind, count in counts.items()))


fuzzing.FuzzingClientProtocol = Protocol
sys.exit(main())
