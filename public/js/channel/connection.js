// @ts-check
/** One lasting connection made of many sockets: opening, hello, liveness, coming back. No DOM. */

import { backoffDelay } from "./backoff.js";
import { ChannelError } from "./channel-error.js";
import { CloseCode, afterClose } from "./close-codes.js";
import { OpenCommands } from "./open-commands.js";

/**
 * @typedef {import("./frames.js").Fields} Fields
 * @typedef {import("./frames.js").ReplyError} ReplyError
 * @typedef {"idle" | "connecting" | "open" | "waiting" | "offline" | "closed"} Phase
 * @typedef {{phase: Phase, retryAt: number | null, code: number | null, reason: string | null,
 *            error: ReplyError | null}} ConnectionStatus
 *   `waiting`: comes back by itself at `retryAt`; `closed`: final, `reason` says why.
 * @typedef {{url: string, WebSocket: typeof WebSocket, random: () => number, now: () => number,
 *            hello: (lastCode: number | null) => Promise<Fields>,
 *            welcomed: (welcome: import("./frames.js").Welcome) => void,
 *            received: (frame: import("./frames.js").Frame) => void,
 *            changed: () => void, lost: () => void}} ConnectionOptions
 */

const PROTOCOL = "amphi.v1";
const WELCOME_TIMEOUT_MS = 10_000;
const REPLY_TIMEOUT_MS = 15_000;
const PROBE_TIMEOUT_MS = 5_000;
const STABLE_AFTER_MS = 5_000;
const LONGEST_TIMER_MS = 6 * 3600_000;

export class Connection {
  /** @type {ConnectionOptions} */
  #options;
  /** @type {WebSocket | null} */
  #socket = null;
  /** Counts sockets: whatever an older one still says is ignored. */
  #generation = 0;
  #attempt = 0;
  #commands = new OpenCommands();
  /** @type {import("./frames.js").Bye | null} */
  #bye = null;
  /** @type {ReplyError | null} */
  #helloError = null;
  /** @type {number | null} */
  #lastCode = null;
  #openedAt = 0;
  #receivedAt = 0;
  #idleMs = 30_000;
  #visible = true;
  /** @type {{ended: Promise<void>, end: () => void} | null} A new connection is made without a word; see `renew`. */
  #renewal = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchTimer;
  /** @type {ConnectionStatus} */
  status = { phase: "idle", retryAt: null, code: null, reason: null, error: null };

  /** @param {ConnectionOptions} options */
  constructor(options) {
    this.#options = options;
  }

  get isOpen() {
    return this.status.phase === "open" && this.#renewal === null;
  }

  /** Connects now, unless a connection stands or is on its way: ends a wait, starts again after a final close. */
  connect() {
    if (this.status.phase === "connecting" || this.status.phase === "open") return;
    this.#open();
  }

  /** Closes for good. */
  close() {
    this.#abandon(CloseCode.done);
    this.#become("idle");
  }

  /** Drops the socket and comes back at once: the stream and the client no longer agree. */
  reconnect() {
    this.#abandon(CloseCode.done);
    this.#open();
  }

  /**
   * As `reconnect`, where nothing is wrong: the phase stays `open` unless that fails, and commands wait for the welcome.
   */
  renew() {
    this.#abandon(CloseCode.done);
    let end = () => {};
    const ended = new Promise((/** @type {(value: void) => void} */ resolve) => { end = () => resolve(); });
    this.#renewal = { ended, end };
    this.#open();
  }

  /** The network is gone: do not wait for TCP to notice. Attempts go on, in case the browser is wrong. */
  networkLost() {
    if (this.status.phase === "idle" || this.status.phase === "closed") return;
    this.#abandon(CloseCode.done);
    this.#wait(null, "offline");
  }

  /** The network is back. */
  networkFound() {
    if (this.status.phase === "open") this.#probe();
    else if (this.status.phase === "waiting" || this.status.phase === "offline") this.connect();
  }

  /** @param {boolean} visible Timers of hidden pages are throttled: only a visible one judges silence. */
  visibilityChanged(visible) {
    this.#visible = visible;
    if (visible) this.networkFound();
  }

