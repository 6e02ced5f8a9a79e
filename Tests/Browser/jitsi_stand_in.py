"""A stand-in for a Jitsi server on loopback: an `external_api.js` that records what the page asks of it, and reads what reaches
a call as Jitsi does (`PARSER`)."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

# How Jitsi's page reads the fragment of its address, and how the IFrame API writes one, by their behaviour.
PARSER = """
function readFragment(hash) {
  const read = {};
  for (const part of hash.replace(/^#/, "").split("&")) {
    const [name, value] = part.split("=");
    try {
      const decoded = decodeURIComponent(value).replace(/\\\\&/, "&").replace(/[\\u2018\\u2019]/g, "'")
        .replace(/[\\u201C\\u201D]/g, '"');
      read[name] = JSON.parse(decoded);
    } catch {
      // Jitsi leaves out what it cannot read.
    }
  }
  return read;
}
function writeFragment(groups) {
  return Object.entries(groups).flatMap(([group, values]) => Object.entries(values)
    .map(([name, value]) => `${group}.${name}=${encodeURIComponent(JSON.stringify(value))}`)).join("&");
}
"""

SCRIPT = PARSER + """
window.jitsiCalls = [];
window.JitsiMeetExternalAPI = class {
  constructor(domain, options) {
    this.call = { domain, jwt: options.jwt ?? null, room: options.roomName, lang: options.lang,
                  name: options.userInfo.displayName, options, commands: [], disposed: false,
                  read: readFragment(writeFragment({ config: options.configOverwrite, userInfo: options.userInfo })) };
    this.listeners = {};
    this.frame = document.createElement("iframe");
    const script = document.querySelector("script[src$='external_api.js']");
    this.frame.src = `${new URL(script.src).origin}/${options.roomName}`;
    this.frame.allow = "camera; microphone";
    options.parentNode.append(this.frame);
    window.jitsiCalls.push(this);
  }
  getIFrame() { return this.frame; }
  addListener(name, listener) { (this.listeners[name] ??= []).push(listener); }
  emit(name, event = {}) { for (const listener of this.listeners[name] ?? []) listener(event); }
  executeCommand(...command) { this.call.commands.push(command); }
  dispose() { this.call.disposed = true; this.frame.remove(); }
};
"""


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_script = self.path == "/external_api.js"
        body = SCRIPT.encode() if is_script else b"<!doctype html><title>room</title><p>A room"
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Silent."""


class JitsiStandIn:
    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.domain}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
