// @ts-check
/**
 * Amphi's channel client (`amphi.v1`), without DOM: keeps one connection to one live session, knows its exact position,
 * misses nothing and repeats nothing, and never polls.
 *
 *     const client = new AmphiClient({ url, token: async () => platformToken });
 *     client.subscribe((changes) => render(client.state, changes));
 *     client.start();
 *     client.post({ kind: "text", text: "Bonjour" });
 */

import { addListed, applyPresence } from "./channel/presence.js";
import {
  applyEvents, applySnapshot, continues, emptyState, prependHistory, startAfresh, trimChat,
} from "./channel/class-state.js";
import { ChannelError, Connection } from "./channel/connection.js";
import { Outbox } from "./channel/outbox.js";
import { PostSender } from "./channel/post-sender.js";

export { ChannelError } from "./channel/connection.js";
export { CloseCode } from "./channel/close-codes.js";

/**
 * @typedef {"connect" | "expiring" | "expired"} TokenReason
 * @typedef {{url: string, token: (reason: TokenReason) => Promise<string | null>, WebSocket?: typeof WebSocket,
 *            outboxStore?: import("./channel/outbox.js").OutboxStore, clientName?: string,
 *            random?: () => number, now?: () => number}} ClientOptions
 *   `token` is asked before every connection (`expired` after a close for that reason) and when the server says that
 *   the present one expires soon; null then means that there is none.
 * @typedef {"connection" | "session" | "messages" | "outbox" | "people" | "typing"} Change
 */

const HISTORY_PAGE = 200;
const BUSY_WAIT_MS = 1_000;
const TYPING_REPEAT_MS = 4_000;
/** As long as the hub tells it after the last word about it. */
const TYPING_SEEN_MS = 6_000;

export class AmphiClient {
  #options;
  #now;
  #connection;
  #outbox;
  #state = emptyState();
  #clockOffset = 0;
  /** @type {any[] | null} Frames that arrive while a gap is being filled. */
  #held = null;
  #sender;
  #typingSentAt = -Infinity;
  /** @type {Set<(changes: Set<Change>) => void>} */
  #listeners = new Set();
  /** @type {Set<Change>} */
  #changes = new Set();