  /**
   * Sends a command.
   *
   * @template {string} Type
   * @param {Type} type
   * @param {Fields} [fields]
   * @param {number} [timeoutMs]
   * @returns {Promise<import("./frames.js").Reply<Type>>} What stands in `ok`; rejects with a ChannelError.
   */
  request(type, fields = {}, timeoutMs = REPLY_TIMEOUT_MS) {
    if (this.#renewal) return this.#renewal.ended.then(() => this.request(type, fields, timeoutMs));
    if (!this.isOpen || !this.#socket) return Promise.reject(new ChannelError({ code: "disconnected" }));
    const unanswered = () => { if (type !== "ping" && this.isOpen) this.#probe(); };
    return this.#commands.send(this.#socket, type, fields, { afterMs: timeoutMs, unanswered });
  }

  async #open() {
    clearTimeout(this.#retryTimer);
    const generation = ++this.#generation;
    this.#bye = null;
    this.#helloError = null;
    if (!this.#renewal) this.#become("connecting");
    /** @type {Fields} */
    let hello;
    try {
      hello = await this.#options.hello(this.#lastCode);
    } catch {
      // No token to be had now (no network, hub restarting): the same as a connection that failed.
      if (generation === this.#generation) this.#wait(null, "waiting");
      return;
    }
    if (generation !== this.#generation) return;
    const socket = new this.#options.WebSocket(this.#options.url, [PROTOCOL]);
    this.#socket = socket;
    this.#watchTimer = setTimeout(() => this.#drop(CloseCode.slowHandshake), WELCOME_TIMEOUT_MS);
    socket.onopen = () => this.#sayHello(socket, generation, hello);
    socket.onmessage = (message) => generation === this.#generation && this.#receive(message.data);
    socket.onclose = (event) => generation === this.#generation && this.#closed(event.code, event.reason);
  }

  /** @param {WebSocket} socket @param {number} generation @param {Fields} hello */
  async #sayHello(socket, generation, hello) {
    try {
      const limit = { afterMs: WELCOME_TIMEOUT_MS, unanswered: () => undefined };
      const welcome = await this.#commands.send(socket, "hello", hello, limit);
      if (generation !== this.#generation) return;
      this.#openedAt = this.#options.now();
      this.#lastCode = null;
      const pingMs = Number(welcome.limits?.ping_ms) || 20_000;
      this.#idleMs = Math.max(30_000, pingMs * 1.5);
      this.#become("open");
      this.#watch();
      this.#options.welcomed(welcome);
    } catch (error) {
      // The server's `bye` and close follow and decide; here only the reason is kept.
      if (generation === this.#generation && error instanceof ChannelError && error.code !== "disconnected") {
        const { code, message, retryAfterMs } = error;
        this.#helloError = { code, message, retry_after_ms: retryAfterMs ?? undefined };
      }
    }
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#receivedAt = this.#options.now();
    const frame = parsed(data);
    if (!frame) return;
    if (frame.bye) this.#bye = frame.bye;
    else if (isReply(frame)) this.#commands.settle(frame);
    else this.#options.received(frame);
  }

  /** @param {number} code @param {string} [reason] */
  #closed(code, reason) {
    const wasStable = this.isOpen && this.#options.now() - this.#openedAt > STABLE_AFTER_MS;
    const next = afterClose({ code, reason, bye: this.#bye, helloError: this.#helloError });
    const error = this.#helloError;
    this.#abandon(null);
    if (wasStable) this.#attempt = 0;
    this.#lastCode = next.code;
    if (next.reconnect) this.#wait(next.waitMs, "waiting", error);
    else this.#become("closed", { code: next.code, reason: next.reason, error });
  }

  /** @param {number | null} waitMs @param {Phase} phase @param {ReplyError | null} [error] */
  #wait(waitMs, phase, error = null) {
    const own = backoffDelay(this.#attempt, this.#options.random);
    // The server's slot is exact; but one that failed at once is not tried again faster than by ourselves.
    const wanted = waitMs === null ? own : this.#attempt === 0 ? waitMs : Math.max(waitMs, own);
    const delay = Math.min(wanted, LONGEST_TIMER_MS);
    this.#attempt += 1;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.connect(), delay);
    this.#become(phase, { retryAt: this.#options.now() + delay, code: this.#lastCode, error });
  }

  /**
   * Takes a socket for dead without waiting for its Close.
   *
   * @param {number} code
   */
  #drop(code) {
    this.#socket?.close();
    this.#closed(code, "");
  }

  /**
   * Forgets the socket; every open request fails.
   *
   * @param {number | null} code null = it is closed already.
   */
  #abandon(code) {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#watchTimer);
    this.#generation += 1;
    const socket = this.#socket;
    this.#socket = null;
    if (socket) socket.onopen = socket.onmessage = socket.onclose = null;
    if (code !== null) socket?.close(code);
    this.#commands.abandon();
    if (this.isOpen) this.#options.lost();
  }

  /** A line that is silent for longer than the server's pings can explain is asked once whether it lives. */
  #watch() {
    clearTimeout(this.#watchTimer);
    this.#watchTimer = setTimeout(() => {
      if (this.#visible && this.#options.now() - this.#receivedAt >= this.#idleMs) this.#probe();
      this.#watch();
    }, this.#idleMs);
  }

  async #probe() {
    const generation = this.#generation;
    try {
      await this.request("ping", {}, PROBE_TIMEOUT_MS);
    } catch (error) {
      const deaf = error instanceof ChannelError && error.code === "timeout";
      if (deaf && generation === this.#generation) this.#drop(CloseCode.noPong);
    }
  }

  /** @param {Phase} phase @param {Partial<ConnectionStatus>} [details] */
  #become(phase, details = {}) {
    this.#renewal?.end();
    this.#renewal = null;
    this.status = { phase, retryAt: null, code: null, reason: null, error: null, ...details };
    this.#options.changed();
  }
}

/** @param {unknown} data @returns {import("./frames.js").Frame | null} Null for what is no JSON object. */
function parsed(data) {
  try {
    const frame = JSON.parse(String(data));
    return frame !== null && typeof frame === "object" ? frame : null;
  } catch {
    return null;
  }
}

/**
 * @param {import("./frames.js").Frame} frame
 * @returns {frame is import("./frames.js").ReplyFrame}
 */
function isReply(frame) {
  return "ref" in frame;
}
