"""The servers under comparison: how each is fetched, started and stopped. Nothing is installed into the system."""

import contextlib
import glob
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
STORE = os.path.join(HERE, ".peers")
DEBS = os.path.join(STORE, "debs")
ROOT = os.path.join(STORE, "root")
VENV = os.path.join(STORE, "venv")
PATIENCE = 20


def on_core(core, command):
    """The command, bound to one core; as it is without one."""
    return command if core is None else ["taskset", "--cpu-list", str(core), *command]


class NotRun(Exception):
    """A server that cannot be had on this machine; the text says why."""


def output(*command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if result.returncode != 0:
        raise NotRun(f"{os.path.basename(command[0])}: {result.stdout.strip().splitlines()[-1:] or result.returncode}")
    return result.stdout


def debian(*packages):
    """Unpacks Debian packages into a folder of our own: no root needed, no daemon started, nothing else changed."""
    if not shutil.which("apt-get"):
        raise NotRun("no apt-get")
    os.makedirs(DEBS, exist_ok=True)
    for package in packages:
        if not glob.glob(os.path.join(DEBS, f"{package}_*.deb")):
            output("apt-get", "download", package, cwd=DEBS)
            output("dpkg", "-x", glob.glob(os.path.join(DEBS, f"{package}_*.deb"))[0], ROOT)


def version_of(package):
    name = os.path.basename(glob.glob(os.path.join(DEBS, f"{package}_*.deb"))[0])
    return re.sub(r"^\d+%3a", "", name.split("_")[1])


def python_packages():
    python = os.path.join(VENV, "bin", "python")
    if not os.path.exists(python):
        output(sys.executable, "-m", "venv", VENV)
    requirements = os.path.join(HERE, "requirements.txt")
    output(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements)
    return python


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(root):
    """A process and all its descendants."""
    children = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError), open(path) as file:
            text = file.read()
            children.setdefault(int(text.rsplit(")", 1)[1].split()[1]), []).append(int(text.split(" ", 1)[0]))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


class Server:
    """One server: `prepare` makes it ready or says why not, `start` runs it until the context ends."""

    name = ""
    #: How amphi-bench speaks to it.
    command = ["peer"]

    def prepare(self):
        """Fetches what is needed; returns the version that is measured."""
        raise NotImplementedError

    def launch(self, folder, port):
        """Returns the command and its environment."""
        raise NotImplementedError

    def target(self, port):
        return ["--url", f"ws://127.0.0.1:{port}/room/{{room}}"]

    @contextlib.contextmanager
    def started(self, core=None):
        """Yields the arguments for amphi-bench; the processes are gone afterwards. With `core` they run on that core only."""
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="amphi-compare-") as folder:
            command, environment = self.launch(folder, port)
            command = on_core(core, command)
            with open(os.path.join(folder, "log"), "w") as log:
                process = subprocess.Popen(
                    command, env={"PATH": os.environ["PATH"]} | environment, cwd=folder, stdin=subprocess.DEVNULL,
                    stdout=log, stderr=log)
            try:
                self.wait(process, port, os.path.join(folder, "log"))
                pids = [word for pid in tree(process.pid) for word in ("--server-pid", str(pid))]
                yield [self.command[0], *self.target(port), *self.command[1:], *pids]
            finally:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def wait(self, process, port, log):
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        with open(log) as file:
            raise NotRun(f"does not start: {file.read().strip()[-200:]}")


