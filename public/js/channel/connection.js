// @ts-check
/** One lasting connection made of many sockets: opening, hello, refs and replies, liveness, coming back. No DOM. */

import { backoffDelay } from "./backoff.js";
import { afterClose } from "./close-codes.js";
import { encoded } from "./well-formed.js";

/**
 * @typedef {"idle" | "connecting" | "open" | "waiting" | "offline" | "closed"} Phase
 * @typedef {{phase: Phase, retryAt: number | null, code: number | null, reason: string | null,
 *            error: import("./close-codes.js").ReplyError | null}} ConnectionStatus
 *   `waiting`: comes back by itself at `retryAt`; `closed`: final, `reason` says why.
 * @typedef {{url: string, WebSocket: typeof WebSocket, random: () => number, now: () => number,
 *            hello: (lastCode: number | null) => Promise<Record<string, any>>, welcomed: (welcome: any) => void,
 *            received: (frame: any) => void, changed: () => void, lost: () => void}} ConnectionOptions
 */

const PROTOCOL = "amphi.v1";
const WELCOME_TIMEOUT_MS = 10_000;
const REPLY_TIMEOUT_MS = 15_000;
const PROBE_TIMEOUT_MS = 5_000;
const STABLE_AFTER_MS = 5_000;
const LONGEST_TIMER_MS = 6 * 3600_000;

const PASSING = new Set(["disconnected", "rate_limited", "slow_mode", "store_unavailable", "timeout"]);

/** An error reply, or a reply that never came (`disconnected`, `timeout`, `resync`). */
export class ChannelError extends Error {
  /** @param {import("./close-codes.js").ReplyError} error */
  constructor(error) {
    super(error.message ?? error.code);
    this.name = "ChannelError";
    this.code = error.code;
    this.retryAfterMs = error.retry_after_ms ?? null;
    this.field = error.field ?? null;
  }

  /** Whether the same command may succeed later, without anybody's doing. */
  get passes() {
    return PASSING.has(this.code);
  }

  /** Whether the hub has said so; otherwise its reply never came. */
  get isAnswer() {
    return this.code !== "disconnected" && this.code !== "timeout";
  }
}

export class Connection {
  /** @type {ConnectionOptions} */
  #options;
  /** @type {WebSocket | null} */
  #socket = null;
  /** Counts sockets: whatever an older one still says is ignored. */
  #generation = 0;
  #attempt = 0;
  #lastRef = 0;
  /** @type {Map<number, {resolve: (ok: any) => void, reject: (error: ChannelError) => void, timer: any}>} */
  #requests = new Map();
  /** @type {import("./close-codes.js").Bye | null} */
  #bye = null;
  /** @type {import("./close-codes.js").ReplyError | null} */
  #helloError = null;
  /** @type {number | null} */
  #lastCode = null;
  #openedAt = 0;
  #receivedAt = 0;
  #idleMs = 30_000;
  #visible = true;
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
    return this.status.phase === "open";
  }

  /** Connects now, unless a connection stands or is on its way: ends a wait, starts again after a final close. */
  connect() {
    if (this.status.phase === "connecting" || this.status.phase === "open") return;
    this.#open();
  }

  /** Closes for good. */
  close() {
    this.#abandon(1000);
    this.#become("idle");
  }

  /** Drops the socket and comes back at once: the stream and the client no longer agree. */
  reconnect() {
    this.#abandon(1000);
    this.#open();
  }

  /** The network is gone: do not wait for TCP to notice. Attempts go on, in case the browser is wrong. */
  networkLost() {
    if (this.status.phase === "idle" || this.status.phase === "closed") return;
    this.#abandon(1000);
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
   * @param {string} type
   * @param {Record<string, any>} [fields]
   * @param {number} [timeoutMs]
   * @returns {Promise<any>} What stands in `ok`; rejects with a ChannelError.
   */
  request(type, fields = {}, timeoutMs = REPLY_TIMEOUT_MS) {
    if (!this.isOpen) return Promise.reject(new ChannelError({ code: "disconnected" }));
    return this.#send(type, fields, timeoutMs);
  }

  /** @param {string} type @param {Record<string, any>} fields @param {number} timeoutMs */
  #send(type, fields, timeoutMs) {
    const ref = ++this.#lastRef;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#requests.delete(ref);
        reject(new ChannelError({ code: "timeout" }));
        if (type !== "ping" && this.isOpen) this.#probe();
      }, timeoutMs);
      this.#requests.set(ref, { resolve, reject, timer });
      this.#socket?.send(encoded({ ref, type, ...fields }));
    });
  }

  async #open() {
    clearTimeout(this.#retryTimer);
    const generation = ++this.#generation;
    this.#bye = null;
    this.#helloError = null;
    this.#become("connecting");
    /** @type {Record<string, any>} */
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
    this.#watchTimer = setTimeout(() => this.#drop(4001), WELCOME_TIMEOUT_MS);
    socket.onopen = () => this.#sayHello(generation, hello);
    socket.onmessage = (message) => generation === this.#generation && this.#receive(message.data);
    socket.onclose = (event) => generation === this.#generation && this.#closed(event.code, event.reason);
  }

  /** @param {number} generation @param {Record<string, any>} hello */
  async #sayHello(generation, hello) {
    try {
      const welcome = await this.#send("hello", hello, WELCOME_TIMEOUT_MS);
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

  /** @param {any} data */
  #receive(data) {
    this.#receivedAt = this.#options.now();
    const frame = parsed(data);
    if (!frame) return;
    if (frame.bye) this.#bye = frame.bye;
    else if ("ref" in frame) this.#settle(frame);
    else this.#options.received(frame);
  }

  /** @param {{ref: number | null, ok?: any, error?: any}} frame */
  #settle(frame) {
    // A frame that the hub could not read at all is refused without a ref. It was the only one on its way, or nobody
    // knows which one it was.
    const only = this.#requests.size === 1 ? [...this.#requests.keys()][0] : null;
    const ref = frame.ref ?? only;
    const waiting = ref === null ? undefined : this.#requests.get(ref);
    if (!waiting || ref === null) return;
    this.#requests.delete(ref);
    clearTimeout(waiting.timer);
    if (frame.error) waiting.reject(new ChannelError(frame.error));
    else waiting.resolve(frame.ok ?? {});
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

  /** @param {number | null} waitMs @param {Phase} phase @param {any} [error] */
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
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    for (const { reject, timer } of requests) {
      clearTimeout(timer);
      reject(new ChannelError({ code: "disconnected" }));
    }
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
      if (deaf && generation === this.#generation) this.#drop(4002);
    }
  }

  /** @param {Phase} phase @param {Partial<ConnectionStatus>} [details] */
  #become(phase, details = {}) {
    this.status = { phase, retryAt: null, code: null, reason: null, error: null, ...details };
    this.#options.changed();
  }
}

/** @param {any} data @returns {any} The frame, or null for what is no JSON object. */
function parsed(data) {
  try {
    const frame = JSON.parse(data);
    return frame !== null && typeof frame === "object" ? frame : null;
  } catch {
    return null;
  }
}
