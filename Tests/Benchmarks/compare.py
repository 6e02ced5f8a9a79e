"""Runs the same work against each server in turn and prints one Markdown table."""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time

import servers

TOP = os.path.dirname(os.path.dirname(servers.HERE))
BINARIES = os.path.join(TOP, ".build", "release")
IDLE_CLIENTS = 10_000

#: Key, heading, arguments of amphi-bench.
ROOM = ["--clients", "1000", "--sessions", "1"]
WORKS = [
    ("one", "1,000 in a room, one in flight", [*ROOM, "--in-flight", "1"]),
    ("sixteen", "the same, 16 in flight", [*ROOM, "--in-flight", "16"]),
    ("rooms", "100 rooms of 50, 500/s in all", ["--clients", "5000", "--sessions", "100", "--rate", "500"]),
]
IDLE = ["--clients", str(IDLE_CLIENTS), "--sessions", "200"]
#: A run of amphi-bench that takes longer has failed.
LONGEST = 180


def all_servers(binaries):
    return {
        "amphi": servers.Amphi(os.path.join(binaries, "amphi")), "bun": servers.Bun(), "uws": servers.UWebSockets(),
        "nchan": servers.Nchan(), "ws": servers.NodeWS(), "websockets": servers.PythonWebsockets(),
    }


def measure(bench, server, arguments, is_pinned, idle=None):
    """One fresh server, one run; returns the report or raises NotRun. Pinned: the server on core 0, the load on core 1."""
    with server.started(core=0 if is_pinned else None) as target:
        if idle is not None and server.command[0] == "run":
            # The hub's own command for idle clients takes neither senders nor a pace.
            target = ["idle", *target[1:target.index("--senders-per-session")], *target[target.index("--server-pid"):]]
        elif idle is not None:
            target = [*target, "--rate", "0"]
        seconds = ["--duration", str(idle)] if idle is not None else []
        command = servers.on_core(
            1 if is_pinned else None, [bench, *target, *arguments, *seconds, "--json", "-"])
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=LONGEST)
        if result.returncode == 2 or not result.stdout:
            raise servers.NotRun(result.stderr.strip().splitlines()[-1] if result.stderr else "no report")
        report = json.loads(result.stdout)
        if not report["clean"]:
            faults = {key: count for key, count in report["faults"].items() if count}
            print(f"  {server.name}: not clean: {faults}", file=sys.stderr)
        return report


def compare(options, bench, server):
    """All work on one server; returns the cells of its row by work."""
    cells = {}
    for key, _, arguments in WORKS:
        runs = [
            measure(bench, server, [*arguments, "--duration", str(options.seconds)], options.pin)
            for _ in range(options.runs)
        ]
        cells[key] = {
            "rate": statistics.median(run["server"]["deliveries_per_cpu_second"] for run in runs),
            "per_second": statistics.median(run["deliveries"]["per_second"] for run in runs),
            "p50": statistics.median(run["deliveries"]["latency_ms"]["p50"] for run in runs),
            "p99": statistics.median(run["deliveries"]["latency_ms"]["p99"] for run in runs),
            "clean": all(run["clean"] for run in runs),
        }
        print(f"  {server.name}, {key}: {cells[key]}", file=sys.stderr)
    run = measure(bench, server, IDLE, options.pin, idle=options.idle_seconds)["server"]
    cells["idle"] = {"bytes": run["bytes_per_connection"], "share": run["load_cpu_share_of_a_core"]}
    print(f"  {server.name}, idle: {cells['idle']}", file=sys.stderr)
    return cells


def digits(number):
    """Three significant digits, thousands separated."""
    if number >= 1000:
        scale = 10 ** (len(str(int(number))) - 3)
        return f"{round(number / scale) * scale:,.0f}"
    return f"{number:.3g}"


def row(server, version, cells):
    def load(key):
        cell = cells[key]
        mark = "" if cell["clean"] else " (not clean)"
        return f"{digits(cell['rate'])} · {digits(cell['p50'])} / {digits(cell['p99'])} ms{mark}"

    idle = f"{digits(cells['idle']['bytes'] / 1000)} KB, {digits(cells['idle']['share'] * 100)} %"
    return "| " + " | ".join([f"{server.name} ({version})", *(load(key) for key, _, _ in WORKS), idle]) + " |"


def table(rows):
    headings = ["server", *(heading for _, heading, _ in WORKS), f"{IDLE_CLIENTS:,} idle"]
    return "\n".join(["| " + " | ".join(headings) + " |", "| --- " * len(headings) + "|", *rows])


def main():
    parser = argparse.ArgumentParser(
        prog="Tests/Benchmarks/run",
        description="Compares Amphi with other WebSocket servers: deliveries per CPU-second of the server (all its "
        "processes), delivery p50 / p99, and memory and CPU of idle connections. Medians of the runs.")
    parser.add_argument("--runs", type=int, default=3, help="runs of each work; idle is measured once (default 3)")
    parser.add_argument("--seconds", type=float, default=6, help="seconds of posting in a run (default 6)")
    parser.add_argument("--idle-seconds", type=float, default=20, help="seconds of idling (default 20)")
    parser.add_argument("--only", help="some of amphi,bun,uws,nchan,ws,websockets")
    parser.add_argument("--pin", action="store_true", help="the server on core 0 only, the load on core 1 only")
    parser.add_argument("--binaries", default=BINARIES, help="folder of amphi and amphi-bench (default .build/release)")
    options = parser.parse_args()
    known = all_servers(os.path.abspath(options.binaries))
    names = options.only.split(",") if options.only else list(known)
    if unknown := [name for name in names if name not in known]:
        parser.error(f"no such server: {', '.join(unknown)}")
    bench = os.path.join(os.path.abspath(options.binaries), "amphi-bench")
    if not os.access(bench, os.X_OK):
        parser.error("no amphi-bench: swift build -c release")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    rows = []
    for name in names:
        server = known[name]
        try:
            version = server.prepare()
            print(f"{server.name} {version}", file=sys.stderr)
            rows.append(row(server, version, compare(options, bench, server)))
        except (servers.NotRun, subprocess.TimeoutExpired, OSError) as reason:
            rows.append(f"| {server.name} | not run: {reason} |" + " |" * len(WORKS))
    cores = "server on core 0, load on core 1" if options.pin else f"{os.cpu_count()} cores shared by both ends"
    print(f"{time.strftime('%d %B %Y')}, {cores}, {platform.system()} "
          f"{platform.release()}. Median of {options.runs} runs of {options.seconds:g} s; 128-byte texts.")
    print("Cells: deliveries per server CPU-second · delivery p50 / p99. Idle: memory per connection, part of a core.\n")
    print(table(rows))


main()