class Amphi(Server):
    name = "Amphi"
    command = ["run", "--senders-per-session", "1", "--until", "delivered"]

    def __init__(self, executable):
        self.executable = executable
        self.secret = secrets.token_hex(32)

    def prepare(self):
        if not os.access(self.executable, os.X_OK):
            raise NotRun(f"no {os.path.basename(self.executable)}: swift build -c release")
        return output(self.executable, "version").strip() + ", journal on, synchronous=FULL"

    def launch(self, folder, port):
        limits = [
            "POSTS_PER_USER", "POSTS_PER_SESSION", "CONNECTIONS_PER_ADDRESS", "OPEN_PER_ADDRESS",
            "COMMANDS_PER_CONNECTION",
        ]
        top = os.path.dirname(os.path.dirname(HERE))
        environment = {f"AMPHI_LIMIT_{limit}": "0" for limit in limits} | {
            "JWT_SECRET": self.secret, "AMPHI_MIGRATIONS": os.path.join(top, "migrations"),
            "AMPHI_WEB_ROOT": os.path.join(top, "public"), "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
        }
        database = os.path.join(folder, "amphi.db")
        return [self.executable, "serve", "--port", str(port), "--database", database], environment

    def target(self, port):
        return ["--url", f"http://127.0.0.1:{port}", "--jwt-secret", self.secret]


class UWebSockets(Server):
    name = "uWebSockets"

    def prepare(self):
        self.python = python_packages()
        output(self.python, "-c", "import socketify")
        return "socketify " + output(
            self.python, "-c", "import importlib.metadata as m; print(m.version('socketify'))").strip()

    def launch(self, folder, port):
        return [self.python, os.path.join(HERE, "peers", "uws_relay.py"), str(port)], {}


class Bun(Server):
    name = "Bun"

    def prepare(self):
        self.bun = os.path.join(os.path.dirname(python_packages()), "bun")
        return output(self.bun, "--version").strip()

    def launch(self, folder, port):
        return [self.bun, "run", os.path.join(HERE, "peers", "bun_relay.js"), str(port)], {"HOME": folder}


class PythonWebsockets(Server):
    name = "Python websockets"

    def prepare(self):
        self.python = python_packages()
        return output(self.python, "-c", "import websockets; print(websockets.__version__)").strip()

    def launch(self, folder, port):
        return [self.python, os.path.join(HERE, "peers", "websockets_relay.py"), str(port)], {}


class NodeWS(Server):
    name = "Node ws"

    def prepare(self):
        self.node = shutil.which("node")
        if not self.node:
            raise NotRun("no node (apt-get install nodejs)")
        debian("node-ws")
        return f"ws {version_of('node-ws')}, node {output(self.node, '--version').strip()}"

    def launch(self, folder, port):
        relay = os.path.join(HERE, "peers", "ws_relay.js")
        return [self.node, relay, str(port)], {"NODE_PATH": os.path.join(ROOT, "usr", "share", "nodejs")}


class Nchan(Server):
    name = "nginx + nchan"

    def prepare(self):
        debian("nginx", "libnginx-mod-nchan", "libhiredis0.14")
        self.libraries = {"LD_LIBRARY_PATH": glob.glob(os.path.join(ROOT, "usr", "lib", "*-linux-gnu"))[0]}
        self.nginx = os.path.join(ROOT, "usr", "sbin", "nginx")
        self.module = os.path.join(ROOT, "usr", "lib", "nginx", "modules", "ngx_nchan_module.so")
        self.keep_bodies_here()
        output(self.nginx, "-v", env=self.libraries)
        return f"nginx {version_of('nginx')}, nchan {version_of('libnginx-mod-nchan')}"

    def keep_bodies_here(self):
        """nchan has Debian's default for `client_body_temp_path`, /var/lib/nginx/body, compiled in, and nginx creates
        it whatever the configuration says. A name of the same length in our copy lies in the prefix instead."""
        with open(self.module, "rb") as file:
            program = file.read()
        with open(self.module, "wb") as file:
            file.write(program.replace(b"/var/lib/nginx/body\0", b"client-request-body\0"))

    def launch(self, folder, port):
        with open(os.path.join(HERE, "peers", "nginx.conf")) as file:
            text = file.read()
        for word, value in {"PREFIX": folder, "MODULE": self.module, "PORT": str(port)}.items():
            text = re.sub(rf"\b{word}\b", value, text)
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w") as file:
            file.write(text)
        return [self.nginx, "-p", folder, "-e", os.path.join(folder, "error.log"), "-c", path], self.libraries