  /** @param {ClientOptions} options */
  constructor(options) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#outbox = new Outbox(options.outboxStore ?? null);
    this.#connection = new Connection({
      url: options.url,
      WebSocket: options.WebSocket ?? WebSocket,
      random: options.random ?? Math.random,
      now: this.#now,
      hello: (lastCode) => this.#hello(lastCode),
      welcomed: (welcome) => this.#welcomed(welcome),
      received: (frame) => this.#received(frame),
      changed: () => this.#announce("connection"),
      lost: () => this.#lost(),
    });
    this.#sender = new PostSender(this.#outbox, this.#connection, () => this.#settleOutbox([]));
  }

  /** @returns {import("./channel/class-state.js").ClassState} Replaced, never changed in place. */
  get state() {
    return this.#state;
  }

  get connection() {
    return this.#connection.status;
  }

  get pendingPosts() {
    return this.#outbox.posts;
  }

  /** The server's clock, in ms since 1970. */
  serverNow() {
    return this.#now() + this.#clockOffset;
  }

  start() {
    this.#connection.connect();
  }

  stop() {
    this.#sender.stop();
    this.#connection.close();
  }

  /** Ends a wait, or tries again after a final close. */
  connectNow() {
    this.#connection.connect();
  }

  networkLost() {
    this.#connection.networkLost();
  }

  networkFound() {
    this.#connection.networkFound();
  }

  /** @param {boolean} visible */
  visibilityChanged(visible) {
    this.#connection.visibilityChanged(visible);
  }

  /**
   * @param {(changes: Set<Change>) => void} listener Called once per turn with everything that changed in it.
   * @returns {() => void} Ends the subscription.
   */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Writes a post. It is kept until the stream shows it, over reconnects, with one `client_id`.
   *
   * @param {{kind: string, text: string, replyTo?: number | null, anonymous?: boolean}} post
   */
  post(post) {
    this.#outbox.add(post, new Date(this.serverNow()).toISOString());
    this.#typingSentAt = -Infinity;
    this.#announce("outbox");
    this.#sender.run();
  }

  /** @param {string} clientId A failed post. */
  retryPost(clientId) {
    this.#outbox.update(clientId, { status: "queued", error: null, unanswered: 0 });
    this.#announce("outbox");
    this.#sender.run();
  }

  /** @param {string} clientId A failed post. */
  discardPost(clientId) {
    this.#outbox.remove(clientId);
    this.#announce("outbox");
  }

  /** @param {number} id */
  deleteMessage(id) {
    return this.#connection.request("chat.delete", { id });
  }

  startSession() {
    return this.#connection.request("session.start");
  }

  endSession() {
    return this.#connection.request("session.end");
  }

  /** @param {Record<string, any>} changes As PUT of the session. */
  updateSession(changes) {
    return this.#connection.request("session.update", changes);
  }

  /** @param {string} token A token for the connection that stands. */
  refreshToken(token) {
    return this.#connection.request("token.refresh", { token });
  }

  /**
   * Says that the person is writing, at most once in four seconds. Never for a question: it may be asked without a
   * name, and whoever was seen writing just before would be its author.
   */
  typing() {
    if (!this.#connection.isOpen || this.#now() - this.#typingSentAt < TYPING_REPEAT_MS) return;
    this.#typingSentAt = this.#now();
    this.#connection.request("typing", { on: true }).catch(ignoreRefusal);
  }

  /** Whether others may still see this person writing. */
  get isSeenTyping() {
    return this.#now() - this.#typingSentAt < TYPING_SEEN_MS;
  }

  stoppedTyping() {
    if (!this.#connection.isOpen || this.#typingSentAt === -Infinity) return;
    this.#typingSentAt = -Infinity;
    this.#connection.request("typing", { on: false }).catch(ignoreRefusal);
  }

  /**
   * Reads an earlier page of the chat.
   *
   * @param {number} [limit]
   * @returns {Promise<void>}
   */
  async loadEarlier(limit = 100) {
    const before = this.#state.earliest;
    if (before <= 1) return;
    const page = await this.#connection.request("history", { before_seq: before, limit });
    if (before !== this.#state.earliest) return;
    this.#become(prependHistory(this.#state, page.events, page.more === true), "messages");
  }

  /**
   * Takes in an earlier page of the chat that was read in another way (a class that is over has no channel).
   *
   * @param {import("./channel/class-state.js").ChannelEvent[]} events Ascending.
   * @param {boolean} more
   */
  adoptHistory(events, more) {
    const unread = this.#state.epoch === null && this.#state.messages.length === 0;
    const state = unread ? { ...this.#state, earliest: Infinity } : this.#state;
    this.#become(prependHistory(state, events, more), "messages");
  }

  /** Asks for the people that the snapshot of a large class leaves out. */
  async loadPeople() {
    /** @type {number | undefined} */
    let after;
    for (;;) {
      /** @type {any} */
      const page = await this.#connection.request("presence.list", { limit: HISTORY_PAGE, after });
      this.#become({ ...this.#state, presence: addListed(this.#state.presence, page.people) }, "people");
      if (!page.more || page.people.length === 0) return;
      after = page.people[page.people.length - 1].id;
    }
  }

  /**
   * Forgets all but the newest messages.
   *
   * @param {number} keep
   */
  trimChat(keep) {
    this.#state = trimChat(this.#state, keep);
  }

  /** @param {number | null} lastCode */
  async #hello(lastCode) {
    const token = await this.#options.token(lastCode === 4003 ? "expired" : "connect");
    const { seq, epoch } = this.#state;
    return {
      ...(token ? { token } : {}),
      ...(epoch === null ? {} : { resume: { seq, epoch } }),
      client: this.#options.clientName ?? "web/1.0",
    };
  }

  /** @param {any} welcome */
  #welcomed(welcome) {
    const before = this.#state;
    this.#held = null;
    const serverTime = Date.parse(welcome.server_time);
    if (!Number.isNaN(serverTime)) this.#clockOffset = serverTime - this.#now();
    const events = welcome.events ?? [];
    const known = before.epoch === welcome.epoch && before.seq <= welcome.seq;
    if (!known) {
      this.#become(startAfresh(before, welcome), "messages", "session", "people", "typing");
    } else {
      const reaches = continues(events, before.seq) && before.seq + events.length === welcome.seq;
      const whole = welcome.resumed === true && reaches;
      const current = applySnapshot(before, welcome);
      this.#become(whole ? applyEvents(current, events) : current, "messages", "session", "people", "typing");
      if (!whole) this.#fillGap(welcome.seq);
    }
    this.#settleOutbox(events);
    this.#outbox.requeue();
    this.#sender.run();
  }

  /** @param {any} frame */
  #received(frame) {
    if (Array.isArray(frame.events)) this.#receivedEvents(frame);
    if (frame.presence) {
      this.#become({ ...this.#state, presence: applyPresence(this.#state.presence, frame.presence) }, "people");
    }
    if (Array.isArray(frame.typing)) this.#become({ ...this.#state, typing: frame.typing }, "typing");
    if ("degraded" in frame) this.#become({ ...this.#state, degraded: isOn(frame.degraded) }, "connection");
    if (frame.token_expiring) this.#renewToken();
  }

  /** @param {{seq: number, events: import("./channel/class-state.js").ChannelEvent[]}} frame */
  #receivedEvents(frame) {
    if (this.#held) {
      this.#held.push(frame);
      return;
    }
    const events = frame.events.filter((event) => event.seq > this.#state.seq);
    if (!continues(events, this.#state.seq) || frame.seq > this.#state.seq + events.length) {
      this.#fillGap(frame.seq);
      return;
    }
    this.#become(applyEvents(this.#state, events), "messages", "session");
    this.#settleOutbox(events);
  }

  /**
   * Pages the history from our position until nothing is missing; live frames wait meanwhile. A history that has holes
   * itself is the one case in which the client starts from nothing.
   *
   * @param {number} target The seq that the server has shown us.
   */
  async #fillGap(target) {
    /** @type {any[]} */
    const held = [];
    this.#held = held;
    try {
      for (let more = true; more || this.#state.seq < target; ) {
        const page = await this.#laterPage();
        if (this.#held !== held) return;
        const holes = !continues(page.events, this.#state.seq);
        if (holes || (page.events.length === 0 && this.#state.seq < target)) throw new ChannelError({ code: "resync" });
        this.#become(applyEvents(this.#state, page.events), "messages", "session");
        this.#settleOutbox(page.events);
        more = page.more === true && page.events.length > 0;
      }
      this.#held = null;
      for (const frame of held) this.#receivedEvents(frame);
    } catch (error) {
      const lost = error instanceof ChannelError && error.code === "disconnected";
      if (this.#held !== held || lost) return;
      this.#held = null;
      this.#state = { ...this.#state, epoch: null };
      this.#connection.reconnect();
    }
  }

  /** The history after our position; a hub that is busy is asked again. */
  async #laterPage() {
    const limit = Number(this.#state.limits.history) || HISTORY_PAGE;
    for (;;) {
      try {
        return await this.#connection.request("history", { after_seq: this.#state.seq, limit });
      } catch (error) {
        const refusal = error instanceof ChannelError ? error : null;
        if (!refusal?.passes || refusal.code === "disconnected") throw error;
        await new Promise((resolve) => setTimeout(resolve, refusal.retryAfterMs ?? BUSY_WAIT_MS));
      }
    }
  }

  async #renewToken() {
    try {
      const token = await this.#options.token("expiring");
      if (token) await this.refreshToken(token);
    } catch {
      // The server closes with 4003 in a minute; the reconnect asks for a token again.
    }
  }

  #lost() {
    this.#held = null;
    this.#outbox.requeue();
    this.#typingSentAt = -Infinity;
    this.#become({ ...this.#state, typing: [] }, "typing", "outbox");
  }

  /** @param {import("./channel/class-state.js").ChannelEvent[]} events */
  #settleOutbox(events) {
    const own = events.filter((event) => event.client_id && (!event.user || event.user.id === this.#state.me?.user.id));
    this.#outbox.settle(this.#state.seq, new Set(own.map((event) => event.client_id)));
    this.#announce("outbox");
  }

  /** @param {import("./channel/class-state.js").ClassState} state @param {...Change} changes */
  #become(state, ...changes) {
    this.#state = state;
    this.#announce(...changes);
  }

  /** @param {...Change} changes */
  #announce(...changes) {
    if (this.#changes.size === 0) queueMicrotask(() => this.#notify());
    for (const change of changes) this.#changes.add(change);
  }

  #notify() {
    const changes = this.#changes;
    this.#changes = new Set();
    for (const listener of this.#listeners) listener(changes);
  }
}

/** @param {any} degraded */
function isOn(degraded) {
  return degraded !== null && degraded !== false && degraded?.on !== false;
}

/** Typing is a courtesy: a refusal changes nothing that anybody could act on. */
function ignoreRefusal() {}
