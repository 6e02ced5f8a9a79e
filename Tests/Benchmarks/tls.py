"""TLS in the hub against nginx in front of it, with the same clients: prints one Markdown table.

    amphi-bench --plain--> HAProxy --TLS--> hub                    "in the hub"
    amphi-bench --plain--> HAProxy --TLS--> nginx --plain--> hub   "nginx in front"

HAProxy only speaks TLS for the load generator, one connection for one, the same in both; it is not counted. What is
counted are the hub and, in the second case, nginx. Handshakes are those of `openssl s_time`, each with a request.

Needs nginx, haproxy and openssl (apt-get), and a release build. Run it while the machine is quiet.
"""

import argparse
import contextlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

import servers

TOP = os.path.dirname(os.path.dirname(servers.HERE))


def certificate(folder):
    names = [os.path.join(folder, name) for name in ("cert.pem", "key.pem")]
    servers.output(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-out", names[0], "-keyout", names[1])
    return names


class HubWithTLS(servers.Amphi):
    name = "TLS in the hub"

    def launch(self, folder, port):
        command, environment = super().launch(folder, port)
        cert, key = certificate(folder)
        return command, environment | {"AMPHI_TLS_CERT": cert, "AMPHI_TLS_KEY": key}


NGINX = """
daemon off;
pid {folder}/nginx.pid;
worker_processes 2;
events {{ worker_connections {most}; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream hub {{ server 127.0.0.1:{hub}; keepalive 64; }}
    map $http_upgrade $connection_word {{ default upgrade; '' ''; }}
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {cert}; ssl_certificate_key {key};
        ssl_session_cache off; ssl_session_tickets off; keepalive_requests 100000;
        client_max_body_size 32m;
        location / {{
            proxy_pass http://hub; proxy_http_version 1.1; proxy_read_timeout 300s;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_word;
        }}
    }}
}}
"""

HAPROXY = """
global
    maxconn {most}
defaults
    mode tcp
    timeout connect 10s
    timeout client 600s
    timeout server 600s
listen client
    bind 127.0.0.1:{port}
    server target 127.0.0.1:{target} ssl verify none
"""


@contextlib.contextmanager
def running(command, folder, port):
    with open(os.path.join(folder, f"{os.path.basename(command[0])}.log"), "w") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        servers.Server().wait(process, port, log.name)
        yield process
    finally:
        process.terminate()
        process.wait(servers.PATIENCE)


def most_connections():
    """A proxy takes two descriptors for each."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 200


def pids_of(target):
    return [int(target[index + 1]) for index, word in enumerate(target) if word == "--server-pid"]


def usage(pids):
    """CPU seconds and descriptors."""
    cpu, descriptors = 0.0, 0
    for pid in pids:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        cpu += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        descriptors += len(os.listdir(f"/proc/{pid}/fd"))
    return cpu, descriptors


def bench(options, arguments, during=None):
    process = subprocess.Popen([options.bench, *arguments, "--json", "-"], stdout=subprocess.PIPE, text=True)
    most = 0
    while True:
        try:
            text, _ = process.communicate(timeout=0.5)
            break
        except subprocess.TimeoutExpired:
            most = max(most, during() if during else 0)
    if not text:
        raise servers.NotRun("amphi-bench made no report")
    report = json.loads(text)
    if not report["clean"]:
        print(f"  not clean: {report['faults']}", file=sys.stderr)
    return report, most


def handshakes(options, port, pids):
    before, _ = usage(pids)
    result = servers.output(
        "openssl", "s_time", "-connect", f"127.0.0.1:{port}", "-new", "-time", str(options.seconds), "-www", "/livez")
    after, _ = usage(pids)
    count = int(re.search(r"(\d+) connections in \d+ real", result).group(1))
    return count / max(after - before, 0.01)


def measure(options, server, front):
    """One fresh hub; `front` puts nginx before it."""
    with contextlib.ExitStack() as stack:
        target = stack.enter_context(server.started())
        hub = int(re.search(r":(\d+)$", target[target.index("--url") + 1]).group(1))
        pids, tls = pids_of(target), hub
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="amphi-tls-"))
        if front:
            tls = servers.free_port()
            # nginx's workers are no root; they keep large bodies here.
            os.chmod(folder, 0o755)
            cert, key = certificate(folder)
            path = os.path.join(folder, "nginx.conf")
            with open(path, "w") as file:
                file.write(NGINX.format(
                    folder=folder, hub=hub, port=tls, cert=cert, key=key, most=most_connections()))
            nginx = stack.enter_context(
                running(["/usr/sbin/nginx", "-p", folder, "-e", f"{folder}/error.log", "-c", path], folder, tls))
            pids = pids + servers.tree(nginx.pid)
        client = servers.free_port()
        path = os.path.join(folder, "haproxy.cfg")
        with open(path, "w") as file:
            file.write(HAPROXY.format(port=client, target=tls, most=most_connections()))
        stack.enter_context(running(["/usr/sbin/haproxy", "-db", "-f", path], folder, client))

        hub_words = ["--url", f"http://127.0.0.1:{client}", "--jwt-secret", server.secret]
        hub_words += [word for pid in pids for word in ("--server-pid", str(pid))]
        speed = handshakes(options, tls, pids)
        base = usage(pids)[1]
        idle, most = bench(
            options, ["idle", *hub_words, "--clients", str(options.clients), "--sessions",
                      str(options.clients // 50 or 1), "--duration", str(options.idle_seconds)],
            lambda: usage(pids)[1])
        load, _ = bench(
            options, ["run", *hub_words, "--senders-per-session", "1", "--until", "delivered", "--clients",
                      str(options.room), "--sessions", "1", "--in-flight", "1", "--duration", str(options.seconds)])
        return {
            "memory": idle["server"]["bytes_per_connection"], "descriptors": (most - base) / options.clients,
            "handshakes": speed, "deliveries": load["server"]["deliveries_per_cpu_second"],
            "p50": load["deliveries"]["latency_ms"]["p50"], "p99": load["deliveries"]["latency_ms"]["p99"],
        }


def main():
    parser = argparse.ArgumentParser(prog="Tests/Benchmarks/tls.py", description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=5000, help="idle clients (default 5000)")
    parser.add_argument("--room", type=int, default=500, help="clients in the room that talks (default 500)")
    parser.add_argument("--seconds", type=int, default=6)
    parser.add_argument("--idle-seconds", type=int, default=25)
    parser.add_argument("--binaries", default=os.path.join(TOP, ".build", "release"))
    options = parser.parse_args()
    options.bench = os.path.join(os.path.abspath(options.binaries), "amphi-bench")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    executable = os.path.join(os.path.abspath(options.binaries), "amphi")
    plain = servers.Amphi(executable)
    plain.name = "nginx in front"
    columns = ["", "memory a connection", "descriptors a connection", "handshakes per CPU-second",
               "deliveries per CPU-second", "delivery p50 / p99"]
    print("| " + " | ".join(columns) + " |")
    print("| --- " * len(columns) + "|")
    for server, front in ((HubWithTLS(executable), False), (plain, True)):
        server.prepare()
        cell = measure(options, server, front)
        print(f"| {server.name} | {cell['memory'] / 1000:.1f} KB | {cell['descriptors']:.1f} "
              f"| {cell['handshakes']:,.0f} | {cell['deliveries']:,.0f} "
              f"| {cell['p50']:.1f} / {cell['p99']:.1f} ms |", flush=True)


main()
